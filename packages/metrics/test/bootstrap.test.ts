import { describe, expect, test } from 'vitest';
import {
  bootstrapInterval,
  mean,
  median,
  medianDifferenceInterval,
  medianRatioInterval,
  type ConfidenceInterval,
} from '../src/index.ts';
import { seededRandom } from '../src/random.ts';
import { coded } from './coded.ts';

const samples = [12, 15, 11, 19, 14, 13, 12.5, 16, 14.5, 30];

test('the interval encloses the estimate', () => {
  const interval = bootstrapInterval(samples, median);
  expect(interval.mid).toBe(14.25);
  expect(interval.low).toBeGreaterThan(11);
  expect(interval.low).toBeLessThan(14.25);
  expect(interval.high).toBeGreaterThan(14.25);
  expect(interval.high).toBeLessThan(30);
});

test('the same seed gives the same interval, another one another', () => {
  const ofMean = (seed: number): ConfidenceInterval => bootstrapInterval(samples, mean, { seed });
  expect(ofMean(7)).toEqual(ofMean(7));
  expect(ofMean(7)).not.toEqual(ofMean(8));
});

test('more confidence takes a wider interval', () => {
  const wide = bootstrapInterval(samples, mean, { confidence: 0.99 });
  const narrow = bootstrapInterval(samples, mean, { confidence: 0.8 });
  expect(wide.low).toBeLessThan(narrow.low);
  expect(wide.high).toBeGreaterThan(narrow.high);
});

test('one sample has no width', () => {
  expect(bootstrapInterval([5], median)).toEqual({ low: 5, mid: 5, high: 5 });
});

describe('two medians', () => {
  const slower = samples.map((sample) => sample + 10);

  test('differ by b - a', () => {
    const difference = medianDifferenceInterval(samples, slower);
    expect(difference.mid).toBe(10);
    expect(difference.low).toBeGreaterThan(0);
    expect(medianDifferenceInterval(slower, samples).high).toBeLessThan(0);
    const none = medianDifferenceInterval(samples, samples.toReversed());
    expect(none.low).toBeLessThan(0);
    expect(none.high).toBeGreaterThan(0);
  });

  test('have the ratio b / a', () => {
    const ratio = medianRatioInterval(
      samples,
      samples.map((sample) => sample * 2),
    );
    expect(ratio.mid).toBe(2);
    expect(ratio.low).toBeGreaterThan(1);
    expect(ratio.high).toBeLessThan(4);
  });

  test('have no ratio when a may be 0', () => {
    expect(() => medianRatioInterval([1, 0], [1])).toThrow(coded('AMDAHL_METRICS_BAD_ARGUMENT'));
  });
});

test('an interval of 95 % holds the true value about that often', () => {
  // 400 experiments, ten exponential samples a side and no difference. The count is the same in
  // every run; 380 are expected, with a binomial deviation of 4.4.
  const random = seededRandom(42).next;
  const side = (): number[] => Array.from({ length: 10 }, () => -Math.log(1 - random()));
  const held = Array.from({ length: 400 }, (_, seed) =>
    medianDifferenceInterval(side(), side(), { resamples: 400, seed }),
  ).filter(({ low, high }) => low <= 0 && 0 <= high).length;
  expect(held).toBeGreaterThan(370);
  expect(held).toBeLessThan(395);
});

test('no samples and options out of range are refused', () => {
  expect(() => bootstrapInterval([], median)).toThrow(coded('AMDAHL_METRICS_BAD_ARGUMENT'));
  expect(() => medianDifferenceInterval([1], [])).toThrow(coded('AMDAHL_METRICS_BAD_ARGUMENT'));
  for (const confidence of [0, 1, 95, Number.NaN]) {
    expect(() => bootstrapInterval([1], median, { confidence })).toThrow(
      coded('AMDAHL_METRICS_BAD_ARGUMENT'),
    );
  }
  expect(() => bootstrapInterval([1], median, { resamples: 0 })).toThrow(
    coded('AMDAHL_METRICS_BAD_ARGUMENT'),
  );
});
