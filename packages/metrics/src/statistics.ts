import { ascending, requireSamples } from './samples.ts';

/** An estimate and the interval that holds the true value with a stated confidence. */
export interface ConfidenceInterval {
  readonly low: number;
  /** The estimate itself. */
  readonly mid: number;
  readonly high: number;
}

/** The arithmetic mean. @throws `AMDAHL_METRICS_BAD_ARGUMENT` for no samples. */
export function mean(samples: readonly number[]): number {
  requireSamples(samples, 1, 'a mean');
  return samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
}

/**
 * The middle sample, or the mean of the middle two. @throws `AMDAHL_METRICS_BAD_ARGUMENT` for no
 * samples.
 */
export function median(samples: readonly number[]): number {
  requireSamples(samples, 1, 'a median');
  return quantileOfAscending(ascending(samples), 0.5);
}

/**
 * The standard deviation of the population the samples come from (n - 1 in the denominator).
 *
 * @throws `AMDAHL_METRICS_BAD_ARGUMENT` for fewer than two samples.
 */
export function deviation(samples: readonly number[]): number {
  requireSamples(samples, 2, 'a standard deviation');
  const centre = mean(samples);
  const squares = samples.reduce((sum, sample) => sum + (sample - centre) ** 2, 0);
  return Math.sqrt(squares / (samples.length - 1));
}

/**
 * The quantile (share 0..1) of samples in ascending order, interpolated linearly between the two
 * nearest: definition 7 of Hyndman and Fan, "Sample quantiles in statistical packages", The
 * American Statistician 50 (1996).
 */
export function quantileOfAscending(samples: ArrayLike<number>, share: number): number {
  const position = share * (samples.length - 1);
  const below = samples[Math.floor(position)] as number;
  const above = samples[Math.ceil(position)] as number;
  return below + (above - below) * (position - Math.floor(position));
}
