import type { CatalogArtifact, CatalogTable } from '../artifacts/catalog.ts';
import type {
  ExperimentEffect,
  ExperimentsArtifact,
  IndexExperiment,
  RewriteExperiment,
} from '../artifacts/experiments.ts';
import type { PlanNode, PlansArtifact } from '../artifacts/plans.ts';
import { indexCandidates } from '../sql/index-candidates.ts';
import type { LabIndex } from '../sql/index-definition.ts';
import { deparse, parseStatement } from '../sql/parser.ts';
import { costOf, planShape } from '../sql/read-plan.ts';
import { rewritesOf, type Rewrite } from '../sql/sargable.ts';
import { qualifiedName, schemaOf, type Schema } from '../sql/schema.ts';
import { shapeOf, type StatementShape } from '../sql/statement-shape.ts';
import { tablesOf } from '../sql/tables-of.ts';
import { buildHollowLab, type HollowLab } from './hollow-lab.ts';
import { keepsSameRows } from './same-rows.ts';

/** An effect below this is noise of rounding, not a reason to build anything. */
const leastImprovement = 0.01;
/** Each candidate costs the lab some ten milliseconds; the busiest statements come first. */
const maxCandidates = 200;
/** A rewrite wants an index of its own only if that makes it this much cheaper still. */
const indexMustSave = 0.2;

export interface ExperimentOptions {
  readonly catalog: CatalogArtifact;
  readonly plans: PlansArtifact;
  readonly report: (status: string) => void;
  readonly signal: AbortSignal;
}

/** What the lab tried with the captured statements; calibration apart. */
export type ExperimentResults = Omit<ExperimentsArtifact, 'msPerCost'>;

/**
 * Builds the lab, sees whether it plans like the target, then tries every candidate index and every
 * rewrite. Statements the target would not plan are left out.
 */
export async function runExperiments(options: ExperimentOptions): Promise<ExperimentResults> {
  const schema = schemaOf(options.catalog);
  const statements = options.plans.plans.flatMap((plan) => statementOf(plan, schema));
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

interface LabStatement {
  readonly text: string;
  readonly explainedText: string;
  readonly parameters: readonly unknown[];
  /** On the target. */
  readonly plan: PlanNode;
  readonly shape: StatementShape;
  /** Every table it touches, those behind views too. */
  readonly tables: readonly CatalogTable[];
  readonly rewrite: RewrittenStatement | null;
}

interface RewrittenStatement {
  readonly steps: readonly Rewrite[];
  readonly originalText: string;
  readonly text: string;
  readonly shape: StatementShape;
  /** Names of candidates that could serve it. */
  readonly candidates: ReadonlySet<string>;
}

function statementOf(
  { text, explainedText, parameters, plan }: PlansArtifact['plans'][number],
  schema: Schema,
): readonly LabStatement[] {
  const { node } = parseStatement(explainedText);
  const shape = node === null ? null : shapeOf(node, schema, parameters);
  if (plan === null || node === null || shape === null) return [];
  const tables = tablesOf(explainedText, schema);
  const rewrite = rewriteAll(explainedText, parameters, schema);
  return [{ text, explainedText, parameters, plan, shape, tables, rewrite }];
}

/** Applies every rewrite there is, one condition after the other. */
function rewriteAll(
  text: string,
  parameters: readonly unknown[],
  schema: Schema,
): RewrittenStatement | null {
  const original = parseStatement(text).node;
  const steps: Rewrite[] = [];
  let node = original;
  let shape = node === null ? null : shapeOf(node, schema, parameters);
  while (node !== null && shape !== null) {
    const [step] = rewritesOf(node, shape);
    if (step === undefined) break;
    steps.push(step);
    node = step.node;
    shape = shapeOf(node, schema, parameters);
  }
  if (original === null || node === null || shape === null || steps.length === 0) return null;
  const candidates = new Set(indexCandidates(shape, schema).map((index) => index.definition));
  return { steps, originalText: deparse(original), text: deparse(node), shape, candidates };
}

async function experiment(
  lab: HollowLab,
  statements: readonly LabStatement[],
  { report, signal }: ExperimentOptions,
): Promise<ExperimentResults> {
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
  const indexes: IndexExperiment[] = [];
  let tried = 0;
  for (const [index, size] of lab.candidates) {
    signal.throwIfAborted();
    tried += 1;
    report(`trying index ${tried} of ${lab.candidates.size}`);
    const effects = await effectsOf(lab, index, baseline);
    if (effects.length === 0) continue;
    indexes.push({
      table: qualifiedName(index.table.schema, index.table.name),
      definition: index.definition,
      reason: index.reason,
      ...(index.rule === undefined ? {} : { rule: index.rule }),
      ...(index.requires === undefined ? {} : { requires: index.requires }),
      estimatedPages: size.pages,
      estimatedSizeBytes: size.sizeBytes,
      effects,
    });
  }
  const rewrites: RewriteExperiment[] = [];
  for (const [statement, plan] of baseline) {
    if (statement.rewrite === null) continue;
    signal.throwIfAborted();
    rewrites.push(...(await tryRewrite(lab, statement, statement.rewrite, plan)));
  }
  return {
    fidelity: {
      same: statements.length - differing.length,
      compared: statements.length,
      differing,
    },
    warnings,
    indexes,
    rewrites,
  };
}

/** The statements on the index's table that would be cheaper with it. */
async function effectsOf(
  lab: HollowLab,
  index: LabIndex,
  baseline: ReadonlyMap<LabStatement, PlanNode>,
): Promise<readonly ExperimentEffect[]> {
  const effects: ExperimentEffect[] = [];
  for (const [{ text, explainedText, parameters, tables }, before] of baseline) {
    if (!tables.includes(index.table)) continue;
    const after = await lab.explainWith([index], explainedText, parameters);
    if (costOf(after) <= costOf(before) * (1 - leastImprovement)) {
      effects.push(effect(text, before, after));
    }
  }
  return effects;
}

function effect(text: string, before: PlanNode, after: PlanNode): ExperimentEffect {
  return {
    text,
    costBefore: costOf(before),
    costAfter: costOf(after),
    planBefore: before,
    planAfter: after,
  };
}

/** Plans the rewrite as things are, and with each index that could serve it. */
async function tryRewrite(
  lab: HollowLab,
  { text, parameters }: LabStatement,
  rewrite: RewrittenStatement,
  before: PlanNode,
): Promise<readonly RewriteExperiment[]> {
  const [first] = rewrite.steps;
  if (first === undefined) return [];
  let best: { plan: PlanNode; index: LabIndex | null };
  try {
    best = { plan: await lab.explain(rewrite.text, parameters), index: null };
  } catch {
    // One parameter used as two types, say: then there is no such rewrite.
    return [];
  }
  const alone = costOf(best.plan);
  for (const index of lab.candidates.keys()) {
    if (!rewrite.candidates.has(index.definition)) continue;
    const plan = await lab.explainWith([index], rewrite.text, parameters);
    const enough = best.index === null ? alone * (1 - indexMustSave) : costOf(best.plan);
    if (costOf(plan) < enough) best = { plan, index };
  }
  const { column } = first.predicate;
  return [
    {
      text,
      rule: first.rule,
      originalText: rewrite.originalText,
      rewrittenText: rewrite.text,
      reason: `${column.name} stands inside a function, so that no index on it can be used`,
      sameRows: await keepsSameRows(lab.query, rewrite.steps, parameters),
      withIndex: best.index?.definition ?? null,
      effect: effect(text, before, best.plan),
    },
  ];
}
