import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Histogram, mergeHistograms, percentile } from '../src/index.ts';
import { contents, histogramOf, latencies, percentage } from './arbitraries.ts';
import { coded } from './coded.ts';

describe('recording', () => {
  test('an empty histogram is all zeros', () => {
    const empty = new Histogram();
    expect(contents(empty)).toEqual({
      count: 0,
      min: 0,
      max: 0,
      sum: 0,
      clampedCount: 0,
      buckets: [],
    });
    expect(empty.mean).toBe(0);
    expect(empty.standardDeviation).toBe(0);
    expect(empty.valueAtPercentile(99)).toBe(0);
    expect(empty.shareAtOrBelow(0)).toBe(1);
  });

  test('keeps count, extremes, sum and mean exactly', () => {
    fc.assert(
      fc.property(latencies, (values) => {
        const histogram = histogramOf(values);
        const sum = values.reduce((total, value) => total + value, 0);
        expect(histogram.count).toBe(values.length);
        expect(histogram.min).toBe(Math.min(...values));
        expect(histogram.max).toBe(Math.max(...values));
        expect(histogram.sum).toBe(sum);
        expect(histogram.mean).toBe(sum / values.length);
      }),
    );
  });

  test('rounds fractions and takes negative values as 0', () => {
    const histogram = histogramOf([1.5, 2.4, -0.3, -7]);
    expect([...histogram.buckets()]).toEqual([
      { from: 0, to: 0, count: 2 },
      { from: 2, to: 2, count: 2 },
    ]);
    expect(histogram.min).toBe(0);
    expect(Object.is(histogram.min, 0)).toBe(true);
  });

  test('records a value many times at once', () => {
    const atOnce = new Histogram();
    atOnce.record(250, 3);
    atOnce.record(900, 0);
    expect(contents(atOnce)).toEqual(contents(histogramOf([250, 250, 250])));
  });

  test('records values over the highest trackable as that, and counts them', () => {
    const histogram = histogramOf([5, 10_001, Number.POSITIVE_INFINITY], {
      highestTrackable: 10_000,
    });
    expect(histogram.clampedCount).toBe(2);
    expect(histogram.count).toBe(3);
    expect(histogram.max).toBe(10_000);
    expect(histogram.valueAtPercentile(100)).toBe(10_000);
  });

  test('reaches 2^53 - 1', () => {
    const histogram = histogramOf([Number.MAX_SAFE_INTEGER, 2 ** 40], {
      highestTrackable: Number.MAX_SAFE_INTEGER,
    });
    expect(histogram.valueAtPercentile(100)).toBe(Number.MAX_SAFE_INTEGER);
    expect(histogram.valueAtPercentile(50)).toBe(2 ** 40 + 2 ** 30 - 1);
  });

  test('refuses what is not a number', () => {
    const histogram = new Histogram();
    expect(() => histogram.record(Number.NaN)).toThrow(
      coded('AMDAHL_METRICS_BAD_ARGUMENT', { found: 'NaN' }),
    );
    expect(histogram.count).toBe(0);
  });

  test.each([-1, 0.5, Number.NaN])('refuses the count %s', (count) => {
    const histogram = new Histogram();
    expect(() => histogram.record(1e12, count)).toThrow(coded('AMDAHL_METRICS_BAD_ARGUMENT'));
    expect(contents(histogram)).toEqual(contents(new Histogram()));
  });
});

describe('percentiles', () => {
  test('differ from the exact ones by at most 0.1 %, upwards', () => {
    fc.assert(
      fc.property(latencies, percentage, (values, wanted) => {
        const exact = percentile(values, wanted);
        const found = histogramOf(values).valueAtPercentile(wanted);
        expect(found).toBeGreaterThanOrEqual(exact);
        expect(found - exact).toBeLessThanOrEqual(exact / 1_000);
      }),
    );
  });

  test('give the extremes exactly', () => {
    const histogram = histogramOf([123_457, 765_433, 1_234_567]);
    expect(histogram.valueAtPercentile(0)).toBe(123_457);
    expect(histogram.valueAtPercentile(100)).toBe(1_234_567);
  });

  test.each([-1, 100.1, Number.NaN])('refuse %s', (wanted) => {
    expect(() => histogramOf([1]).valueAtPercentile(wanted)).toThrow(
      coded('AMDAHL_METRICS_BAD_ARGUMENT'),
    );
  });

  test('have the share at or below a value as their inverse', () => {
    fc.assert(
      fc.property(latencies, percentage, (values, wanted) => {
        const histogram = histogramOf(values);
        const share = histogram.shareAtOrBelow(histogram.valueAtPercentile(wanted));
        expect(share).toBeGreaterThanOrEqual(wanted / 100 - 1e-12);
      }),
    );
    const histogram = histogramOf([100, 200, 300, 400]);
    expect(histogram.shareAtOrBelow(99)).toBe(0);
    expect(histogram.shareAtOrBelow(250.5)).toBe(0.5);
    expect(histogram.shareAtOrBelow(1e15)).toBe(1);
  });
});

test('the standard deviation is the population’s', () => {
  expect(histogramOf([2, 4, 4, 4, 5, 5, 7, 9]).standardDeviation).toBe(2);
  expect(histogramOf([1_000_003, 1_000_003]).standardDeviation).toBe(0);
});

describe('merging', () => {
  test('is as if all values had been recorded in one', () => {
    fc.assert(
      fc.property(latencies, latencies, (left, right) => {
        const merged = histogramOf(left);
        merged.add(histogramOf(right));
        expect(contents(merged)).toEqual(contents(histogramOf([...left, ...right])));
      }),
    );
  });

  test('does not depend on order or grouping', () => {
    const settings = fc.record({ highestTrackable: fc.constantFrom(1_000_000, 3_600_000_000) });
    const part = fc.tuple(latencies, settings).map((args) => histogramOf(...args));
    fc.assert(
      fc.property(part, part, part, (a, b, c) => {
        expect(contents(sumOf(sumOf(a, b), c))).toEqual(contents(sumOf(a, sumOf(b, c))));
        expect(contents(sumOf(a, b))).toEqual(contents(sumOf(b, a)));
      }),
    );
  });

  test('widens the range instead of clamping', () => {
    const narrow = histogramOf([5], { highestTrackable: 1_000 });
    narrow.add(histogramOf([2_000_000]));
    expect(narrow.max).toBe(2_000_000);
    expect(narrow.clampedCount).toBe(0);
    expect(narrow.highestTrackable).toBe(3_600_000_000);
  });

  test('records values of other settings again, within the coarser error', () => {
    fc.assert(
      fc.property(
        latencies,
        fc.constantFrom(2, 5),
        fc.constantFrom(1, 100),
        (values, significantDigits, lowestDiscernible) => {
          const merged = new Histogram();
          merged.add(histogramOf(values, { significantDigits, lowestDiscernible }));
          expect(merged.count).toBe(values.length);
          expect(merged.sum).toBe(values.reduce((total, value) => total + value, 0));
          for (const wanted of [1, 50, 99]) {
            const exact = percentile(values, wanted);
            const error = Math.abs(merged.valueAtPercentile(wanted) - exact);
            expect(error).toBeLessThanOrEqual(0.01 * exact + lowestDiscernible);
          }
        },
      ),
    );
  });

  test('takes in a histogram that was clamped', () => {
    const merged = new Histogram({ significantDigits: 2 });
    merged.add(histogramOf([4e9, 5e9]));
    expect(merged.max).toBe(3_600_000_000);
    expect(merged.clampedCount).toBe(2);
  });

  test('of encoded texts keeps the first one’s settings', () => {
    const texts = [
      histogramOf([1, 2], { significantDigits: 2 }).toBase64(),
      histogramOf([3]).toBase64(),
    ];
    const merged = mergeHistograms(texts);
    expect([...merged.buckets()].map((bucket) => bucket.from)).toEqual([1, 2, 3]);
    expect(merged.significantDigits).toBe(2);
    expect(mergeHistograms([]).count).toBe(0);
    expect(() => mergeHistograms([...texts, 'garbage'])).toThrow(
      coded('AMDAHL_METRICS_BAD_HISTOGRAM'),
    );
  });
});

test('a clone is independent', () => {
  const original = histogramOf([1, 5_000_000_000], { significantDigits: 4 });
  const copy = original.clone();
  expect(contents(copy)).toEqual(contents(original));
  expect(copy.significantDigits).toBe(4);
  copy.record(7);
  expect(original.count).toBe(2);
});

test('a reset histogram is empty and records again', () => {
  const histogram = histogramOf([1, 2, 5_000_000_000]);
  histogram.reset();
  expect(contents(histogram)).toEqual(contents(new Histogram()));
  histogram.record(9);
  expect(contents(histogram)).toEqual(contents(histogramOf([9])));
});

function sumOf(left: Histogram, right: Histogram): Histogram {
  const sum = left.clone();
  sum.add(right);
  return sum;
}
