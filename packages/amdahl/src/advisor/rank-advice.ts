import type { Finding, Interval } from '../audits/finding.ts';
import { clampInterval } from '../predict/interval.ts';
import type { AdvisedFinding } from './advice.ts';

/**
 * Findings that save less than this share of the workload's time are not advice but noise: no one
 * could measure that they help, and each index has to be kept up for ever.
 */
export const leastShareOfWorkload: number = 0.005;

export interface RankedAdvice {
  readonly findings: readonly AdvisedFinding[];
  /** How many save next to nothing, and were left out. */
  readonly negligible: number;
}

/**
 * Findings by the milliseconds they save over the whole workload: a gain per execution times the
 * executions. Never per cent, since half of little is little.
 *
 * Findings without a prediction in time (an index nobody reads) come last.
 *
 * @param callsOf executions of what a gain's `route` names
 * @param totalMs of the whole workload; null when it is not known: then nothing is left out
 */
export function rankAdvice(
  findings: readonly Finding[],
  callsOf: (route: string) => number,
  totalMs: number | null,
): RankedAdvice {
  const least = (totalMs ?? 0) * leastShareOfWorkload;
  const saving = findings.map((finding) => ({ finding, savedMs: savedBy(finding, callsOf) }));
  const worthIt = saving.filter(
    ({ finding, savedMs }) => finding.prediction.gains.length === 0 || savedMs.mid >= least,
  );
  return {
    negligible: saving.length - worthIt.length,
    findings: worthIt
      .sort((a, b) => b.savedMs.mid - a.savedMs.mid || (a.finding.id < b.finding.id ? -1 : 1))
      .map(({ finding, savedMs }, index) => ({ ...finding, rank: index + 1, savedMs })),
  };
}

function savedBy(finding: Finding, callsOf: (route: string) => number): Interval {
  const saved = { low: 0, mid: 0, high: 0 };
  for (const { route, gainMs, boundMs } of finding.prediction.gains) {
    const { low, mid, high } = clampInterval(gainMs, 0, boundMs);
    const calls = callsOf(route);
    saved.low += low * calls;
    saved.mid += mid * calls;
    saved.high += high * calls;
  }
  return saved;
}
