import { as, conjunctsOf, mapNodes, nameParts } from './ast.ts';
import { lookupsOf } from './batch.ts';
import { deparse, deparseExpression, parseStatement } from './parser.ts';
import { quoteIdentifier } from './schema.ts';
import type { Node } from 'libpg-query';

/**
 * A statement that is asked again with what it answered, level by level of a tree, as one that walks
 * the whole tree: `WITH RECURSIVE`, with the depth of each row.
 *
 * @param column of the answers that the next question is asked with
 */
export function recursiveStatement(
  text: string,
  examples: readonly (readonly unknown[])[],
  column: string,
): string | null {
  const { node } = parseStatement(text);
  const select = as(node, 'SelectStmt');
  const from = select?.fromClause ?? [];
  const table = from.length === 1 ? as(from[0], 'RangeVar') : null;
  if (select === null || table === null || select.lockingClause !== undefined) return null;
  if (select.groupClause !== undefined || select.limitCount !== undefined) return null;
  const conditions = conjunctsOf(select.whereClause);
  const [lookup] = lookupsOf(conditions, examples);
  if (lookup === undefined) return null;
  const alias = table.alias?.aliasname ?? table.relname ?? '';
  const tableText = deparseExpression(from[0] as Node);
  const rest = conditions
    .filter((condition) => condition !== lookup.condition)
    .map((condition) => deparseExpression(named(condition, alias)));
  const where = (parts: readonly string[]): string =>
    parts.length === 0 ? '' : `WHERE ${parts.join(' AND ')}`;
  const star = `${quoteIdentifier(alias)}.*`;
  const key = `${quoteIdentifier(alias)}.${quoteIdentifier(lookup.column)}`;
  const frame = parseStatement(`
    WITH RECURSIVE tree AS (
      SELECT ${star}, 1 AS depth FROM ${tableText}
      ${where([`${key} = ${deparseExpression(lookup.value)}`, ...rest])}
      UNION ALL
      SELECT ${star}, tree.depth + 1 FROM ${tableText}
      JOIN tree ON ${key} = tree.${quoteIdentifier(column)} ${where(rest)})
    SELECT 1 FROM tree ORDER BY depth`).node;
  const outer = as(frame, 'SelectStmt');
  if (outer === null) return null;
  return deparse({
    SelectStmt: {
      ...outer,
      targetList: (select.targetList ?? []).map((target) => named(target, null)),
      sortClause: [
        ...(outer.sortClause ?? []),
        ...(select.sortClause ?? []).map((sort) => named(sort, null)),
      ],
    },
  });
}

/** Names the table of every column, or takes the names away. */
function named(node: Node, alias: string | null): Node {
  return mapNodes(node, (each) => {
    const reference = as(each, 'ColumnRef');
    if (reference === null) return null;
    const column = (reference.fields ?? []).slice(-1);
    if (alias === null || nameParts(reference.fields).at(-1) === '*') {
      return { ColumnRef: { fields: [...column] } };
    }
    return { ColumnRef: { fields: [{ String: { sval: alias } }, ...column] } };
  });
}
