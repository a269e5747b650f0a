import type { CatalogArtifact } from '../../artifacts/catalog.ts';
import type { ExperimentsArtifact } from '../../artifacts/experiments.ts';
import type { PlanNode, PlansArtifact } from '../../artifacts/plans.ts';
import { indexCandidates } from '../../sql/index-candidates.ts';
import type { LabIndex } from '../../sql/index-definition.ts';
import { costOf, planShape } from '../../sql/read-plan.ts';
import { schemaOf } from '../../sql/schema.ts';
import { buildHollowLab, type HollowLab } from '../hollow-lab.ts';
import { msPerCost } from './cost-calibration.ts';
import { labStatements, type LabStatement, type StatementUsage } from './lab-statement.ts';
import { tryIndexes } from './try-indexes.ts';
import { tryRewrites } from './try-rewrites.ts';

/** Each candidate costs the lab some ten milliseconds; the busiest statements come first. */
const maxCandidates = 200;

export interface ExperimentOptions {
  readonly catalog: CatalogArtifact;
  readonly plans: PlansArtifact;
  /** By `CapturedPlan.text`. */
  readonly usage: ReadonlyMap<string, StatementUsage>;
  readonly report: (status: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Builds the lab, sees whether it plans like the target, then tries every candidate index and every
 * rewrite. Statements the target would not plan are left out.
 */
export async function runExperiments(options: ExperimentOptions): Promise<ExperimentsArtifact> {
  const schema = schemaOf(options.catalog);
  const statements = options.plans.plans.flatMap((plan) =>
    labStatements(plan, schema, options.usage.get(plan.text)),
  );
  const candidates = new Map<string, LabIndex>();
  for (const { shape, rewrite } of statements) {
    const shapes = rewrite === null ? [shape] : [shape, rewrite.shape];
    for (const index of shapes.flatMap((each) => indexCandidates(each, schema))) {
      // The bare column is the better answer where the condition can be rewritten.
      if (rewrite !== null && index.rule === 'function-on-column') continue;
      if (candidates.size < maxCandidates) candidates.set(index.definition, index);
    }
  }
  options.report(`building a lab for ${candidates.size} candidate indexes`);
  const lab = await buildHollowLab({
    catalog: options.catalog,
    tables: [...new Set(statements.flatMap(({ tables }) => tables))],
    candidates: [...candidates.values()],
  });
  try {
    return await experiment(lab, statements, options);
  } finally {
    await lab.close();
  }
}

async function experiment(
  lab: HollowLab,
  statements: readonly LabStatement[],
  { report, signal }: ExperimentOptions,
): Promise<ExperimentsArtifact> {
  const baseline = new Map<LabStatement, PlanNode>();
  const differing: string[] = [];
  const warnings = [...lab.warnings];
  for (const statement of statements) {
    try {
      const plan = await lab.explain(statement.explainedText, statement.parameters);
      // What the lab plans otherwise to begin with, it cannot tell about.
      if (planShape(plan) === planShape(statement.plan)) baseline.set(statement, plan);
      else differing.push(statement.text);
    } catch (error) {
      differing.push(statement.text);
      warnings.push(`The lab cannot plan "${statement.text}": ${(error as Error).message}.`);
    }
  }
  return {
    fidelity: {
      same: statements.length - differing.length,
      compared: statements.length,
      differing,
    },
    warnings,
    msPerCost: msPerCost(
      statements.flatMap(({ plan, usage: { calls, meanMs } }) =>
        meanMs === null ? [] : [{ cost: costOf(plan), ms: meanMs, totalMs: meanMs * calls }],
      ),
    ),
    indexes: await tryIndexes(lab, baseline, report, signal),
    rewrites: await tryRewrites(lab, baseline, signal),
  };
}
