import type { Artifacts } from '../../artifacts/artifacts.ts';
import type { CapturedPlan, PlanNode } from '../../artifacts/plans.ts';
import type { ExperimentEffect, ExperimentsArtifact } from '../../artifacts/experiments.ts';
import { bareExplained, type ExplainedPlan } from '../../sql/plan-reading/explained-plan.ts';
import type { PlanProblem } from '../../sql/plan-reading/plan-rule.ts';
import { planProblems } from '../../sql/plan-reading/read-plan-problems.ts';
import { planNodes } from '../../sql/read-plan.ts';
import { schemaOf, type Schema } from '../../sql/schema.ts';
import type { StatementUse } from './statement-use.ts';

export type PlanEvidence = Pick<Artifacts, 'catalog' | 'plans' | 'experiments'>;

/** A problem of one statement's plan, with all that an audit says of it. */
export interface PlanCase {
  readonly problem: PlanProblem;
  readonly node: PlanNode;
  readonly explained: ExplainedPlan;
  /** Whether the figures are those of a real execution. */
  readonly executed: boolean;
  readonly captured: CapturedPlan;
  /** Where the statement is sent from; never empty. */
  readonly uses: readonly [StatementUse, ...StatementUse[]];
  readonly schema: Schema;
}

/** An index or a rewrite that makes a statement this much cheaper is a finding of its own. */
const leastCostSaving = 0.3;
/** Below this cost no index is advised (dexter's `--min-cost`). */
const leastCost = 100;

/**
 * The problems these rules find in the plans of the statements, without those that another finding
 * explains: an index or a rewrite, tried in the lab, that takes the node out of the plan; or a
 * problem of the rules in `causes` at the node itself or below it.
 */
export function planCases(
  rules: readonly string[],
  causes: readonly string[],
  uses: readonly StatementUse[],
  { catalog, plans, experiments }: PlanEvidence,
): readonly PlanCase[] {
  const schema = schemaOf(catalog);
  const byText = Map.groupBy(uses, ({ text }) => text);
  return plans.plans.flatMap((captured): readonly PlanCase[] => {
    const [first, ...others] = byText.get(captured.text) ?? [];
    const explained = explainedOf(captured);
    if (first === undefined || explained === null) return [];
    const problems = planProblems(explained, {
      settings: catalog.settings,
      rowsOf: (name, table) => schema.table(name, table)?.rows ?? null,
    });
    return problems
      .filter(({ rule }) => rules.includes(rule))
      .filter((problem) => !problems.some((other) => isCause(other, problem, causes)))
      .map((problem) => ({
        problem,
        node: nodeAt(explained.plan, problem.node.path),
        explained,
        executed: explained.plan['Actual Loops'] !== undefined,
        captured,
        uses: [first, ...others] as const,
        schema,
      }))
      .filter((each) => !isExplainedByExperiment(each, experiments));
  });
}

function explainedOf({ executed, plan }: CapturedPlan): ExplainedPlan | null {
  if (executed !== undefined) return executed;
  return plan === null ? null : bareExplained(plan);
}

function isCause(other: PlanProblem, problem: PlanProblem, causes: readonly string[]): boolean {
  const place = problem.node.path;
  return (
    causes.includes(other.rule) && place.every((each, depth) => other.node.path[depth] === each)
  );
}

function nodeAt(plan: PlanNode, path: readonly number[]): PlanNode {
  return path.reduce((node, place) => node.Plans?.[place] ?? node, plan);
}

/** Whether an index or a rewrite that pays takes the node away; then that is what is to be done. */
function isExplainedByExperiment(
  { node, captured }: PlanCase,
  { indexes, rewrites }: ExperimentsArtifact,
): boolean {
  const effects = [
    ...indexes.flatMap((index) => index.effects),
    ...rewrites.filter(({ sameRows }) => sameRows !== false).map(({ effect }) => effect),
  ];
  return effects.some(
    (effect) => effect.text === captured.text && pays(effect) && takesAway(effect, node),
  );
}

function pays({ costBefore, costAfter }: ExperimentEffect): boolean {
  return costBefore >= leastCost && costAfter <= costBefore * (1 - leastCostSaving);
}

function takesAway({ planAfter, planBefore }: ExperimentEffect, node: PlanNode): boolean {
  const matching = (plan: PlanNode): number =>
    [...planNodes(plan)].filter((each) => doesTheSame(each, node)).length;
  return matching(planAfter) < Math.max(1, matching(planBefore));
}

function doesTheSame(each: PlanNode, node: PlanNode): boolean {
  return (
    each['Node Type'] === node['Node Type'] &&
    each['Relation Name'] === node['Relation Name'] &&
    each['Index Name'] === node['Index Name'] &&
    String(each['Sort Key'] ?? '') === String(node['Sort Key'] ?? '')
  );
}

/** Whether the lab plans the statement as the target does, so that what it tried there counts. */
export function isKnownToLab({ captured }: PlanCase, { fidelity }: ExperimentsArtifact): boolean {
  return fidelity.compared > 0 && !fidelity.differing.includes(captured.text);
}
