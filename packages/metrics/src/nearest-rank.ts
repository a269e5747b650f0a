import { metricsErrors } from './metrics-errors.ts';

/**
 * The nearest rank of a percentile among `count` ordered values, from 1: the smallest rank with at
 * least that percentage of the values at or below it. The 0th percentile is rank 1.
 *
 * The product is lowered by one part in 2^52 before it is rounded up, so that 99.9 % of 1000 values,
 * 999.0000000000001 in floating point, is rank 999. HdrHistogram does the same.
 *
 * @throws `AMDAHL_METRICS_BAD_ARGUMENT` when the percentile is not within 0..100.
 */
export function nearestRank(percentile: number, count: number): number {
  if (!(percentile >= 0 && percentile <= 100)) {
    throw metricsErrors.create('AMDAHL_METRICS_BAD_ARGUMENT', {
      expected: 'a percentile from 0 to 100',
      found: String(percentile),
      next: 'Write the 95th percentile as 95.',
    });
  }
  const product = (percentile / 100) * count;
  return Math.max(1, Math.ceil(product * (1 - Number.EPSILON)));
}
