import type { Node, SelectStmt } from 'libpg-query';
import { as, lastName } from '../../sql/ast.ts';
import type { QueryFunction } from '../../sql/explain.ts';
import { castTo, integerConstant } from '../../sql/lint/build.ts';
import type { KeysetWalk } from '../../sql/lint/keyset-rewrite.ts';
import { deparse, parseStatement } from '../../sql/parser.ts';
import type { compareRows } from './compare-rows.ts';

/** Pages walked: enough that duplicates at a border or a wrong key would show. */
const pages = 5;
/** Rows of a page whose LIMIT is a parameter: odd, so that borders fall between duplicates. */
const rowsPerPage = 7;

/**
 * Walks the first pages both ways: by OFFSET, and each page from the last row of the one before. Row
 * for row they must be the same.
 */
export async function comparePages(
  query: QueryFunction,
  { orderedText, keys }: KeysetWalk,
  keysetText: string,
  parameters: readonly unknown[],
): ReturnType<typeof compareRows> {
  const byOffset = as(parseStatement(orderedText).node, 'SelectStmt');
  const byKeyset = as(parseStatement(keysetText).node, 'SelectStmt');
  if (byOffset === null || byKeyset === null) return { outcome: 'not-tried' };
  const values = [...parameters];
  const limit = as(byOffset.limitCount, 'ParamRef')?.number;
  if (limit !== undefined) values[limit - 1] = rowsPerPage;
  const size = limit === undefined ? null : rowsPerPage;
  let rows = 0;
  try {
    let page = await rowsOf(query, offsetPage(byOffset, 0, keys), atOffset(byOffset, values, 0));
    const length = size ?? page.length;
    if (length === 0) return { outcome: 'not-tried' };
    for (let number = 1; number < pages && page.length === length; number += 1) {
      const last = page.at(-1);
      const next = [...values];
      keys.forEach(({ parameter }, index) => {
        next[parameter - 1] = last?.[keyName(index)];
      });
      const offset = number * length;
      const expected = await rowsOf(
        query,
        offsetPage(byOffset, offset, keys),
        atOffset(byOffset, values, offset),
      );
      page = await rowsOf(query, withKeys(byKeyset, keys), next);
      rows += expected.length;
      const isSame = JSON.stringify(page) === JSON.stringify(expected);
      if (!isSame) return { outcome: 'differs', rows };
    }
  } catch {
    return { outcome: 'not-tried' };
  }
  return { outcome: 'same', rows };
}

type Rows = readonly Record<string, unknown>[];

/** Each row as one text, and its sort columns, unrounded. */
function rowsOf(
  query: QueryFunction,
  page: { readonly text: string; readonly keys: number },
  values: readonly unknown[],
): Promise<Rows> {
  const keys = Array.from({ length: page.keys }, (_, index) => `, ${keyName(index)}`);
  return query(`WITH r AS (${page.text}) SELECT r::text AS whole${keys.join('')} FROM r`, values);
}

function keyName(index: number): string {
  return `amdahl_key${index}`;
}

function offsetPage(
  select: SelectStmt,
  offset: number,
  keys: KeysetWalk['keys'],
): ReturnType<typeof withKeys> {
  const isParameter = as(select.limitOffset, 'ParamRef') !== null;
  const limitOffset = isParameter ? select.limitOffset : integerConstant(offset);
  return withKeys({ ...select, ...(limitOffset === undefined ? {} : { limitOffset }) }, keys);
}

function atOffset(
  { limitOffset }: SelectStmt,
  values: readonly unknown[],
  offset: number,
): readonly unknown[] {
  const number = as(limitOffset, 'ParamRef')?.number;
  return number === undefined ? values : values.with(number - 1, offset);
}

/** The select list continued by the sort columns as text. */
function withKeys(
  select: SelectStmt,
  keys: KeysetWalk['keys'],
): { readonly text: string; readonly keys: number } {
  const { sortClause = [], targetList = [] } = select;
  const more = keys.map((_key, index): Node => {
    const sorted = as(sortClause[index], 'SortBy')?.node ?? {};
    return {
      ResTarget: { name: keyName(index), val: castTo('text', outputOf(sorted as Node, select)) },
    };
  });
  const text = deparse({ SelectStmt: { ...select, targetList: [...targetList, ...more] } });
  return { text, keys: keys.length };
}

/** ORDER BY may name an output column, which the select list cannot. */
function outputOf(sorted: Node, { targetList = [] }: SelectStmt): Node {
  const fields = as(sorted, 'ColumnRef')?.fields;
  const output = targetList
    .map((target) => as(target, 'ResTarget'))
    .find((target) => fields?.length === 1 && target?.name === lastName(fields));
  return output?.val ?? sorted;
}
