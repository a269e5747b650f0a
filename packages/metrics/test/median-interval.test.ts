import { expect, test } from 'vitest';
import { medianInterval, samplesForMedianInterval } from '../src/index.ts';
import { seededRandom } from '../src/random.ts';
import { coded } from './coded.ts';

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

// Ranks of the bounds for 95 %, from the binomial tails of SciPy 1.17.
test.each([
  [6, 1, 6],
  [8, 1, 8],
  [9, 2, 8],
  [10, 2, 9],
  [12, 3, 10],
  [15, 4, 12],
  [20, 6, 15],
])('of %d samples goes from the %dth to the %dth', (count, low, high) => {
  expect(medianInterval(upTo(count).toReversed())).toEqual({ low, mid: (count + 1) / 2, high });
});

test('of thousands of samples is narrow', () => {
  const { low, high } = medianInterval(upTo(10_000));
  // 1.96 standard deviations of a binomial count, 50 each.
  expect(low).toBeCloseTo(5_000 - 98, -1);
  expect(high).toBeCloseTo(5_001 + 98, -1);
});

test('takes six samples for 95 %, and every confidence what it says', () => {
  expect(samplesForMedianInterval()).toBe(6);
  expect(samplesForMedianInterval(0.99)).toBe(8);
  for (const confidence of [0.5, 0.9, 0.9375, 0.95, 0.99, 0.999]) {
    const count = samplesForMedianInterval(confidence);
    expect(medianInterval(upTo(count), { confidence })).toMatchObject({ low: 1, high: count });
    expect(() => medianInterval(upTo(count - 1), { confidence })).toThrow(
      coded('AMDAHL_METRICS_BAD_ARGUMENT', { found: String(count - 1) }),
    );
  }
});

test('holds the true median at least as often as it says', () => {
  const random = seededRandom(5).next;
  const held = Array.from({ length: 2_000 }, () =>
    medianInterval(Array.from({ length: 10 }, () => random())),
  ).filter(({ low, high }) => low <= 0.5 && 0.5 <= high).length;
  expect(held / 2_000).toBeGreaterThan(0.95);
});

test('refuses a confidence beyond 0..1', () => {
  for (const confidence of [0, 1, 95]) {
    expect(() => medianInterval(upTo(9), { confidence })).toThrow(
      coded('AMDAHL_METRICS_BAD_ARGUMENT'),
    );
  }
});
