import type { Histogram } from './histogram.ts';
import { nearestRank } from './nearest-rank.ts';
import { ascending, requireSamples } from './samples.ts';

/**
 * The exact percentiles (0..100 each) of samples, by nearest rank: always one of the samples, the
 * smallest that the percentage of samples does not exceed. `median` interpolates; this does not.
 *
 * @throws `AMDAHL_METRICS_BAD_ARGUMENT` for no samples, or a percentile not within 0..100.
 */
export function percentiles(samples: readonly number[], wanted: readonly number[]): number[] {
  requireSamples(samples, 1, 'a percentile');
  const sorted = ascending(samples);
  return wanted.map((percentile) => sorted[nearestRank(percentile, sorted.length) - 1] as number);
}

/** One exact percentile; see `percentiles`. */
export function percentile(samples: readonly number[], wanted: number): number {
  return percentiles(samples, [wanted])[0] as number;
}

/** Latencies in milliseconds. */
export interface LatencySummary {
  readonly count: number;
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** The usual figures of a histogram of microseconds; all 0 for an empty one. */
export function summarise(histogram: Histogram): LatencySummary {
  const percentileMs = (wanted: number): number => histogram.valueAtPercentile(wanted) / 1_000;
  return {
    count: histogram.count,
    meanMs: histogram.mean / 1_000,
    p50Ms: percentileMs(50),
    p90Ms: percentileMs(90),
    p95Ms: percentileMs(95),
    p99Ms: percentileMs(99),
    maxMs: histogram.max / 1_000,
  };
}
