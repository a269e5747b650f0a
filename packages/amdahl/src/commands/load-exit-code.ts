import type { LoadResult, Verdict } from '@amdahl/load';
import { exitCodes, type ExitCode } from '@amdahl/metrics';

/**
 * How `amdahl load` ends. What cannot be believed decides no objective; but that most requests
 * failed can be believed, and leaves only their times without meaning.
 */
export function loadExitCode(
  { interrupted, hopeless, teardownError, objectives = [] }: LoadResult,
  verdict: Verdict,
): ExitCode {
  if (interrupted && hopeless === undefined) return exitCodes.interrupted;
  const unbelievable = verdict.reasons.filter(({ kind }) => kind === 'void');
  if (unbelievable.some(({ check }) => check !== 'error-mix')) return exitCodes.couldNotMeasure;
  if (objectives.some(({ met }) => !met)) return exitCodes.objectiveMissed;
  return unbelievable.length > 0 || teardownError !== undefined
    ? exitCodes.couldNotMeasure
    : exitCodes.ok;
}
