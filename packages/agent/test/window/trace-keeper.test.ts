import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Trace } from '../../src/protocol.ts';
import { TraceKeeper } from '../../src/window/trace-keeper.ts';

function traceOf(durationUs: number, spans: number): Omit<Trace, 'kind'> {
  const span = { kind: 'statement', name: '', startUs: 0, durationUs: 0, callSite: null } as const;
  return {
    traceId: '',
    route: 'GET /',
    url: '/',
    status: 200,
    startedAtEpochMs: 0,
    durationUs,
    spans: Array.from({ length: spans }, (_, id) => ({ ...span, id, needs: [] })),
  };
}

test('keeps the five slowest, at most eight others, and knows how many spans it holds', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 1_000 })), (durations) => {
      const keeper = new TraceKeeper();
      let spans = 0;
      for (const duration of durations) {
        spans += keeper.offer(duration, () => traceOf(duration, duration % 7));
      }
      const traces = keeper.traces();
      const slowest = traces.filter(({ kind }) => kind === 'slowest');
      const expected = durations.toSorted((a, b) => b - a).slice(0, 5);
      expect(slowest.map(({ durationUs }) => durationUs)).toEqual(expected);
      expect(traces.length - slowest.length).toBeLessThanOrEqual(8);
      expect(traces.flatMap((trace) => trace.spans)).toHaveLength(spans);
    }),
  );
});

test('draws the others with equal chances', () => {
  const offered = 20;
  const rounds = 3_000;
  const drawn = Array.from({ length: offered }, () => 0);
  for (let round = 0; round < rounds; round += 1) {
    const keeper = new TraceKeeper();
    // Ever faster, so that the first five are the slowest.
    for (let index = 0; index < offered; index += 1) {
      keeper.offer(offered - index, () => traceOf(offered - index, 0));
    }
    for (const { kind, durationUs } of keeper.traces()) {
      if (kind === 'random') drawn[offered - durationUs] = (drawn[offered - durationUs] ?? 0) + 1;
    }
  }
  // Eight in twenty each; six standard deviations are below 0.07.
  for (const count of drawn.slice(5))
    expect(Math.abs(count / rounds - 8 / offered)).toBeLessThan(0.07);
});

test('builds no trace that it does not keep', () => {
  const keeper = new TraceKeeper();
  let built = 0;
  for (let index = 0; index < 10_000; index += 1) {
    keeper.offer(index === 0 ? 1 : 0, () => {
      built += 1;
      return traceOf(0, 0);
    });
  }
  // Five slowest, three random ones, and a random replacement ever more rarely: 3 × ln(10,000 / 3).
  expect(built).toBeLessThan(100);
});
