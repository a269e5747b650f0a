import type { CatalogArtifact } from '../../artifacts/catalog.ts';
import type { ExperimentsArtifact } from '../../artifacts/experiments.ts';
import type { PlanNode, PlansArtifact } from '../../artifacts/plans.ts';
import { indexCandidates } from '../../sql/index-candidates.ts';
import type { LabIndex } from '../../sql/index-definition.ts';
import type { ReadOnlyDatabase } from '../../sql/read-only-database.ts';
import { costOf, planShape } from '../../sql/read-plan.ts';
import { schemaOf, type Schema } from '../../sql/schema.ts';
import { counted, shortened } from '../../wording.ts';
import { buildHollowLab, type HollowLab } from '../hollow-lab.ts';
import { agreeWithTarget } from './agree-with-target.ts';
import { msPerCost } from './cost-calibration.ts';
import { labStatements, type LabStatement, type StatementUsage } from './lab-statement.ts';
import { planCache } from './plan-cache.ts';
import { referentialChecks } from './referential-checks.ts';
import { selectIndexes } from './select-indexes.ts';
import { tryBatches } from './try-batches.ts';
import { tryDrops } from './try-drops.ts';
import { tryIndexes } from './try-indexes.ts';
import { tryRewrites, type IndexRoom } from './try-rewrites.ts';
import { workloadCandidates } from './workload-candidates.ts';

export interface ExperimentOptions {
  readonly catalog: CatalogArtifact;
  readonly plans: PlansArtifact;
  /** By `CapturedPlan.text`. */
  readonly usage: ReadonlyMap<string, StatementUsage>;
  /** What all advised indexes together may take, those for rewrites last. @default no limit */
  readonly limits?: IndexRoom;
  /**
   * Where rewrites may be compared by running them, when that was asked for (`--analyze`).
   * @default null: on rows made up in the lab
   */
  readonly target?: ReadOnlyDatabase | null;
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
  const checks = referentialChecks(statements, schema);
  const candidates = workloadCandidates([...statements, ...checks], schema);
  options.report(`building a lab for ${candidates.length} candidate indexes`);
  const lab = await buildHollowLab({
    catalog: options.catalog,
    tables: [...new Set([...statements, ...checks].flatMap(({ tables }) => tables))],
    candidates,
  });
  try {
    return await experiment(lab, statements, checks, schema, options);
  } finally {
    await lab.close();
  }
}

async function experiment(
  lab: HollowLab,
  statements: readonly LabStatement[],
  checks: readonly LabStatement[],
  schema: Schema,
  options: ExperimentOptions,
): Promise<ExperimentsArtifact> {
  const { limits, report, signal } = options;
  await agreeWithTarget(lab, statements, options.catalog.serverVersionNumber);
  const baseline = new Map<LabStatement, PlanNode>();
  const differing: string[] = [];
  const unplanned: Unplanned[] = [];
  for (const statement of statements) {
    try {
      const plan = await lab.explain(statement.explainedText, statement.parameters);
      // What the lab plans otherwise to begin with, it cannot tell about.
      if (planShape(plan) === planShape(statement.plan)) baseline.set(statement, plan);
      else differing.push(statement.text);
    } catch (error) {
      differing.push(statement.text);
      unplanned.push({ text: statement.text, reason: (error as Error).message });
    }
  }
  const pace = msPerCost(
    statements.flatMap(({ plan, usage: { calls, meanMs } }) =>
      meanMs === null ? [] : [{ cost: costOf(plan), ms: meanMs, totalMs: meanMs * calls }],
    ),
  );
  const cache = planCache(lab, options.catalog.serverVersionNumber);
  const modelled = [...baseline.keys()];
  const selection = await selectIndexes(lab, [...modelled, ...checks], {
    schema,
    cache,
    msPerCost: pace,
    writers: statements,
    without: (index) => isSecondTable(index, lab) || isForRewrites(index, modelled, schema),
    ...(limits === undefined ? {} : { maxSizeBytes: limits.sizeBytes, maxIndexes: limits.count }),
    leastOfToday: leastShareOfWorkload,
    report,
    signal,
  });
  return {
    fidelity: {
      same: statements.length - differing.length,
      compared: statements.length,
      differing,
    },
    warnings: [...lab.warnings, ...unplannedWarnings(unplanned)],
    msPerCost: pace,
    indexes: await tryIndexes(lab, cache, baseline, report, signal),
    rewrites: await tryRewrites(
      lab,
      baseline,
      signal,
      { catalog: options.catalog, target: options.target ?? null },
      limits === undefined
        ? null
        : {
            sizeBytes: limits.sizeBytes - selection.sizeBytes,
            count: limits.count - selection.indexes.length,
          },
    ),
    selection,
    drops: await tryDrops(lab, baseline, {
      schema,
      msPerCost: pace,
      writers: statements,
      signal,
    }),
    batches: await tryBatches(lab, baseline, schema, signal),
  };
}

/**
 * An index that makes no statement much cheaper must save this share of all (Query Doctor gates its
 * advice at 5 %).
 */
const leastShareOfWorkload = 0.05;
/** An index with INCLUDE beyond this share of its table's size is a second copy of the table. */
const mostShareOfTable = 0.5;

function isSecondTable(index: LabIndex, lab: HollowLab): boolean {
  const share = (lab.candidates.get(index)?.sizeBytes ?? 0) / Math.max(index.table.sizeBytes, 1);
  return index.include.length > 0 && share > mostShareOfTable;
}

/**
 * An index on an expression wanted only by statements whose condition can be rewritten: the bare
 * column is the better answer there, the index is offered beside it.
 */
function isForRewrites(
  index: LabIndex,
  statements: readonly LabStatement[],
  schema: Schema,
): boolean {
  if (index.rule !== 'function-on-column') return false;
  return statements
    .filter(({ shape }) =>
      indexCandidates(shape, schema).some(({ definition }) => definition === index.definition),
    )
    .every(({ rewrites }) => rewrites.some(({ baresColumn }) => baresColumn));
}

interface Unplanned {
  readonly text: string;
  readonly reason: string;
}

/** One sentence for each reason, with the first statement it held back. */
function unplannedWarnings(unplanned: readonly Unplanned[]): readonly string[] {
  return [...Map.groupBy(unplanned, ({ reason }) => reason)].map(([reason, group]) => {
    const others = group.length === 1 ? '' : ` and ${counted(group.length - 1, 'other')}`;
    return `The lab cannot plan "${shortened(group[0]?.text ?? '', 100)}"${others}: ${reason}.`;
  });
}
