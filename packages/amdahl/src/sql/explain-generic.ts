import type { PlanNode } from '../artifacts/plans.ts';
import { highestParameter } from './ast.ts';
import { explainGeneric, planIn } from './explain.ts';
import { parseStatement } from './parser.ts';
import type { ReadOnlyDatabase } from './read-only-database.ts';

/** The first version with `EXPLAIN (GENERIC_PLAN)`. */
const genericPlanSince = 160_000;

/** The version of each server asked so far. */
const versions = new WeakMap<ReadOnlyDatabase, number>();

/**
 * The plan that serves any parameters, from a server of any version.
 *
 * @throws PostgreSQL's error when the statement cannot be planned
 */
export async function explainGenericOn(
  database: ReadOnlyDatabase,
  text: string,
): Promise<PlanNode> {
  const version = versions.get(database) ?? (await versionOf(database));
  versions.set(database, version);
  return version >= genericPlanSince
    ? explainGeneric(database.query, text)
    : explainPrepared(database, text);
}

async function versionOf(database: ReadOnlyDatabase): Promise<number> {
  const [row] = await database.query<{ version: number }>(
    "SELECT current_setting('server_version_num')::int AS version",
  );
  return row?.version ?? 0;
}

/**
 * A prepared statement forced to its generic plan, whose NULLs the planner then does not look at. A
 * prepared statement outlives its transaction, and behind a pooler the session: so it is always
 * taken away again, and a savepoint makes that possible after an error.
 */
function explainPrepared(database: ReadOnlyDatabase, text: string): Promise<PlanNode> {
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
