/*
 * Bootstrap intervals: the samples stand in for the population. Samples are drawn from them with
 * replacement many times, the statistic is computed of each draw, and the middle share of the
 * results is the interval (the percentile method of Efron and Tibshirani, An Introduction to the
 * Bootstrap, 1993, chapter 13). It assumes nothing of the distribution, but does assume that samples
 * are independent: replicate runs, not the requests within one.
 *
 * With few samples the interval is somewhat too narrow. Of 1,500 sets of 5 to 40 exponential samples
 * each, intervals of 95 % held the true median in 92 to 95 %, the true difference of two medians in
 * 96 to 97 %, the true mean in 79 (of five samples) to 93 %. `medianInterval` is exact.
 */
import { metricsErrors } from './metrics-errors.ts';
import { seededRandom } from './random.ts';
import { requireProperShare, requireSamples } from './samples.ts';
import { median, quantileOfAscending, type ConfidenceInterval } from './statistics.ts';

export interface BootstrapOptions {
  /** Share of such intervals that hold the true value. @default 0.95 */
  readonly confidence?: number;
  /** Draws. @default 2000 */
  readonly resamples?: number;
  /** The same seed gives the same interval. @default 1 */
  readonly seed?: number;
}

/** A figure of some samples. It is handed a buffer that is used again: it must not keep it. */
export type Statistic = (samples: readonly number[]) => number;

/**
 * The interval of a statistic.
 *
 * @throws `AMDAHL_METRICS_BAD_ARGUMENT` for no samples, or options out of range.
 */
export function bootstrapInterval(
  samples: readonly number[],
  statistic: Statistic,
  options: BootstrapOptions = {},
): ConfidenceInterval {
  requireSamples(samples, 1, 'a bootstrap interval');
  const draw = [...samples];
  return interval(options, statistic(samples), (random) => {
    resample(samples, draw, random);
    return statistic(draw);
  });
}

/**
 * The interval of median(b) - median(a), a and b being drawn independently.
 *
 * @throws `AMDAHL_METRICS_BAD_ARGUMENT` for no samples on a side, or options out of range.
 */
export function medianDifferenceInterval(
  a: readonly number[],
  b: readonly number[],
  options: BootstrapOptions = {},
): ConfidenceInterval {
  return comparisonInterval(a, b, (medianA, medianB) => medianB - medianA, options);
}

/**
 * The interval of median(b) / median(a), a and b being drawn independently.
 *
 * @throws `AMDAHL_METRICS_BAD_ARGUMENT` for no samples on a side, a sample of a that is not above 0,
 * or options out of range.
 */
export function medianRatioInterval(
  a: readonly number[],
  b: readonly number[],
  options: BootstrapOptions = {},
): ConfidenceInterval {
  const strange = a.find((sample) => !(sample > 0));
  if (strange !== undefined) {
    throw metricsErrors.create('AMDAHL_METRICS_BAD_ARGUMENT', {
      expected: 'samples above 0 to divide by',
      found: String(strange),
      next: 'Compare by difference instead.',
    });
  }
  return comparisonInterval(a, b, (medianA, medianB) => medianB / medianA, options);
}

function comparisonInterval(
  a: readonly number[],
  b: readonly number[],
  compare: (medianA: number, medianB: number) => number,
  options: BootstrapOptions,
): ConfidenceInterval {
  requireSamples(a, 1, 'a bootstrap interval');
  requireSamples(b, 1, 'a bootstrap interval');
  const drawA = [...a];
  const drawB = [...b];
  return interval(options, compare(median(a), median(b)), (random) => {
    resample(a, drawA, random);
    resample(b, drawB, random);
    return compare(median(drawA), median(drawB));
  });
}

function interval(
  { confidence = 0.95, resamples = 2_000, seed = 1 }: BootstrapOptions,
  mid: number,
  next: (random: () => number) => number,
): ConfidenceInterval {
  requireProperShare(confidence, 'confidence');
  if (!(Number.isInteger(resamples) && resamples >= 1)) {
    throw metricsErrors.create('AMDAHL_METRICS_BAD_ARGUMENT', {
      expected: 'a whole number of resamples from 1',
      found: String(resamples),
      next: 'Leave the option out for 2000.',
    });
  }
  const random = seededRandom(seed).next;
  const results = Float64Array.from({ length: resamples }, () => next(random)).sort();
  const tail = (1 - confidence) / 2;
  return {
    low: quantileOfAscending(results, tail),
    mid,
    high: quantileOfAscending(results, 1 - tail),
  };
}

function resample(samples: readonly number[], draw: number[], random: () => number): void {
  for (let index = 0; index < draw.length; index += 1) {
    draw[index] = samples[Math.floor(random() * samples.length)] as number;
  }
}
