import { expect, test } from 'vitest';
import { isHopeless } from '../../src/objectives/hopeless.ts';
import type { LoadObjective } from '../../src/objectives/objective.ts';
import { readObjective } from '../../src/objectives/read-objective.ts';

const objective = (text: string): LoadObjective => readObjective(text) as LoadObjective;
const p95 = objective('p95 < 200ms');
const whole = { name: 'all' };

test('an objective is given up once the requests to come cannot save it', () => {
  // 10 s of 100 s: 1,000 requests done, 10,000 to be expected, of which 500 may be slow.
  const at = (slow: number): boolean =>
    isHopeless(p95, whole, { count: 1_000, failed: 0, slow }, 10_000, 100_000);
  expect(at(500)).toBe(false);
  expect(at(501)).toBe(true);
});

test('nothing is given up in the first seconds', () => {
  const tally = { count: 400, failed: 400, slow: 400 };
  expect(isHopeless(p95, whole, tally, 4_000, 20_000)).toBe(false);
  expect(isHopeless(p95, whole, tally, 5_000, 20_000)).toBe(true);
  expect(isHopeless(p95, whole, tally, 5_000, 60_000)).toBe(false);
});

test('a window counts from its own begin', () => {
  const window = { name: 'spike', fromMs: 30_000, toMs: 40_000 };
  const tally = { count: 50, failed: 50, slow: 50 };
  expect(isHopeless(p95, window, tally, 34_000, 60_000)).toBe(false);
  expect(isHopeless(p95, window, tally, 35_000, 60_000)).toBe(true);
  // Over, and missed by one request in 19.
  expect(isHopeless(p95, window, { ...tally, slow: 2 }, 50_000, 60_000)).toBe(false);
  expect(isHopeless(p95, window, { ...tally, slow: 3 }, 50_000, 60_000)).toBe(true);
});

test('errors and the slowest are given up, means, rates and checks are not', () => {
  const tally = { count: 1_000, failed: 100, slow: 1 };
  const at = (text: string): boolean => isHopeless(objective(text), whole, tally, 10_000, 100_000);
  expect(at('errors < 1%')).toBe(true);
  expect(at('errors < 2%')).toBe(false);
  expect(at('max < 1s')).toBe(true);
  expect(at('mean < 1ms')).toBe(false);
  expect(at('rate > 1000000')).toBe(false);
  expect(at('checks > 99%')).toBe(false);
});

test('the wider band is what counts', () => {
  const tally = { count: 1_000, failed: 15, slow: 0 };
  const both = objective('errors < 1%, acceptable < 2%');
  expect(isHopeless(both, whole, tally, 100_000, 100_000)).toBe(false);
});
