import { exitCodes, type ExitCode } from '@amdahl/metrics';
import type { Answer, Comparison, Proof } from './proof.ts';

/** The comparison that answers the question the experiment was made for. */
export function headlineOf(proof: Proof): Comparison {
  return proof.routes.find((route) => route.route === proof.focus) ?? proof.overall;
}

/** What an answer means to a script: 1 when B must not replace A, 3 when nobody can tell. */
export function exitCodeOf(proof: Proof): ExitCode {
  if (proof.interrupted) return exitCodes.interrupted;
  const { answer, errors } = headlineOf(proof);
  if (answer === 'slower' || errors.failsMore) return exitCodes.objectiveMissed;
  // An experiment that broke is no reason to let B pass, whatever its finished rounds say.
  const unclear = answer === 'not-enough-data' || proof.problem !== null;
  return unclear ? exitCodes.couldNotMeasure : exitCodes.ok;
}

/** An answer as people say it. */
export function wordFor(answer: Answer): string {
  return answer === 'not-enough-data' ? 'not enough data' : answer;
}
