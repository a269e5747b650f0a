import type { Node, SelectStmt } from 'libpg-query';
import { as, lastName, nameParts, highestParameter, valueOf } from './ast.ts';
import { deparse, deparseExpression, parseExpression, parseStatement } from './parser.ts';

/** Where a page begins and how long it is. */
export interface Page {
  readonly offset: number;
  /** Null without LIMIT. */
  readonly limit: number | null;
}

/** The page a statement asks for with these parameters; null when it skips no rows by OFFSET. */
export function pageOf(text: string, parameters: readonly unknown[]): Page | null {
  const select = as(parseStatement(text).node, 'SelectStmt');
  if (select?.limitOffset === undefined) return null;
  const offset = Number(valueOf(select.limitOffset, parameters));
  const limit = Number(valueOf(select.limitCount, parameters) ?? Number.NaN);
  if (!Number.isFinite(offset)) return null;
  return { offset, limit: Number.isFinite(limit) ? limit : null };
}

/** A page that starts after the last row of the one before, instead of counting from the start. */
export interface KeysetPage {
  readonly text: string;
  /** What the parameters hold: the sort columns of the last row seen. */
  readonly keys: readonly { readonly column: string; readonly parameter: number }[];
}

/**
 * Replaces OFFSET by a comparison with the last row's sort columns, `(a, b) < ($1, $2)`: an index in
 * that order leads straight to the page (M. Winand, "We need tool support for keyset pagination").
 * Answers null where that form does not fit: no ORDER BY by plain columns, mixed directions, groups.
 */
export function keysetPage(text: string): KeysetPage | null {
  const { node } = parseStatement(text);
  const select = as(node, 'SelectStmt');
  if (node === null || select?.limitOffset === undefined) return null;
  if (select.groupClause !== undefined || select.distinctClause !== undefined) return null;
  const sort = (select.sortClause ?? []).map((item) => as(item, 'SortBy'));
  const columns = sort.map((item) => sortColumn(item?.node, select));
  const directions = new Set(sort.map((item) => item?.sortby_dir === 'SORTBY_DESC'));
  if (columns.length === 0 || directions.size !== 1) return null;
  let next = highestParameter(node);
  const free = as(select.limitOffset, 'ParamRef')?.number;
  const keys = columns.map((column, index) => ({
    column,
    parameter: index === 0 && free !== undefined ? free : (next += 1),
  }));
  if (!keys.every((key): key is { column: Node; parameter: number } => key.column !== null)) {
    return null;
  }
  const left = keys.map(({ column }) => deparseExpression(column));
  const right = keys.map(({ parameter }) => `$${parameter}`);
  const row = (parts: readonly string[]): string =>
    parts.length === 1 ? parts.join('') : `(${parts.join(', ')})`;
  const after = parseExpression(`${row(left)} ${directions.has(true) ? '<' : '>'} ${row(right)}`);
  const { limitOffset: _offset, whereClause, ...rest } = select;
  const both = as(whereClause, 'BoolExpr');
  const conditions =
    both?.boolop === 'AND_EXPR'
      ? (both.args ?? [])
      : whereClause === undefined
        ? []
        : [whereClause];
  const where: Node =
    conditions.length === 0
      ? after
      : { BoolExpr: { boolop: 'AND_EXPR', args: [...conditions, after] } };
  return {
    text: deparse({ SelectStmt: { ...rest, whereClause: where } }),
    keys: keys.map(({ column, parameter }) => ({
      column: lastName(as(column, 'ColumnRef')?.fields),
      parameter,
    })),
  };
}

/** The column an ORDER BY item means; a bare name may be that of an output column. */
function sortColumn(node: Node | undefined, select: SelectStmt): Node | null {
  const fields = as(node, 'ColumnRef')?.fields;
  if (node === undefined || fields === undefined) return null;
  const name = fields.length === 1 ? nameParts(fields)[0] : undefined;
  const target = (select.targetList ?? [])
    .map((each) => as(each, 'ResTarget'))
    .find((each) => each?.name !== undefined && each.name === name);
  if (target === undefined || target === null) return node;
  return target.val !== undefined && 'ColumnRef' in target.val ? target.val : null;
}
