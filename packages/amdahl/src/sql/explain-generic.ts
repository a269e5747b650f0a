import type { PlanNode } from '../artifacts/plans.ts';
import { highestParameter } from './ast.ts';
import { planIn } from './explain.ts';
import { parseStatement } from './parser.ts';
import type { ReadOnlyDatabase } from './read-only-database.ts';

/**
 * The plan that serves any parameters, from a server of any version: that of a prepared statement
 * forced to its generic plan, whose NULLs the planner then does not look at. (`EXPLAIN
 * (GENERIC_PLAN)` is of PostgreSQL 16, and needs the protocol that takes several statements at
 * once.)
 *
 * A prepared statement outlives its transaction, and behind a pooler the session: so it is always
 * taken away again, and a savepoint makes that possible after an error.
 *
 * @throws PostgreSQL's error when the statement cannot be planned
 */
export function explainGenericOn(database: ReadOnlyDatabase, text: string): Promise<PlanNode> {
  const { node } = parseStatement(text);
  const nulls = Array.from({ length: node === null ? 0 : highestParameter(node) }, () => 'NULL');
  const values = nulls.length === 0 ? '' : `(${nulls.join(', ')})`;
  return database.transaction(async (query) => {
    await query(`PREPARE amdahl_generic AS ${text}`);
    await query('SET LOCAL plan_cache_mode = force_generic_plan');
    await query('SAVEPOINT prepared');
    try {
      return planIn(await query(`EXPLAIN (FORMAT JSON) EXECUTE amdahl_generic${values}`));
    } finally {
      await query('ROLLBACK TO SAVEPOINT prepared');
      await query('DEALLOCATE amdahl_generic');
    }
  });
}
