/*
 * Theil-Sen: the median of the slopes of all pairs of points. Up to 29 % of the points may be
 * outliers without spoiling it, which makes it fit to tell a drift (a leak, a warm-up) from spikes.
 * P. K. Sen, "Estimates of the regression coefficient based on Kendall's tau", Journal of the
 * American Statistical Association 63 (1968), which gives the interval too.
 */
import { metricsErrors } from './metrics-errors.ts';
import { normalUpperQuantile } from './normal-distribution.ts';
import { requireProperShare, requireSamples } from './samples.ts';
import { median, quantileOfAscending, type ConfidenceInterval } from './statistics.ts';

/** Pairs grow with the square of the points: 2,000 points are 2 million slopes, 16 MB. */
const mostPoints = 2_000;

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface LinearTrend {
  /** Change of y for each unit of x. An interval that excludes 0 is a trend. */
  readonly slope: ConfidenceInterval;
  /** The line's y at x = 0. */
  readonly intercept: number;
}

/**
 * The line through the points. With 95 % confidence it takes five points or more.
 *
 * @throws `AMDAHL_METRICS_BAD_ARGUMENT` with too few points for an interval of this confidence, all
 * points at one x, or more than 2,000 points.
 */
export function linearTrend(
  points: readonly Point[],
  { confidence = 0.95 }: { readonly confidence?: number } = {},
): LinearTrend {
  requireProperShare(confidence, 'confidence');
  const xs = points.map((point) => point.x);
  const ys = points.map((point) => point.y);
  requireSamples(xs, 2, 'a trend');
  requireSamples(ys, 2, 'a trend');
  if (points.length > mostPoints) throw unfit(`at most ${mostPoints} points`, `${points.length}`);
  const slopes = pairwiseSlopes(points);
  const halfWidth = normalUpperQuantile((1 - confidence) / 2) * Math.sqrt(kendallVariance(xs, ys));
  const lowRank = Math.round((slopes.length - halfWidth) / 2);
  if (lowRank < 1) {
    throw unfit(
      `points enough for a slope with ${confidence * 100} % confidence`,
      `${points.length} points with ${slopes.length} slopes`,
    );
  }
  const slope = quantileOfAscending(slopes, 0.5);
  return {
    slope: {
      low: slopes[lowRank - 1] as number,
      mid: slope,
      high: slopes[slopes.length - lowRank] as number,
    },
    intercept: median(points.map((point) => point.y - slope * point.x)),
  };
}

function pairwiseSlopes(points: readonly Point[]): Float64Array {
  const slopes = new Float64Array((points.length * (points.length - 1)) / 2);
  let found = 0;
  for (const [index, from] of points.entries()) {
    for (let other = index + 1; other < points.length; other += 1) {
      const to = points[other] as Point;
      if (to.x === from.x) continue;
      slopes[found] = (to.y - from.y) / (to.x - from.x);
      found += 1;
    }
  }
  return slopes.subarray(0, found).sort();
}

/** The variance of Kendall's S without a trend, ties on either axis taken off. */
function kendallVariance(xs: readonly number[], ys: readonly number[]): number {
  const part = (size: number): number => (size * (size - 1) * (2 * size + 5)) / 18;
  const tied = (values: readonly number[]): number =>
    [...Map.groupBy(values, (value) => value).values()].reduce(
      (sum, group) => sum + part(group.length),
      0,
    );
  return Math.max(0, part(xs.length) - tied(xs) - tied(ys));
}

function unfit(expected: string, found: string): Error {
  return metricsErrors.create('AMDAHL_METRICS_BAD_ARGUMENT', {
    expected,
    found,
    next: 'Measure longer, or take the medians of blocks of points as points.',
  });
}
