import type { AgentArtifact } from '../artifacts/artifacts.ts';
import type { StatementUsage } from '../lab/experiments/lab-statement.ts';
import { runExperiments } from '../lab/experiments/run-experiments.ts';
import { capturedStatements } from '../sql/captured-statements.ts';
import type { Gatherer } from './gatherer.ts';
import { noStatements } from './plans.ts';

/** Tries indexes and rewrites in the database lab, an embedded PostgreSQL that ends with it. */
export const experimentsGatherer: Gatherer<'experiments'> = {
  artifact: 'experiments',
  phase: 'after',
  label: 'trying indexes and rewrites in the database lab',
  gather: async ({ artifacts, signal, report }) => {
    const { agent, catalog, plans } = artifacts;
    if (catalog?.status !== 'ok') return { absent: 'the catalog of the database was not read' };
    if (agent?.status !== 'ok') return { absent: noStatements };
    if (plans?.status !== 'ok') return { absent: 'the plans of the statements were not read' };
    return runExperiments({
      catalog: catalog.value,
      plans: plans.value,
      usage: usageOf(agent.value),
      signal,
      report,
    });
  },
};

function usageOf(agent: AgentArtifact): ReadonlyMap<string, StatementUsage> {
  return new Map(
    capturedStatements(agent).statements.map(({ text, count, durationSumUs }) => [
      text,
      { calls: count, meanMs: count === 0 ? null : durationSumUs / count / 1_000 },
    ]),
  );
}
