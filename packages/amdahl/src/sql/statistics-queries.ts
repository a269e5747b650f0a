/** What Amdahl asks of the statistics, by the server's version number (`server_version_num`). */

/** Elements of a list of schemas and names, as `$1` and `$2`. */
const named = (schema: string, name: string): string =>
  `(${schema}, ${name}) IN (SELECT * FROM unnest($1::text[], $2::text[]))`;

/**
 * Statistics of columns and, under the index's name, of indexed expressions; of one column when `$3`
 * names it.
 */
export function statisticsQuery(version: number): string {
  const ranges =
    version >= 170_000
      ? `s.range_length_histogram::text AS "lengthHistogram",
         s.range_empty_frac::float8 AS "emptyFraction",
         s.range_bounds_histogram::text AS "boundsHistogram"`
      : `NULL AS "lengthHistogram", NULL::float8 AS "emptyFraction", NULL AS "boundsHistogram"`;
  return `
SELECT s.schemaname AS schema, s.tablename AS relation, s.attname AS column, s.inherited,
       ${distribution('s')},
       s.most_common_elems::text AS "mostCommonElements",
       s.most_common_elem_freqs::text AS "elementFrequencies",
       s.elem_count_histogram::text AS "elementCounts", ${ranges}
FROM pg_stats s
WHERE ${named('s.schemaname', 's.tablename')} AND ($3::text IS NULL OR s.attname = $3)`;
}

/** The same without the values, which may be what cannot be read. */
export const valuelessStatisticsQuery: string = `
SELECT s.schemaname AS schema, s.tablename AS relation, s.attname AS column, s.inherited,
       s.null_frac::float8 AS "nullFraction", s.avg_width AS "averageWidth",
       s.n_distinct::float8 AS "distinct", s.correlation::float8 AS correlation
FROM pg_stats s
WHERE ${named('s.schemaname', 's.tablename')}`;

function distribution(row: string): string {
  return `${row}.null_frac::float8 AS "nullFraction", ${row}.avg_width AS "averageWidth",
       ${row}.n_distinct::float8 AS "distinct",
       ${row}.most_common_vals::text AS "mostCommonValues",
       ${row}.most_common_freqs::text AS "mostCommonFrequencies",
       ${row}.histogram_bounds::text AS "histogramBounds",
       ${row}.correlation::float8 AS correlation`;
}

/** `visible`: whether the role may see the data; since 2024 only owners do (CVE-2024-4317). */
export const extendedStatisticsQuery: string = `
SELECT n.nspname AS schema, s.stxname AS name, tn.nspname AS "tableSchema", t.relname AS "tableName",
       t.relkind = 'p' AS partitioned, pg_get_statisticsobjdef(s.oid) AS definition,
       pg_has_role(t.relowner, 'USAGE') AS visible, o.rolname AS owner, o.rolsuper AS "ownedBySuperuser",
       (SELECT json_object_agg(a.attnum, a.attname) FROM unnest(s.stxkeys) k
        JOIN pg_attribute a ON a.attrelid = s.stxrelid AND a.attnum = k) AS columns
FROM pg_statistic_ext s
JOIN pg_namespace n ON n.oid = s.stxnamespace
JOIN pg_class t ON t.oid = s.stxrelid
JOIN pg_roles o ON o.oid = t.relowner
JOIN pg_namespace tn ON tn.oid = t.relnamespace
WHERE ${named('tn.nspname', 't.relname')}
ORDER BY 1, 2`;

export function extendedDataQuery(version: number): string {
  return `
SELECT e.statistics_schemaname AS schema, e.statistics_name AS name,
       ${version >= 150_000 ? 'e.inherited' : 'NULL::boolean'} AS inherited,
       array_to_json(e.attnames) AS columns,
       ${version >= 140_000 ? 'array_to_json(e.exprs)' : 'NULL::json'} AS expressions,
       e.n_distinct::text AS distinct, e.dependencies::text AS dependencies,
       array_to_json(e.most_common_vals) AS values,
       array_to_json(e.most_common_freqs) AS frequencies,
       array_to_json(e.most_common_base_freqs) AS "baseFrequencies"
FROM pg_stats_ext e
WHERE ${named('e.schemaname', 'e.tablename')}`;
}

/** PostgreSQL 14 and later: before, there were no statistics of expressions. */
export function extendedExpressionsQuery(version: number): string {
  return `
SELECT e.statistics_schemaname AS schema, e.statistics_name AS name, e.expr AS expression,
       ${version >= 150_000 ? 'e.inherited' : 'NULL::boolean'} AS inherited,
       ${distribution('e')}
FROM pg_stats_ext_exprs e
WHERE ${named('e.schemaname', 'e.tablename')}`;
}
