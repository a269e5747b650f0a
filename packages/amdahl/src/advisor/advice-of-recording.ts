import { analyse } from '../report/analyse.ts';
import { capturedStatements } from '../sql/captured-statements.ts';
import { counted } from '../wording.ts';
import { adviceSchemaVersion, type Advice } from './advice.ts';
import { migrationOf } from './migration.ts';
import { rankAdvice } from './rank-advice.ts';

/**
 * What a recorded run says about its database. Evidence is the recording's own; gains are response
 * time of its routes, in milliseconds times the requests it measured.
 *
 * @throws AMDAHL_RECORDING_*
 */
export async function adviceOfRecording(directory: string, now: Date): Promise<Advice> {
  const result = await analyse(directory);
  const { agent, catalog, experiments } = result.artifacts;
  const captured =
    agent.status === 'ok' ? capturedStatements(agent.value) : { statements: [], unread: [] };
  const { statements, unread } = captured;
  const requests = new Map(result.routes.map(({ route, count }) => [route, count]));
  const ranked = rankAdvice(
    result.findings.filter(({ step }) => step === 'queries'),
    (route) => requests.get(route) ?? 0,
    null,
  );
  return {
    schemaVersion: adviceSchemaVersion,
    amdahlVersion: result.amdahlVersion,
    advisedAt: now.toISOString(),
    workload: {
      source: `${counted(statements.length, 'statement')} of the run recorded ${result.recordedAt}`,
      statements: statements.length,
      calls: statements.reduce((sum, { count }) => sum + count, 0),
      totalMs: statements.reduce((sum, { durationSumUs }) => sum + durationSumUs, 0) / 1_000,
      unread,
    },
    database:
      catalog.status === 'ok'
        ? { name: catalog.value.database, serverVersion: catalog.value.serverVersion }
        : null,
    interrupted: result.interrupted,
    fidelity: experiments.status === 'ok' ? experiments.value.fidelity : null,
    warnings: experiments.status === 'ok' ? experiments.value.warnings : [],
    ...ranked,
    remarks: [],
    outcomes: result.outcomes.filter(({ step }) => step === 'queries'),
    migration: migrationOf(ranked.findings, catalog.status === 'ok' ? catalog.value : undefined),
    sources: result.sources,
  };
}
