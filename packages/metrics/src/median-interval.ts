import { ascending, requireProperShare, requireSamples } from './samples.ts';
import { quantileOfAscending, type ConfidenceInterval } from './statistics.ts';

/**
 * The exact interval of the median, between two of the samples, whatever the distribution: each
 * sample lies above the true median with probability one half, so how many do is binomial. Holds
 * the median at least as often as `confidence` says. The sign test's interval: Conover, Practical
 * Nonparametric Statistics, 3rd edition, section 3.2.
 *
 * @throws `AMDAHL_METRICS_BAD_ARGUMENT` for fewer than `samplesForMedianInterval(confidence)`
 * samples.
 */
export function medianInterval(
  samples: readonly number[],
  { confidence = 0.95 }: { readonly confidence?: number } = {},
): ConfidenceInterval {
  requireSamples(samples, samplesForMedianInterval(confidence), `a ${confidence * 100} % interval`);
  const sorted = ascending(samples);
  const outside = samplesOutside(samples.length, (1 - confidence) / 2);
  return {
    low: sorted[outside] as number,
    mid: quantileOfAscending(sorted, 0.5),
    high: sorted[sorted.length - 1 - outside] as number,
  };
}

/**
 * Samples needed for such an interval: all n lie on one side of the median with probability 2 / 2^n.
 * Six for 95 %.
 */
export function samplesForMedianInterval(confidence: number = 0.95): number {
  requireProperShare(confidence, 'confidence');
  return Math.ceil(1 - Math.log2(1 - confidence));
}

/** The most samples at either end that the true median lies among with at most this probability. */
function samplesOutside(count: number, tail: number): number {
  // Logarithms: 2^-n is 0 in floating point for thousands of samples.
  let logProbability = -count * Math.LN2;
  let cumulative = Math.exp(logProbability);
  let outside = 0;
  while (cumulative <= tail) {
    logProbability += Math.log((count - outside) / (outside + 1));
    outside += 1;
    cumulative += Math.exp(logProbability);
  }
  return Math.max(0, outside - 1);
}
