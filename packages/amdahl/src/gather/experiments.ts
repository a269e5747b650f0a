import { valueHider } from '../advisor/hide-values.ts';
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
  gather: async ({ options, artifacts, signal, report }) => {
    const { agent, catalog, plans } = artifacts;
    if (catalog?.status !== 'ok') return { absent: 'the catalog of the database was not read' };
    if (agent?.status !== 'ok') return { absent: noStatements };
    if (plans?.status !== 'ok') return { absent: 'the plans of the statements were not read' };
    const hider = options.mask ? valueHider(catalog.value) : null;
    const experiments = await runExperiments({
      catalog: hider?.catalog ?? catalog.value,
      plans: hider?.plans(plans.value) ?? plans.value,
      usage: usageOf(agent.value),
      signal,
      report,
    });
    return hider?.experiments(experiments) ?? experiments;
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
