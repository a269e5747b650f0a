import { as, findAll, lastName } from './ast.ts';
import { parseStatement } from './parser.ts';

/**
 * Functions whose call has an effect or answers otherwise each time
 * (https://www.postgresql.org/docs/current/functions.html), those of clocks and sequences included.
 */
const volatileNames: ReadonlySet<string> = new Set(
  `nextval setval currval lastval random random_normal setseed gen_random_uuid uuidv4 uuidv7
  clock_timestamp timeofday pg_sleep pg_sleep_for pg_sleep_until set_config pg_notify
  pg_cancel_backend pg_terminate_backend txid_current pg_current_xact_id`.split(/\s+/),
);
const volatilePattern = /^pg_(try_)?advisory_|^lo_|^dblink/;

/**
 * Whether a statement does nothing but read tables: a SELECT with no lock, no change in a CTE and no
 * function known to be volatile. The same question then has the same answer until the tables change.
 */
export function isPlainRead(text: string): boolean {
  const { node } = parseStatement(text);
  if (node === null || as(node, 'SelectStmt') === null) return false;
  const inside = { intoSubqueries: true } as const;
  const changes = [
    findAll([node], 'InsertStmt', inside),
    findAll([node], 'UpdateStmt', inside),
    findAll([node], 'DeleteStmt', inside),
    findAll([node], 'MergeStmt', inside),
    findAll([node], 'LockingClause', inside),
  ];
  const calls = findAll([node], 'FuncCall', inside).map((call) => lastName(call.funcname));
  return (
    changes.every((found) => found.length === 0) &&
    findAll([node], 'RangeVar', inside).length > 0 &&
    !calls.some((name) => volatileNames.has(name) || volatilePattern.test(name))
  );
}
