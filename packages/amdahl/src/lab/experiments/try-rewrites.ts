import type { RewriteExperiment } from '../../artifacts/experiments.ts';
import type { PlanNode } from '../../artifacts/plans.ts';
import { indexCandidates } from '../../sql/index-candidates.ts';
import type { LabIndex } from '../../sql/index-definition.ts';
import { deparse, parseStatement } from '../../sql/parser.ts';
import { costOf } from '../../sql/read-plan.ts';
import { rewritesOf, type Rewrite } from '../../sql/sargable.ts';
import type { Schema } from '../../sql/schema.ts';
import { shapeOf, type StatementShape } from '../../sql/statement-shape.ts';
import type { HollowLab } from '../hollow-lab.ts';
import { effectOf, type LabStatement } from './lab-statement.ts';
import { keepsSameRows } from './same-rows.ts';

/** A rewrite wants an index of its own only if that makes it this much cheaper still. */
const indexMustSave = 0.2;

/** A statement with every condition rewritten that could be. */
export interface RewrittenStatement {
  readonly steps: readonly Rewrite[];
  readonly originalText: string;
  readonly text: string;
  readonly shape: StatementShape;
  /** Names of candidates that could serve it. */
  readonly candidates: ReadonlySet<string>;
}

/** Applies every rewrite there is, one condition after the other. */
export function rewriteAll(
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

/** Tries the rewrites of every statement the lab plans as the target does. */
export async function tryRewrites(
  lab: HollowLab,
  baseline: ReadonlyMap<LabStatement, PlanNode>,
  signal: AbortSignal,
): Promise<readonly RewriteExperiment[]> {
  const rewrites: RewriteExperiment[] = [];
  for (const [statement, plan] of baseline) {
    if (statement.rewrite === null) continue;
    signal.throwIfAborted();
    rewrites.push(...(await tryRewrite(lab, statement, statement.rewrite, plan)));
  }
  return rewrites;
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
      effect: effectOf(text, before, best.plan),
    },
  ];
}
