/*
 * The Mann-Whitney U test: do values of one side tend to be larger than those of the other? It uses
 * only the order of the values, so neither outliers nor the shape of the distribution disturb it.
 * H. B. Mann and D. R. Whitney, "On a test of whether one of two random variables is stochastically
 * larger than the other", Annals of Mathematical Statistics 18 (1947).
 */
import { normalUpperTail } from './normal-distribution.ts';
import { requireProperShare, requireSamples } from './samples.ts';

/** Up to this many samples a side the distribution is counted out, as R's wilcox.test does. */
const largestExactSide = 49;

export interface MannWhitneyResult {
  /** Pairs in which b is larger; a pair of equals counts half. From 0 to the number of pairs. */
  readonly u: number;
  /** Two-sided: how often chance alone would part the sides this far or farther. */
  readonly pValue: number;
  /** `exact` without ties and with few samples, else the normal approximation corrected for ties. */
  readonly method: 'exact' | 'normal';
  /**
   * Common-language effect size: the probability that a value of b is larger than one of a, ties
   * counting half. 0.5 is no effect (McGraw and Wong, Psychological Bulletin 111, 1992).
   */
  readonly commonLanguage: number;
  /** Cliff's delta, -1..1: share of pairs in which b is larger less that in which a is. */
  readonly cliffsDelta: number;
}

/**
 * Compares two independent sides. With fewer than `samplesPerSideForRankTest()` samples a side no
 * outcome can be significant.
 *
 * @throws `AMDAHL_METRICS_BAD_ARGUMENT` when a side has no samples.
 */
export function mannWhitney(a: readonly number[], b: readonly number[]): MannWhitneyResult {
  requireSamples(a, 1, 'a Mann-Whitney test');
  requireSamples(b, 1, 'a Mann-Whitney test');
  const { u, tieSizes } = rank(a, b);
  const pairs = a.length * b.length;
  const exact =
    tieSizes.every((size) => size === 1) && Math.max(a.length, b.length) <= largestExactSide;
  return {
    u,
    pValue: exact
      ? exactPValue(a.length, b.length, u)
      : normalPValue(a.length, b.length, u, tieSizes),
    method: exact ? 'exact' : 'normal',
    commonLanguage: u / pairs,
    cliffsDelta: (2 * u) / pairs - 1,
  };
}

/**
 * Samples a side, with equal sides, below which even complete separation stays above `alpha`: it
 * has probability 2 / C(2n, n). Four for 0.05.
 */
export function samplesPerSideForRankTest(alpha: number = 0.05): number {
  requireProperShare(alpha, 'alpha');
  let perSide = 1;
  for (let arrangements = 2; 2 / arrangements > alpha;) {
    perSide += 1;
    arrangements *= (2 * (2 * perSide - 1)) / perSide;
  }
  return perSide;
}

/** U, and how many samples share each distinct value. */
function rank(a: readonly number[], b: readonly number[]): { u: number; tieSizes: number[] } {
  const all = [
    ...a.map((value) => ({ value, fromB: 0 })),
    ...b.map((value) => ({ value, fromB: 1 })),
  ].sort((left, right) => left.value - right.value);
  const tieSizes: number[] = [];
  let u = 0;
  let smallerInA = 0;
  for (let start = 0; start < all.length;) {
    let end = start;
    let inB = 0;
    while (end < all.length && all[end]?.value === all[start]?.value) {
      inB += all[end]?.fromB ?? 0;
      end += 1;
    }
    const inA = end - start - inB;
    u += inB * (smallerInA + inA / 2);
    smallerInA += inA;
    tieSizes.push(end - start);
    start = end;
  }
  return { u, tieSizes };
}

/**
 * Counts, for each U, the orders of the samples that lead to it. The samples are placed in ascending
 * order: the one at `position` that is the k-th of a has `position - (k - 1)` of b below it.
 */
function exactPValue(inA: number, inB: number, u: number): number {
  const pairs = inA * inB;
  const orders = Array.from({ length: inA + 1 }, () => new Float64Array(pairs + 1));
  (orders[0] as Float64Array)[0] = 1;
  for (let position = 0; position < inA + inB; position += 1) {
    for (let k = Math.min(inA, position + 1); k >= 1; k -= 1) {
      const below = position - (k - 1);
      if (below > inB) break;
      const before = orders[k - 1] as Float64Array;
      const after = orders[k] as Float64Array;
      for (let sum = below; sum <= pairs; sum += 1) {
        after[sum] = (after[sum] as number) + (before[sum - below] as number);
      }
    }
  }
  const counts = orders[inA] as Float64Array;
  const total = counts.reduce((sum, count) => sum + count, 0);
  const tail = counts
    .subarray(0, Math.min(u, pairs - u) + 1)
    .reduce((sum, count) => sum + count, 0);
  return Math.min(1, (2 * tail) / total);
}

/** With continuity correction; Hollander and Wolfe, Nonparametric Statistical Methods, section 4.1. */
function normalPValue(inA: number, inB: number, u: number, tieSizes: readonly number[]): number {
  const all = inA + inB;
  const ties = tieSizes.reduce((sum, size) => sum + (size ** 3 - size), 0);
  const variance = ((inA * inB) / 12) * (all + 1 - ties / (all * (all - 1)));
  if (variance <= 0) return 1;
  const distance = Math.max(0, Math.abs(u - (inA * inB) / 2) - 0.5);
  return Math.min(1, 2 * normalUpperTail(distance / Math.sqrt(variance)));
}
