import type { Finding, Interval } from '../audits/finding.ts';
import { clampInterval } from '../predict/interval.ts';
import type { AdvisedFinding } from './advice.ts';

/**
 * Findings by the milliseconds they save over the whole workload: a gain per execution times the
 * executions. Never per cent, since half of little is little.
 *
 * @param callsOf executions of what a gain's `route` names
 */
export function rankAdvice(
  findings: readonly Finding[],
  callsOf: (route: string) => number,
): readonly AdvisedFinding[] {
  return findings
    .map((finding) => ({ ...finding, rank: 0, savedMs: savedBy(finding, callsOf) }))
    .sort((a, b) => b.savedMs.mid - a.savedMs.mid || (a.id < b.id ? -1 : 1))
    .map((finding, index) => ({ ...finding, rank: index + 1 }));
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
