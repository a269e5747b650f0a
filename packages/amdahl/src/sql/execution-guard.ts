import type { Node } from 'libpg-query';
import { findAll, lastName } from './ast.ts';
import type { QueryFunction } from './explain.ts';
import { parseStatement } from './parser.ts';

/**
 * Which statements may be executed on the measured database to see what their plan really does.
 *
 * The transaction they run in is read only and rolled back, and the server itself holds that. It
 * does not hold back everything: functions that lie in no transaction (`dblink`, `pg_terminate_backend`,
 * `lo_export`, session locks, code in untrusted languages) act all the same. So the statement is
 * looked at first. Only a SELECT is executed, and only where each function it calls, also through
 * views and operators, is declared to change nothing (not `volatile`) or is one of PostgreSQL's own
 * known to be harmless. What cannot be shown to be harmless is not executed.
 */

/** Volatile functions of `pg_catalog` that change nothing outside their own answer. */
const harmless: ReadonlySet<string> = new Set(
  `clock_timestamp timeofday random random_normal gen_random_uuid uuidv4 uuidv7 currval lastval
  pg_relation_size pg_table_size pg_indexes_size pg_total_relation_size pg_database_size
  pg_tablespace_size pg_column_size pg_is_in_recovery pg_last_wal_receive_lsn
  pg_last_wal_replay_lsn pg_last_xact_replay_timestamp pg_current_wal_lsn
  pg_current_wal_insert_lsn pg_blocking_pids pg_safe_snapshot_blocking_pids pg_sleep
  pg_current_xact_id_if_assigned txid_current_if_assigned pg_lock_status pg_prepared_xact
  pg_show_all_settings pg_timezone_names pg_sequence_last_value`.split(/\s+/),
);

const changesRows = 'it changes rows in a WITH clause';

/** Keys of the parse tree that stand for a change. */
const refusals: Readonly<Record<string, string>> = {
  InsertStmt: changesRows,
  UpdateStmt: changesRows,
  DeleteStmt: changesRows,
  MergeStmt: changesRows,
  intoClause: 'SELECT INTO creates a table',
  lockingClause: 'it locks rows',
};

/** Views are followed as deep as this; deeper nesting is refused. */
const mostViews = 200;

/**
 * Why the text alone forbids executing it, as the second half of a sentence: `it locks rows`. Null
 * when nothing in it does; the functions it calls are then still to be looked up.
 */
export function refusalInText(text: string): string | null {
  const { node, error } = parseStatement(text);
  if (node === null) return `it does not parse: ${error}`;
  if (!('SelectStmt' in node)) return 'it is no SELECT';
  return refusalBelow(node);
}

/** By key, because a set operation holds its sides without the wrapper other nodes have. */
function refusalBelow(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, child] of Object.entries(value)) {
    const refusal = refusals[key] ?? refusalBelow(child);
    if (refusal !== null) return refusal;
  }
  return null;
}

/**
 * Why a statement is not executed, as the second half of a sentence; null when it may be.
 *
 * @throws PostgreSQL's error when the catalog cannot be read
 */
export async function refusalToExecute(query: QueryFunction, text: string): Promise<string | null> {
  const inText = refusalInText(text);
  if (inText !== null) return inText;
  const pending = [text];
  const seen = new Set<string>();
  for (const sql of pending) {
    const { node, error } = parseStatement(sql);
    if (node === null) return `a view it reads does not parse: ${error}`;
    const volatile = await volatileCall(query, node);
    if (volatile !== null) return volatile;
    for (const { name, definition } of await viewsIn(query, node)) {
      if (seen.has(name)) continue;
      seen.add(name);
      if (seen.size > mostViews) return 'it reads too many views to look into all of them';
      pending.push(definition);
    }
  }
  return null;
}

interface Called {
  readonly schema: string;
  readonly name: string;
  readonly operator: string | null;
}

async function volatileCall(query: QueryFunction, node: Node): Promise<string | null> {
  const names = findAll(node, 'FuncCall', { intoSubqueries: true }).map(({ funcname }) =>
    lastName(funcname),
  );
  const operators = findAll(node, 'A_Expr', { intoSubqueries: true }).map(({ name }) =>
    lastName(name),
  );
  const rows = await query(
    `SELECT n.nspname AS schema, p.proname AS name, NULL AS operator
       FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
      WHERE p.provolatile = 'v' AND p.proname = ANY ($1)
     UNION ALL
     SELECT n.nspname, p.proname, o.oprname
       FROM pg_operator o JOIN pg_proc p ON p.oid = o.oprcode
       JOIN pg_namespace n ON n.oid = p.pronamespace
      WHERE p.provolatile = 'v' AND o.oprname = ANY ($2)`,
    [names, operators],
  );
  const called = (rows as unknown as readonly Called[]).find(
    ({ schema, name }) => schema !== 'pg_catalog' || !harmless.has(name),
  );
  if (called === undefined) return null;
  const { schema, name, operator } = called;
  const full = schema === 'pg_catalog' ? name : `${schema}.${name}`;
  return operator === null
    ? `it calls ${full}(), which is volatile: it may change something`
    : `its operator ${operator} calls ${full}(), which is volatile: it may change something`;
}

async function viewsIn(
  query: QueryFunction,
  node: Node,
): Promise<readonly { readonly name: string; readonly definition: string }[]> {
  const relations = findAll(node, 'RangeVar', { intoSubqueries: true });
  if (relations.length === 0) return [];
  const rows = await query(
    `SELECT n.nspname || '.' || c.relname AS name, pg_get_viewdef(c.oid) AS definition
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'v' AND c.relname = ANY ($1) AND n.nspname <> 'information_schema'
        AND n.nspname <> 'pg_catalog'`,
    [relations.map(({ relname = '' }) => relname)],
  );
  return rows as unknown as readonly { readonly name: string; readonly definition: string }[];
}
