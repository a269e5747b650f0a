import { describe, expect, test } from 'vitest';
import { percentile, percentiles, summarise } from '../src/index.ts';
import { nearestRank } from '../src/nearest-rank.ts';
import { histogramOf } from './arbitraries.ts';
import { coded } from './coded.ts';

test('the nearest rank is the smallest that the percentage does not exceed', () => {
  expect(nearestRank(0, 5)).toBe(1);
  expect(nearestRank(20, 5)).toBe(1);
  expect(nearestRank(20.1, 5)).toBe(2);
  expect(nearestRank(100, 5)).toBe(5);
});

test('the nearest rank is not raised by rounding errors', () => {
  expect((99.9 / 100) * 1_000_000).not.toBe(999_000);
  for (let count = 1_000; count <= 1_000_000; count += 1_000) {
    expect(nearestRank(99.9, count)).toBe(count * 0.999);
  }
  for (let wanted = 0; wanted <= 100; wanted += 1) {
    expect(nearestRank(wanted, 100)).toBe(Math.max(1, wanted));
  }
});

describe('exact percentiles', () => {
  test('are samples, by nearest rank', () => {
    expect(percentiles([50, 15, 40, 20, 35], [5, 30, 40, 50, 100])).toEqual([15, 20, 20, 35, 50]);
    expect(percentile([2, 1], 50)).toBe(1);
    expect(percentile([-1.5], 99)).toBe(-1.5);
  });

  test('leave the samples as they are', () => {
    const samples = [3, 1, 2];
    percentile(samples, 50);
    expect(samples).toEqual([3, 1, 2]);
  });

  test('refuse no samples, unmeasured ones and percentages beyond 0..100', () => {
    expect(() => percentile([], 50)).toThrow(coded('AMDAHL_METRICS_BAD_ARGUMENT'));
    expect(() => percentile([1, Number.NaN], 50)).toThrow(coded('AMDAHL_METRICS_BAD_ARGUMENT'));
    expect(() => percentile([1], 101)).toThrow(coded('AMDAHL_METRICS_BAD_ARGUMENT'));
  });
});

test('a summary is in milliseconds', () => {
  const summary = summarise(histogramOf(Array.from({ length: 100 }, (_, i) => (i + 1) * 10)));
  expect(summary).toEqual({
    count: 100,
    meanMs: 0.505,
    p50Ms: 0.5,
    p90Ms: 0.9,
    p95Ms: 0.95,
    p99Ms: 0.99,
    maxMs: 1,
  });
  expect(summarise(histogramOf([])).p99Ms).toBe(0);
});
