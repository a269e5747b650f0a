import type { CatalogTable, ColumnStatistics } from '../artifacts/catalog.ts';
import { formatArrayText, parseArrayText } from '../sql/array-text.ts';
import type { QueryFunction } from '../sql/explain.ts';

/** Rows, pages and visibility of a table or index. */
export interface RelationImport extends Pick<CatalogTable, 'pages' | 'rows' | 'allVisiblePages'> {
  readonly schema: string;
  readonly relation: string;
}

/** Distribution of one column, or of one expression of an index. */
export interface ColumnImport {
  readonly schema: string;
  readonly relation: string;
  readonly column: string;
  /** Over the table and its children, not over the table alone. */
  readonly inherited: boolean;
  readonly statistics: ColumnStatistics;
}

/** Each call takes locks that are kept to the end of its transaction, and sends values. */
const perQuery = 200;

/** PostgreSQL 18's import of what ANALYZE finds about relations; answers those that failed. */
export async function importRelations(
  query: QueryFunction,
  relations: readonly RelationImport[],
): Promise<readonly RelationImport[]> {
  const sql = `SELECT s.position, pg_restore_relation_stats(
      'schemaname', s.schema, 'relname', s.relation, 'relpages', s.pages,
      'reltuples', s.rows, 'relallvisible', s.visible) AS taken
    FROM jsonb_to_recordset($1::jsonb) AS s(position integer, schema text, relation text,
      pages integer, rows real, visible integer)`;
  return importAll(query, sql, relations, (each) => ({
    schema: each.schema,
    relation: each.relation,
    pages: each.pages,
    rows: each.rows,
    visible: each.allVisiblePages,
  }));
}

/** The same for columns. */
export async function importColumns(
  query: QueryFunction,
  columns: readonly ColumnImport[],
): Promise<readonly ColumnImport[]> {
  const sql = `SELECT s.position, pg_restore_attribute_stats(
      'schemaname', s.schema, 'relname', s.relation, 'attname', s.column,
      'inherited', s.inherited, 'null_frac', s.nulls, 'avg_width', s.width,
      'n_distinct', s.distinct, 'most_common_vals', s.common,
      'most_common_freqs', s.frequencies::real[], 'histogram_bounds', s.bounds,
      'correlation', s.correlation, 'most_common_elems', s.elements,
      'most_common_elem_freqs', s.element_frequencies::real[],
      'elem_count_histogram', s.element_counts::real[],
      'range_length_histogram', s.range_lengths, 'range_empty_frac', s.range_empty,
      'range_bounds_histogram', s.range_bounds) AS taken
    FROM jsonb_to_recordset($1::jsonb) AS s(position integer, schema text, relation text,
      "column" text, inherited boolean, nulls real, width integer, "distinct" real, common text,
      frequencies text, bounds text, correlation real, elements text, element_frequencies text,
      element_counts text, range_lengths text, range_empty real, range_bounds text)`;
  return importAll(query, sql, columns, ({ schema, relation, column, inherited, statistics }) => ({
    schema,
    relation,
    column,
    inherited,
    nulls: statistics.nullFraction,
    width: statistics.averageWidth,
    distinct: statistics.distinct,
    common: statistics.mostCommonValues,
    frequencies: statistics.mostCommonFrequencies,
    bounds: histogramOf(statistics),
    correlation: statistics.correlation,
    elements: statistics.elements?.mostCommon,
    element_frequencies: statistics.elements?.frequencies,
    element_counts: statistics.elements?.countHistogram,
    range_lengths: statistics.ranges?.lengthHistogram,
    range_empty: statistics.ranges?.emptyFraction,
    range_bounds: statistics.ranges?.boundsHistogram,
  }));
}

/** A part is refused with a warning and `false`; what raises an error spoils its batch. */
async function importAll<Item>(
  query: QueryFunction,
  sql: string,
  items: readonly Item[],
  rowOf: (item: Item) => object,
): Promise<readonly Item[]> {
  const refused: Item[] = [];
  for (let at = 0; at < items.length; at += perQuery) {
    const batch = items.slice(at, at + perQuery);
    try {
      const rows = batch.map((item, position) => ({ position, ...rowOf(item) }));
      const answers = await query(sql, [JSON.stringify(rows)]);
      const taken = new Set(answers.filter((row) => row['taken']).map((row) => row['position']));
      refused.push(...batch.filter((_, position) => !taken.has(position)));
    } catch {
      if (batch.length === 1) refused.push(...batch);
      else {
        for (const item of batch) refused.push(...(await importAll(query, sql, [item], rowOf)));
      }
    }
  }
  return refused;
}

/** The histogram with its ends where the values end today, as the planner would find by itself. */
function histogramOf({ histogramBounds, range }: ColumnStatistics): string | null {
  if (histogramBounds === null || range === undefined) return histogramBounds;
  const inner = parseArrayText(histogramBounds).slice(1, -1);
  return formatArrayText([range.least, ...inner, range.greatest]);
}
