import type { ExplainedPlan } from './plan-reading/explained-plan.ts';
import { parsePlan } from './plan-reading/parse-plan.ts';
import type { QueryFunction } from './explain.ts';
import type { ReadOnlyDatabase } from './read-only-database.ts';

/** What is sent before the statement: positions in the server's complaints count from its start. */
export const explainPrefixes = {
  planned: 'EXPLAIN (SETTINGS, SUMMARY, FORMAT JSON) ',
  executed: 'EXPLAIN (ANALYZE, BUFFERS, SETTINGS, FORMAT JSON) ',
} as const;

/**
 * The plan for these values with the planner's settings. Nothing is executed.
 *
 * @throws PostgreSQL's error when the statement cannot be planned
 */
export async function explainPlanned(
  query: QueryFunction,
  text: string,
  parameters: readonly unknown[],
): Promise<ExplainedPlan> {
  return answerOf(await query(`${explainPrefixes.planned}${text}`, parameters));
}

/**
 * Executes a statement once and tells what its plan really did. Only for statements
 * `refusalToExecute` has nothing against. Whatever it did is rolled back before the transaction,
 * which is read only, ends.
 *
 * @param timeoutMs after which the server gives it up
 * @throws PostgreSQL's error, `57014` when the time was up
 */
export function explainExecuted(
  database: ReadOnlyDatabase,
  text: string,
  parameters: readonly unknown[],
  timeoutMs: number,
): Promise<ExplainedPlan> {
  return database.transaction(async (query) => {
    await query(`SET LOCAL statement_timeout = ${Math.max(1, Math.round(timeoutMs))}`);
    await query('SAVEPOINT amdahl');
    const rows = await query(`${explainPrefixes.executed}${text}`, parameters);
    await query('ROLLBACK TO SAVEPOINT amdahl');
    return answerOf(rows);
  });
}

function answerOf(rows: readonly Record<string, unknown>[]): ExplainedPlan {
  return parsePlan(JSON.stringify(rows[0]?.['QUERY PLAN']));
}
