import * as fc from 'fast-check';
import { Histogram, type HistogramOptions } from '../src/index.ts';

/** Latencies in microseconds as services have them: most short, some up to the hour. */
const latency: fc.Arbitrary<number> = fc.oneof(
  fc.integer({ min: 0, max: 5_000 }),
  fc.integer({ min: 0, max: 2_000_000 }),
  fc.integer({ min: 0, max: 3_600_000_000 }),
);

export const latencies: fc.Arbitrary<number[]> = fc.array(latency, {
  minLength: 1,
  maxLength: 200,
});

export const percentage: fc.Arbitrary<number> = fc.oneof(
  fc.constantFrom(0, 0.1, 1, 50, 90, 95, 99, 99.9, 99.99, 100),
  fc.double({ min: 0, max: 100, noNaN: true }),
);

export function histogramOf(values: readonly number[], options?: HistogramOptions): Histogram {
  const histogram = new Histogram(options);
  for (const value of values) histogram.record(value);
  return histogram;
}

/** Everything a histogram tells, for comparing two. */
export function contents(histogram: Histogram): Record<string, unknown> {
  return {
    count: histogram.count,
    min: histogram.min,
    max: histogram.max,
    sum: histogram.sum,
    clampedCount: histogram.clampedCount,
    buckets: [...histogram.buckets()],
  };
}
