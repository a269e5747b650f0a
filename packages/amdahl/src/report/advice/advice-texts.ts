/** Sentences every report of advice has in common. */
import { formatMs } from '@amdahl/metrics';
import type { Advice, AdvisedFinding } from '../../advisor/advice.ts';
import { leastShareOfWorkload } from '../../advisor/rank-advice.ts';
import { counted, formatCount, formatShare } from '../../wording.ts';
import { formatGain, formatRange } from '../figures.ts';

/** What was looked at, in a few words each. */
export function workloadFacts({ workload, database }: Advice): readonly string[] {
  return [
    workload.source,
    counted(workload.statements, 'statement'),
    ...(workload.calls === null ? [] : [counted(workload.calls, 'execution') + inAll(workload)]),
    ...(database === null ? [] : [`PostgreSQL ${database.serverVersion}, ${database.name}`]),
  ];
}

function inAll({ totalMs }: Advice['workload']): string {
  return totalMs === null ? '' : `, ${formatMs(totalMs)} in all`;
}

/** What a finding's figure is a saving of, as it ends a sentence. */
export function savedOfText({ workload }: Advice): string {
  return workload.calls === null
    ? 'on one execution of each statement it touches'
    : 'over the whole workload';
}

/** That small findings are not shown; null when there are none. */
export function negligibleText({ negligible }: Advice): string | null {
  if (negligible === 0) return null;
  const least = formatShare(leastShareOfWorkload);
  return `Left out: ${counted(negligible, 'finding')} that would save less than ${least} of the workload's time.`;
}

/** How far the lab can be believed; null without one. */
export function fidelityText({ fidelity }: Advice): string | null {
  if (fidelity === null) return null;
  const { same, compared } = fidelity;
  if (compared === 0) return 'No statement could be planned by the target.';
  return same === compared
    ? `The lab plans all ${formatCount(compared)} statements as the target does.`
    : `The lab plans ${formatCount(same)} of ${formatCount(compared)} statements as the target does; of the others it says nothing.`;
}

/** What a finding saves, of how much. */
export function savingText({ savedMs }: AdvisedFinding, { workload }: Advice): string {
  if (savedMs.mid < 0.001) return 'No time of the captured statements is predicted to be saved.';
  const range = formatRange(savedMs);
  const likely = range === '' ? '' : ` (likely ${range})`;
  if (workload.totalMs === null || workload.totalMs <= 0) {
    return `${formatGain(savedMs.mid)}${likely} on one execution of each statement it touches.`;
  }
  const share = formatShare(Math.min(1, savedMs.mid / workload.totalMs));
  return `${formatGain(savedMs.mid)}${likely} of ${formatMs(workload.totalMs)}: ${share} of the workload's time.`;
}
