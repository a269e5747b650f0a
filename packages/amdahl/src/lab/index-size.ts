import type { CatalogColumn, CatalogIndex, CatalogTable } from '../artifacts/catalog.ts';
import { parseArrayText } from '../sql/array-text.ts';
import type { LabIndex } from '../sql/index-definition.ts';
import { alignedWidth, btreePages, pageBytes } from './btree-pages.ts';

/** What an index of the lab would measure on the target's data. */
export interface IndexSize {
  readonly pages: number;
  readonly sizeBytes: number;
  /** Mean width of the keys above the leaves, which makes the height. */
  readonly keyWidthBytes: number;
}

/** Types whose equal values can look different (`1.0` and `1.00`), so that B-trees keep them apart. */
const notDeduplicated = /^(real|double precision|numeric|jsonb|interval|.*\[\]|.*range)/;
/** A key is a B-tree tuple without its header; expressions are taken to be this wide. */
const expressionWidthBytes = 16;

/** Type and statistics of a column or of an expression. */
export type Typed = Pick<CatalogColumn, 'type' | 'statistics'>;

/** B-trees store equal keys once, with a list of their rows, since this version. */
const firstThatDeduplicates = 130_000;

/**
 * Estimates the size of an index from the statistics of its columns.
 *
 * @param serverVersionNumber of the server that would hold it: `180004`
 * @param expressions what is known of its expressions
 */
export function estimateIndexSize(
  index: LabIndex,
  serverVersionNumber: number,
  expressions: ReadonlyMap<string, Typed> = new Map(),
): IndexSize {
  const columnOf = (name: string): Typed | undefined =>
    index.table.columns.find((column) => column.name === name);
  const keyColumns = index.keys.map((key) =>
    key.column === undefined ? expressions.get(key.expression ?? '') : columnOf(key.column),
  );
  const all = [...keyColumns, ...index.include.map(columnOf)];
  const leafWidthBytes = entryWidth(all);
  const rows = Math.max(index.table.rows, 0) * (index.selectivity ?? 1);
  const pages =
    index.method === 'gin'
      ? ginPages(index, rows, leafWidthBytes)
      : btreePages({
          rows,
          keyWidthBytes: leafWidthBytes,
          distinctKeys:
            serverVersionNumber < firstThatDeduplicates ? null : distinctKeys(index, keyColumns),
        });
  return { pages, sizeBytes: pages * pageBytes, keyWidthBytes: pivotWidth(keyColumns, rows) };
}

/** Mean bytes of these columns' values side by side. */
export function widthOfColumns(table: CatalogTable, names: readonly string[]): number {
  return entryWidth(names.map((name) => table.columns.find((column) => column.name === name)));
}

/** Mean width of the keys above the leaves of an existing index. */
export function keyWidthOf(index: CatalogIndex, table: CatalogTable | undefined): number {
  const columns = index.keys.map((key): Typed | undefined => {
    const statistics = index.expressionStatistics?.[key];
    if (statistics !== undefined) return { type: 'text', statistics };
    return table?.columns.find((column) => column.name === key);
  });
  return pivotWidth(columns, index.rows ?? table?.rows ?? 0);
}

/**
 * Above the leaves a B-tree keeps of each key only the first columns, up to the one that tells the
 * two neighbours apart (`_bt_truncate` in nbtutils.c), and never INCLUDE columns. Two neighbours
 * differ within a prefix about as often as the prefix has different values for the rows.
 */
function pivotWidth(columns: readonly (Typed | undefined)[], rows: number): number {
  let width = 0;
  let apart = 0;
  let distinct = 1;
  for (const [at, column] of columns.entries()) {
    distinct *= distinctOf(column, rows);
    const isLast = at === columns.length - 1;
    const apartNow = isLast || rows <= 0 ? 1 : Math.min(1, distinct / rows);
    width += Math.max(0, apartNow - apart) * alignedWidth(entryWidth(columns.slice(0, at + 1)));
    apart = Math.max(apart, apartNow);
  }
  return width;
}

function distinctOf(column: Typed | undefined, rows: number): number {
  const distinct = column?.statistics?.distinct ?? -1;
  return distinct < 0 ? -distinct * rows : distinct;
}

/** Mean bytes of the values side by side, each at its type's alignment. */
function entryWidth(columns: readonly (Typed | undefined)[]): number {
  return columns.reduce((offset, column) => {
    const alignment = alignmentOf(column?.type ?? 'text');
    return Math.ceil(offset / alignment) * alignment + widthOf(column);
  }, 0);
}

/** `pg_type.typalign`; values of varying length stand anywhere while they are short. */
function alignmentOf(type: string): number {
  if (/^(bigint|timestamp|time|double precision|interval|money)/.test(type)) return 8;
  if (/^(text|character|numeric|uuid|boolean|jsonb?|bytea|inet|cidr|.*\[\])/.test(type)) return 1;
  return type === 'smallint' ? 2 : 4;
}

function widthOf(column: Typed | undefined): number {
  return column?.statistics?.averageWidth ?? (column === undefined ? expressionWidthBytes : 8);
}

/**
 * Different keys: columns taken as independent, never more than rows; null without deduplication. A
 * partial index holds fewer rows of each key, so that more of them stand alone: it is taken to draw
 * its rows at random, as the planner takes a filter before GROUP BY (`estimate_num_groups` in
 * selfuncs.c).
 */
function distinctKeys(index: LabIndex, columns: readonly (Typed | undefined)[]): number | null {
  if (index.include.length > 0) return null;
  if (columns.some((column) => column !== undefined && notDeduplicated.test(column.type))) {
    return null;
  }
  const rows = Math.max(index.table.rows, 0);
  const inTable = columns.reduce(
    (product, column) => Math.min(rows, product * distinctOf(column, rows)),
    1,
  );
  if (index.selectivity === undefined || inTable <= 0) return inTable;
  return inTable * (1 - (1 - index.selectivity) ** (rows / inTable));
}

/** A row number in a compressed posting list takes one to two bytes when lists are long. */
const bytesPerPosting = 1.5;
/** A key with its own small posting list: header, value, the list's own header. */
const bytesPerKey = 24;

/**
 * Each text has about as many trigrams as letters. Of arrays and text search vectors ANALYZE keeps
 * how many different elements a row holds; a jsonb document takes some twelve bytes for each.
 */
function ginPages(index: LabIndex, rows: number, widthBytes: number): number {
  const trigrams = index.keys.some(({ operatorClass }) => operatorClass === 'gin_trgm_ops');
  const postings = trigrams
    ? rows * widthBytes
    : rows * index.keys.reduce((sum, key) => sum + elementsIn(index.table, key.column), 0);
  const keys = trigrams ? 0 : Math.min(postings, rows);
  return 2 + Math.ceil((postings * bytesPerPosting + keys * bytesPerKey) / pageBytes);
}

const bytesPerElement = 12;

function elementsIn(table: CatalogTable, name: string | undefined): number {
  const column = table.columns.find((each) => each.name === name);
  const counts = column?.statistics?.elements?.countHistogram ?? null;
  // `pg_stats.elem_count_histogram` ends with the average.
  const average = Number(parseArrayText(counts).at(-1) ?? Number.NaN);
  if (Number.isFinite(average)) return average;
  return widthOf(column) / bytesPerElement;
}
