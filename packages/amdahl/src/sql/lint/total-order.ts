import type { Node, SelectStmt } from 'libpg-query';
import { as, lastName, nameParts } from '../ast.ts';
import type { Schema } from '../schema.ts';

/** Whether ORDER BY names a key of the one table, so that there is only one order. */
export function isTotallyOrdered(node: Node, schema: Schema): boolean {
  const select = as(node, 'SelectStmt');
  const [source, ...others] = select?.fromClause ?? [];
  const relation = as(source, 'RangeVar');
  if (select === null || relation === null || others.length > 0) return false;
  const table = schema.table(relation.schemaname ?? null, relation.relname ?? '');
  const names = new Set((select.sortClause ?? []).map((item) => sortedColumn(item, select)));
  if (table === null || names.size === 0) return false;
  const keys = schema
    .indexesOf(table)
    .filter(({ unique, predicate }) => unique && predicate === null)
    .map((index) => index.keys);
  return [table.primaryKey, ...keys].some(
    (key) =>
      key.length > 0 &&
      key.every((name) => names.has(name) && schema.column(table, name)?.notNull === true),
  );
}

function sortedColumn(item: Node, { targetList = [] }: SelectStmt): string {
  const fields = as(as(item, 'SortBy')?.node, 'ColumnRef')?.fields;
  const name = lastName(fields);
  // A bare name may be that of an output column.
  const output = targetList
    .map((target) => as(target, 'ResTarget'))
    .find((target) => nameParts(fields).length === 1 && target?.name === name);
  return output === undefined ? name : lastName(as(output?.val, 'ColumnRef')?.fields);
}
