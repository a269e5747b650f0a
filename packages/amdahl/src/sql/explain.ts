import type { PlanNode } from '../artifacts/plans.ts';

/** Runs one statement and answers its rows: a session with the target or with the lab. */
export type QueryFunction = (
  text: string,
  values?: readonly unknown[],
) => Promise<readonly Record<string, unknown>[]>;

/**
 * Asks the planner, without executing. Parameters travel as text and take the types the statement
 * gives them, just as when the app sends them, so the plan is the one for these very values.
 *
 * @throws PostgreSQL's error when the statement cannot be planned
 */
export async function explain(
  query: QueryFunction,
  text: string,
  parameters: readonly unknown[],
): Promise<PlanNode> {
  return planIn(await query(`EXPLAIN (FORMAT JSON) ${text}`, parameters));
}

/** Asks for the plan that serves any parameters. PostgreSQL 16 and later. */
export async function explainGeneric(query: QueryFunction, text: string): Promise<PlanNode> {
  return planIn(await query(`EXPLAIN (GENERIC_PLAN, FORMAT JSON) ${text}`));
}

/** The root of the plan in EXPLAIN's JSON answer. */
export function planIn(rows: readonly Record<string, unknown>[]): PlanNode {
  const answer = rows[0]?.['QUERY PLAN'] as readonly { readonly Plan?: PlanNode }[] | undefined;
  const plan = answer?.[0]?.Plan;
  if (plan === undefined) throw new Error('EXPLAIN answered without a plan');
  return plan;
}
