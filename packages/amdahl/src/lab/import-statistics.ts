import type { CatalogTable, ColumnStatistics } from '../artifacts/catalog.ts';
import { formatArrayText, parseArrayText } from '../sql/array-text.ts';

/** One call of PostgreSQL 18's statistics import, as SQL and values. */
export interface StatisticsImport {
  readonly sql: string;
  readonly values: readonly unknown[];
}

/** Rows, pages and visibility of a table or index. */
export function importRelation(
  schema: string,
  relation: string,
  facts: Pick<CatalogTable, 'pages' | 'rows' | 'allVisiblePages'>,
): StatisticsImport {
  return {
    sql: `SELECT pg_restore_relation_stats('schemaname', $1::text, 'relname', $2::text,
      'relpages', $3::integer, 'reltuples', $4::real, 'relallvisible', $5::integer)`,
    values: [schema, relation, facts.pages, facts.rows, facts.allVisiblePages],
  };
}

/** Distribution of one column, or of one expression of an index. */
export function importColumn(
  schema: string,
  relation: string,
  column: string,
  statistics: ColumnStatistics,
): StatisticsImport {
  return {
    sql: `SELECT pg_restore_attribute_stats('schemaname', $1::text, 'relname', $2::text,
      'attname', $3::text, 'inherited', false, 'null_frac', $4::real, 'avg_width', $5::integer,
      'n_distinct', $6::real, 'most_common_vals', $7::text, 'most_common_freqs', $8::real[],
      'histogram_bounds', $9::text, 'correlation', $10::real)`,
    values: [
      schema,
      relation,
      column,
      statistics.nullFraction,
      statistics.averageWidth,
      statistics.distinct,
      statistics.mostCommonValues,
      statistics.mostCommonFrequencies,
      histogramOf(statistics),
      statistics.correlation,
    ],
  };
}

/** The histogram with its ends where the values end today, as the planner would find by itself. */
function histogramOf({ histogramBounds, range }: ColumnStatistics): string | null {
  if (histogramBounds === null || range === undefined) return histogramBounds;
  const inner = parseArrayText(histogramBounds).slice(1, -1);
  return formatArrayText([range.least, ...inner, range.greatest]);
}
