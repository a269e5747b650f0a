import { Writable } from 'node:stream';
import type { LoadProgress } from '@amdahl/load';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { liveDescription } from '../../src/commands/live-description.ts';
import { createProgressView } from '../../src/commands/progress-view.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

// oxlint-disable-next-line no-control-regex -- those of a terminal
const controls = /\u001B\[1A|\u001B\[2K|\u001B\[\d*m|\r|\n|[^\u001B\r\n]+/g;

/** A terminal as far as the view knows one; `screen` is what a person would see on it. */
function terminal(
  isTTY: boolean,
  columns: number,
): { stream: NodeJS.WriteStream; screen: () => string[] } {
  let written = '';
  const stream = new Writable({
    write(chunk: Buffer, _encoding, callback) {
      written += chunk.toString();
      callback();
    },
  });
  const screen = (): string[] => {
    const lines = [''];
    for (const [part] of written.matchAll(controls)) {
      if (part === '\u001B[1A') lines.pop();
      else if (part === '\u001B[2K') lines[lines.length - 1] = '';
      else if (part === '\n') lines.push('');
      else if (part !== '\r' && !part.startsWith('\u001B')) lines[lines.length - 1] += part;
    }
    return lines;
  };
  return {
    stream: Object.assign(stream, { isTTY, columns }) as unknown as NodeJS.WriteStream,
    screen,
  };
}

function progress(changes: Partial<LoadProgress> = {}): LoadProgress {
  return {
    phase: 'measuring',
    elapsedMs: 15_000,
    plannedMs: 30_000,
    done: 1_000,
    failed: 10,
    ratePerSecond: 100,
    inFlight: 5,
    p50Ms: 10,
    p95Ms: 20,
    generatorLagP99Ms: 0.5,
    generatorCpuShare: 0.1,
    ...changes,
  };
}

test('several lines are painted over one another, and taken away at the end', () => {
  const { stream, screen } = terminal(true, 80);
  const view = createProgressView(stream);
  view.phase('measuring');
  view.status('  one\n  two');
  view.status('  three\n  four\n  five');
  expect(screen()).toEqual(['measuring', '  three', '  four', '  five']);
  view.note('stays');
  expect(screen()).toEqual(['stays', 'measuring', '  three', '  four', '  five']);
  view.end();
  expect(screen()).toEqual(['stays', '']);
});

test('lines are cut to a narrow terminal', () => {
  const { stream, screen } = terminal(true, 40);
  const view = createProgressView(stream);
  view.phase('measuring');
  view.status(liveDescription()(progress({ done: 123_456_789 })));
  expect(Math.max(...screen().map((line) => line.length))).toBeLessThan(40);
  view.end();
});

test('without a terminal they are one plain line now and then', () => {
  const { stream, screen } = terminal(false, 80);
  const view = createProgressView(stream);
  view.phase('measuring');
  vi.advanceTimersByTime(6_000);
  view.status('one\ntwo');
  view.status('three\nfour');
  view.end();
  expect(screen()).toEqual(['measuring', 'one · two', '']);
});

test('the rate of the last seconds is a line of blocks', () => {
  const describe = liveDescription();
  for (const [second, ratePerSecond] of [0, 50, 100].entries()) {
    describe(progress({ elapsedMs: second * 1_000, ratePerSecond }));
  }
  const [bar, rate, times, counts, verdict] = describe(
    progress({ elapsedMs: 2_500, plannedMs: 5_000 }),
  ).split('\n');
  expect(bar).toBe(`  ${'█'.repeat(12)}${'░'.repeat(12)} 3 s of 5 s`);
  expect(rate).toBe('      100/s  ▁▅█');
  expect(times).toBe('  p50 10 ms · p95 20 ms');
  expect(counts).toBe('  1,000 requests · 10 failed (1 %) · 5 in flight');
  expect(verdict).toBe('  so far: valid');
});
