import { msPerCost, type CostSample } from '../lab/cost-calibration.ts';
import { runExperiments } from '../lab/run-experiments.ts';
import { capturedStatements } from '../sql/captured-statements.ts';
import { costOf } from '../sql/read-plan.ts';
import type { AgentArtifact } from '../artifacts/artifacts.ts';
import type { PlansArtifact } from '../artifacts/plans.ts';
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
    const results = await runExperiments({
      catalog: catalog.value,
      plans: plans.value,
      signal,
      report,
    });
    return { ...results, msPerCost: msPerCost(costSamples(agent.value, plans.value)) };
  },
};

function costSamples(agent: AgentArtifact, { plans }: PlansArtifact): readonly CostSample[] {
  const planOf = new Map(plans.map(({ text, plan }) => [text, plan]));
  return capturedStatements(agent).statements.flatMap(({ text, count, durationSumUs }) => {
    const plan = planOf.get(text) ?? null;
    if (plan === null || count === 0) return [];
    const totalMs = durationSumUs / 1_000;
    return [{ cost: costOf(plan), ms: totalMs / count, totalMs }];
  });
}
