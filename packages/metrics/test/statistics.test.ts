import { expect, test } from 'vitest';
import { deviation, mean, median } from '../src/index.ts';
import { quantileOfAscending } from '../src/statistics.ts';
import { coded } from './coded.ts';

test('the mean', () => {
  expect(mean([1, 2, 6])).toBe(3);
});

test('the median is the middle sample or the mean of the middle two', () => {
  expect(median([10, 9, 2])).toBe(9);
  expect(median([10, 9, 2, 1])).toBe(5.5);
  expect(median([-4])).toBe(-4);
});

test('the deviation divides by n - 1', () => {
  expect(deviation([2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(Math.sqrt(32 / 7), 12);
  expect(deviation([3, 3])).toBe(0);
});

test('quantiles interpolate linearly', () => {
  expect(quantileOfAscending([10, 20, 30, 40], 0)).toBe(10);
  expect(quantileOfAscending([10, 20, 30, 40], 0.25)).toBe(17.5);
  expect(quantileOfAscending([10, 20, 30, 40], 1)).toBe(40);
});

test('too few or unmeasured samples are refused, and named', () => {
  for (const statistic of [mean, median, deviation]) {
    expect(() => statistic([])).toThrow(coded('AMDAHL_METRICS_BAD_ARGUMENT', { found: '0' }));
    expect(() => statistic([1, Infinity])).toThrow(
      coded('AMDAHL_METRICS_BAD_ARGUMENT', { found: 'Infinity' }),
    );
  }
  expect(() => deviation([1])).toThrow(
    coded('AMDAHL_METRICS_BAD_ARGUMENT', {
      expected: 'at least 2 samples for a standard deviation',
    }),
  );
});
