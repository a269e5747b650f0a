import type { CatalogTable } from '../../artifacts/catalog.ts';
import type { ExperimentEffect } from '../../artifacts/experiments.ts';
import type { CapturedPlan, PlanNode } from '../../artifacts/plans.ts';
import { rewritesFor, type RewrittenStatement } from '../../sql/lint/rewritten-statement.ts';
import { parseStatement } from '../../sql/parser.ts';
import { costOf } from '../../sql/read-plan.ts';
import type { Schema } from '../../sql/schema.ts';
import { shapeOf, type StatementShape } from '../../sql/statement-shape.ts';
import { tablesOf } from '../../sql/tables-of.ts';

/** How often a statement ran while it was watched, and how long it took. */
export interface StatementUsage {
  readonly calls: number;
  /** Mean milliseconds of one execution; null when nothing timed it. */
  readonly meanMs: number | null;
}

/** A captured statement as experiments need it. */
export interface LabStatement {
  /** What identifies it: `StatementAggregate.text`. */
  readonly text: string;
  readonly explainedText: string;
  readonly parameters: readonly unknown[];
  /** On the target. */
  readonly plan: PlanNode;
  readonly shape: StatementShape;
  /** Every table it touches, those behind views too. */
  readonly tables: readonly CatalogTable[];
  readonly usage: StatementUsage;
  /** Other ways to write it, one for each rule that has one. */
  readonly rewrites: readonly RewrittenStatement[];
  /** What it asks, when PostgreSQL does by itself: see referential-checks.ts. */
  readonly asksFor?: string;
}

const unused: StatementUsage = { calls: 0, meanMs: null };

/** Empty for what the target would not plan: then there is nothing to compare with. */
export function labStatements(
  { text, explainedText, parameters, plan }: CapturedPlan,
  schema: Schema,
  usage: StatementUsage = unused,
): readonly LabStatement[] {
  const { node } = parseStatement(explainedText);
  const shape = node === null ? null : shapeOf(node, schema, parameters);
  if (plan === null || node === null || shape === null) return [];
  const tables = tablesOf(explainedText, schema);
  const rewrites = rewritesFor(explainedText, parameters, schema);
  return [{ text, explainedText, parameters, plan, shape, tables, usage, rewrites }];
}

/** A statement's plan in the lab as it is and as it would be. */
export function effectOf(text: string, before: PlanNode, after: PlanNode): ExperimentEffect {
  return {
    text,
    costBefore: costOf(before),
    costAfter: costOf(after),
    planBefore: before,
    planAfter: after,
  };
}
