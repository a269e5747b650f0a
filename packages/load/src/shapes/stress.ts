import type { LoadLevel } from './shape.ts';
import type { PhaseFigures } from './phase-figures.ts';

/**
 * Of the load that a step added, the part that must come back as throughput for the step to be of
 * use. At the knee of a service the gain falls from all to nothing; half lies between.
 */
const usefulGainRatio = 0.5;

export interface StressFindings {
  readonly shape: 'stress';
  readonly phases: readonly PhaseFigures[];
  /** The last step after which more load brought little more throughput; null when there is none. */
  readonly knee: string | null;
}

/** Where more load stopped bringing more throughput. */
export function stressFindings(phases: readonly PhaseFigures[]): StressFindings {
  const [first] = phases;
  let knee: string | null = null;
  for (const [index, phase] of phases.entries()) {
    const before = phases[index - 1];
    if (before === undefined || first === undefined || knee !== null) continue;
    const added = (amountOf(phase.level) - amountOf(before.level)) / amountOf(first.level);
    const gained = (goodRate(phase) - goodRate(before)) / Math.max(goodRate(first), Number.EPSILON);
    if (gained < added * usefulGainRatio) knee = before.name;
  }
  return { shape: 'stress', phases, knee };
}

function amountOf(level: LoadLevel): number {
  return level.model === 'closed' ? level.users : level.ratePerSecond;
}

/** Requests per second that did not fail. */
function goodRate({ ratePerSecond, errorShare }: PhaseFigures): number {
  return ratePerSecond * (1 - errorShare);
}
