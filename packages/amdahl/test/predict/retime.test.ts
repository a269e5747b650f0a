import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { criticalPath } from '../../src/predict/critical-path.ts';
import { dragUs, retime, type Timeline } from '../../src/predict/retime.ts';
import { span, trace } from '../fixtures/agent.ts';

const remove = (timeline: Timeline, ...names: string[]): number =>
  dragUs(timeline, ({ name }) => names.includes(name)) / 1_000;

describe('what removing a span buys', () => {
  test('all of it, when the request waits for nothing else', () => {
    const request = trace('GET /', 30, [span('statement', 'a', [5, 25])]);
    expect(remove(request, 'a')).toBe(20);
  });

  test('only the difference to a shorter one beside it', () => {
    const request = trace('GET /', 125, [
      span('http', 'short', [0, 60]),
      span('http', 'long', [0, 120]),
    ]);
    expect(remove(request, 'short')).toBe(0);
    expect(remove(request, 'long')).toBe(60);
    expect(remove(request, 'short', 'long')).toBe(120);
  });

  test('what comes after moves up, and keeps its distance', () => {
    const request = trace('GET /', 50, [
      span('statement', 'first', [0, 20]),
      span('statement', 'second', [25, 45]),
    ]);
    expect(
      retime(request, {
        durationUs: ({ name, durationUs }) => (name === 'first' ? 5_000 : durationUs),
      }),
    ).toBe(35_000);
  });

  test('nothing, when it was left running behind the reply', () => {
    const request = trace('POST /', 10, [span('socket', 'mail', [5, 60])]);
    expect(remove(request, 'mail')).toBe(0);
  });
});

test('spans that need not wait for each other take as long as the longest', () => {
  const request = trace('GET /', 62, [
    span('statement', 'a', [1, 21]),
    span('statement', 'b', [21, 31]),
    span('statement', 'c', [31, 61]),
  ]);
  expect(retime(request, { independent: () => true })).toBe(32_000);
});

describe('the critical path', () => {
  test('holds what finished last, step by step back', () => {
    const request = trace('GET /', 100, [
      span('statement', 'a', [0, 20]),
      span('http', 'beside', [20, 60]),
      span('http', 'longest', [20, 80]),
      span('statement', 'last', [82, 99]),
      span('socket', 'left running', [90, 140]),
    ]);
    expect(criticalPath(request).map(({ name }) => name)).toEqual(['a', 'longest', 'last']);
  });
});

const timelines = fc
  .array(fc.record({ from: fc.nat(1_000), length: fc.nat(500) }), { maxLength: 12 })
  .map((spans) => ({
    durationUs: 1_500,
    spans: spans.map(({ from, length }, id) => ({
      ...span('statement', `s${id}`, [0, 0]),
      id,
      startUs: from,
      durationUs: length,
    })),
  }));

describe('for any request', () => {
  test('without a change its time is what it was', () => {
    fc.assert(
      fc.property(timelines, (timeline) => {
        expect(retime(timeline, {})).toBe(timeline.durationUs);
      }),
    );
  });

  test('removing a span saves no more than it took, and removing more never saves less', () => {
    fc.assert(
      fc.property(timelines, fc.nat(11), fc.nat(11), (timeline, one, other) => {
        const alone = dragUs(timeline, ({ id }) => id === one);
        expect(alone).toBeLessThanOrEqual(timeline.spans[one]?.durationUs ?? 0);
        expect(dragUs(timeline, ({ id }) => id === one || id === other)).toBeGreaterThanOrEqual(
          alone,
        );
      }),
    );
  });

  test('a span off the critical path buys nothing', () => {
    fc.assert(
      fc.property(timelines, (timeline) => {
        const path = new Set(criticalPath(timeline).map(({ id }) => id));
        const beside = timeline.spans.filter(({ id }) => !path.has(id));
        const bought = beside.map(({ id }) => dragUs(timeline, (each) => each.id === id));
        expect(bought).toEqual(beside.map(() => 0));
      }),
    );
  });
});
