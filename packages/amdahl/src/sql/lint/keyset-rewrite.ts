import type { Node, SelectStmt } from 'libpg-query';
import type { CatalogColumn } from '../../artifacts/catalog.ts';
import { parseArrayText } from '../array-text.ts';
import { as, findAll } from '../ast.ts';
import { indexCandidates } from '../index-candidates.ts';
import { keysetPage, pageOf, type KeysetPage } from '../keyset.ts';
import { deparse, parseStatement } from '../parser.ts';
import type { Schema } from '../schema.ts';
import { shapeOf } from '../statement-shape.ts';
import { columnReference } from './build.ts';
import { columnAmong, commonTables, mayBeNull, sourcesOf, type Source } from './from-clause.ts';
import type { RewrittenStatement } from './rewritten-statement.ts';
import { isTotallyOrdered } from './total-order.ts';

/** What a page by keyset needs beside its text. */
export interface KeysetWalk {
  /** The original; its order continued by the primary key where it left ties. */
  readonly orderedText: string;
  readonly keys: KeysetPage['keys'];
  /** Parameters for the page by keyset: for the keys, values in the middle of their columns. */
  readonly parameters: readonly unknown[];
}

/**
 * Writes a page by OFFSET as one that starts after the last row of the page before. Ties in the
 * order would be shown twice or left out, so the primary key continues it; a sort column that may be
 * NULL would end the walk, so there is none then. Null where the form does not fit.
 */
export function keysetRewrite(
  text: string,
  parameters: readonly unknown[],
  schema: Schema,
): RewrittenStatement | null {
  const { node } = parseStatement(text);
  const select = as(node, 'SelectStmt');
  if (node === null || select?.limitCount === undefined) return null;
  if (pageOf(text, parameters) === null) return null;
  const sources = sourcesOf(select.fromClause, schema, commonTables(node));
  const ordered: Node = isTotallyOrdered(node, schema)
    ? node
    : { SelectStmt: withTotalOrder(select, sources) };
  const orderedText = deparse(ordered);
  const page = keysetPage(orderedText);
  const rewritten = page === null ? null : parseStatement(page.text).node;
  const shape = rewritten === null ? null : shapeOf(rewritten, schema, parameters);
  if (page === null || rewritten === null || shape === null) return null;
  const columns = page.keys.map(({ column }) => sortedColumn(select, column, sources));
  if (columns.some((column) => column === null || mayBeNull(column))) return null;
  const values: unknown[] = [...parameters];
  page.keys.forEach(({ parameter }, index) => {
    values[parameter - 1] = middleValue(columns[index]?.column);
  });
  // Compared with nothing known, the planner would expect no rows.
  if (page.keys.some(({ parameter }) => values[parameter - 1] === null)) return null;
  return {
    rule: 'deep-offset',
    why: 'every row before the page is read and dropped',
    equivalence: 'by-proof',
    preconditions: [],
    withoutNulls: [],
    advice: [],
    baresColumn: false,
    originalText: deparse(node),
    text: page.text,
    shape,
    candidates: new Set(indexCandidates(shape, schema).map((index) => index.definition)),
    steps: [],
    keyset: { orderedText, keys: page.keys, parameters: values },
  };
}

/** Continues the order of a single table by its primary key. */
function withTotalOrder(select: SelectStmt, sources: readonly Source[]): SelectStmt {
  const [source, ...others] = sources;
  const { sortClause = [] } = select;
  const last = as(sortClause.at(-1), 'SortBy');
  if (source?.table === null || source === undefined || others.length > 0 || last === null) {
    return select;
  }
  const { table, alias } = source;
  const sorted = new Set(
    findAll(sortClause, 'ColumnRef').map((each) => columnAmong(each, sources)?.column.name),
  );
  const missing = table.primaryKey.filter((name) => !sorted.has(name));
  const more = missing.map((name): Node => ({
    SortBy: { ...last, node: columnReference(alias, name) },
  }));
  return { ...select, sortClause: [...sortClause, ...more] };
}

function sortedColumn(
  { targetList = [] }: SelectStmt,
  name: string,
  sources: readonly Source[],
): ReturnType<typeof columnAmong> {
  const output = targetList
    .map((target) => as(target, 'ResTarget'))
    .find((target) => target?.name === name);
  const reference = as(output?.val, 'ColumnRef') ?? as(columnReference(name), 'ColumnRef');
  return columnAmong(reference, sources);
}

/** For the planner any value in the middle serves. */
function middleValue(column: CatalogColumn | undefined): string | null {
  const { histogramBounds = null, mostCommonValues = null } = column?.statistics ?? {};
  const values = parseArrayText(histogramBounds ?? mostCommonValues);
  return values[Math.floor(values.length / 2)] ?? null;
}
