import type { Node } from 'libpg-query';
import { findAll, lastName } from '../sql/ast.ts';
import { relationsOf, type RelationName } from '../sql/statement-relations.ts';

/**
 * Whether a statement only asks the server about itself: catalogs, statistics, settings. That is what
 * monitoring sends, and Amdahl, which also looks at the ends of indexes; no advice about it helps the
 * app.
 */
export function asksTheServerOnly(node: Node): boolean {
  const commonTables = new Set(
    findAll([node], 'CommonTableExpr', { intoSubqueries: true }).map((table) => table.ctename),
  );
  const relations = relationsOf(node).filter(
    ({ schemaname, relname }) => schemaname !== undefined || !commonTables.has(relname),
  );
  if (relations.length > 0) {
    return relations.every((relation) => isOfSystem(relation) || isOfAmdahl(relation));
  }
  const calls = findAll([node], 'FuncCall', { intoSubqueries: true });
  return calls.length > 0 && calls.every(({ funcname }) => serverFunction.test(lastName(funcname)));
}

/** Functions about the server; `pg_sleep` and locks of the app's own making are its business. */
const serverFunction: RegExp =
  /^(?:pg_(?!sleep|advisory_|try_advisory_|notify)\w+|current_setting|set_config|version|txid_\w+|has_\w+_privilege|current_database|current_schemas?|inet_\w+_addr|to_regclass)$/;

/** Amdahl's look at the ends of an index (sql/read-statistics.ts), which reads a table of the app. */
function isOfAmdahl(relation: Aliased): boolean {
  return relation.alias?.aliasname === 'amdahl_ends';
}

interface Aliased extends RelationName {
  readonly alias?: { readonly aliasname?: string };
}

function isOfSystem({ schemaname, relname = '' }: RelationName): boolean {
  if (schemaname === undefined) return relname.startsWith('pg_');
  return ['pg_catalog', 'information_schema'].includes(schemaname) || relname.startsWith('pg_stat');
}
