import type { Gathered } from '../../artifacts/artifacts.ts';
import { artifactNames } from '../../artifacts/shapes.ts';
import { resultSchemaVersion, type RunResult } from '../../artifacts/run-result.ts';
import type { Advice } from '../../advisor/advice.ts';

/**
 * Advice in the shape of a run's result, for the parts of a page that show findings. There was no
 * run: no routes, no load, and a finding's gain is what it saves over the whole workload.
 */
export function adviceAsResult(advice: Advice): RunResult {
  const noRun: Gathered = { status: 'absent', reason: 'no app was measured' };
  return {
    schemaVersion: resultSchemaVersion,
    amdahlVersion: advice.amdahlVersion,
    recordedAt: advice.advisedAt,
    recording: advice.workload.source,
    interrupted: advice.interrupted,
    verdict: { kind: 'valid', reasons: [] },
    routes: [],
    findings: advice.findings.map(({ savedMs, ...finding }) => ({
      ...finding,
      boughtMsPerRequest: savedMs,
      helpsMissedObjective: false,
    })),
    outcomes: advice.outcomes,
    problems: [],
    sources: advice.sources,
    artifacts: Object.fromEntries(
      artifactNames.map((name) => [name, noRun]),
    ) as unknown as RunResult['artifacts'],
  };
}
