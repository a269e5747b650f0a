/**
 * What Amdahl asks of the system catalogs. The columns used exist from PostgreSQL 12 to 18; where a
 * version renamed one, `to_jsonb(row)` reads whichever is there. Schemas of the system and of
 * temporary tables are left out.
 */

const userSchema = `n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
  AND n.nspname NOT LIKE 'pg_temp_%' AND n.nspname NOT LIKE 'pg_toast_temp_%'`;

/** Leaves out what an extension brought along: it comes back with the extension. */
const notOfExtension = (classId: string, objectId: string): string =>
  `NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = '${classId}'::regclass
     AND e.objid = ${objectId} AND e.deptype = 'e')`;

export const serverQuery: string = `
SELECT current_setting('server_version') AS "serverVersion",
       current_setting('server_version_num')::int AS "serverVersionNumber",
       current_database() AS database,
       current_user AS role,
       (SELECT to_jsonb(d) FROM pg_database d WHERE d.datname = current_database()) AS row,
       (SELECT s.stats_reset FROM pg_stat_database s WHERE s.datname = current_database())
         AS "statisticsSince"`;

/** Everything the planner heeds, and what decides how names and literals are understood. */
export const settingsQuery: string = `
SELECT name, current_setting(name) AS value
FROM pg_settings
WHERE (category LIKE 'Query Tuning%'
       OR name IN ('work_mem', 'hash_mem_multiplier', 'max_parallel_workers', 'search_path',
                   'max_parallel_workers_per_gather', 'max_worker_processes', 'TimeZone',
                   'DateStyle', 'IntervalStyle', 'temp_buffers'))
  AND setting IS DISTINCT FROM boot_val`;

export const tablesQuery: string = `
SELECT c.oid::int8::text AS oid, n.nspname AS schema, c.relname AS name,
       CASE c.relkind WHEN 'p' THEN 'partitioned' WHEN 'm' THEN 'materialized-view'
                      WHEN 'f' THEN 'foreign' ELSE 'table' END AS kind,
       c.reltuples::float8 AS rows, c.relpages AS pages, c.relallvisible AS "allVisiblePages",
       CASE WHEN c.relkind IN ('r', 'm') THEN pg_relation_size(c.oid, 'main')::float8 ELSE 0 END
         AS "sizeBytes",
       CASE WHEN c.reltoastrelid <> 0 THEN pg_relation_size(c.reltoastrelid)::float8 ELSE 0 END
         AS "toastBytes",
       has_table_privilege(c.oid, 'SELECT') AS readable,
       coalesce(s.n_tup_ins, 0)::float8 AS inserted,
       coalesce(s.n_tup_upd, 0)::float8 AS updated,
       coalesce(s.n_tup_del, 0)::float8 AS deleted
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid
WHERE c.relkind IN ('r', 'p', 'm', 'f') AND c.relpersistence <> 't'
  AND ${userSchema} AND ${notOfExtension('pg_class', 'c.oid')}
ORDER BY n.nspname, c.relname`;

export const columnsQuery: string = `
SELECT a.attrelid::int8::text AS oid, a.attname AS name,
       format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS "notNull",
       pg_get_expr(d.adbin, d.adrelid) AS default,
       CASE a.attgenerated WHEN 's' THEN 'stored' WHEN 'v' THEN 'virtual' END AS generated,
       CASE WHEN a.attcollation NOT IN (0, t.typcollation)
            THEN quote_ident(cn.nspname) || '.' || quote_ident(co.collname) END AS collation
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
LEFT JOIN pg_collation co ON co.oid = a.attcollation
LEFT JOIN pg_namespace cn ON cn.oid = co.collnamespace
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'm', 'f')
  AND c.relpersistence <> 't' AND ${userSchema}
ORDER BY a.attrelid, a.attnum`;

/** Statistics of columns and, under the index's name, of indexed expressions. */
export const statisticsQuery: string = `
SELECT s.schemaname AS schema, s.tablename AS relation, s.attname AS column,
       s.null_frac::float8 AS "nullFraction", s.avg_width AS "averageWidth",
       s.n_distinct::float8 AS "distinct",
       s.most_common_vals::text AS "mostCommonValues",
       s.most_common_freqs::text AS "mostCommonFrequencies",
       s.histogram_bounds::text AS "histogramBounds", s.correlation::float8 AS correlation
FROM pg_stats s
WHERE NOT s.inherited
  AND s.schemaname NOT IN ('pg_catalog', 'information_schema')`;

export const foreignKeysQuery: string = `
SELECT k.conrelid::int8::text AS oid,
       (SELECT json_agg(a.attname ORDER BY u.position)
        FROM unnest(k.conkey) WITH ORDINALITY u(number, position)
        JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.number) AS columns,
       rn.nspname AS "referencesSchema", r.relname AS "referencesName",
       (SELECT json_agg(a.attname ORDER BY u.position)
        FROM unnest(k.confkey) WITH ORDINALITY u(number, position)
        JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.number)
         AS "referencesColumns"
FROM pg_constraint k
JOIN pg_class r ON r.oid = k.confrelid
JOIN pg_namespace rn ON rn.oid = r.relnamespace
WHERE k.contype = 'f' AND k.conparentid = 0
ORDER BY k.conrelid, k.conname`;

export const indexesQuery: string = `
SELECT i.indrelid::int8::text AS "tableOid", n.nspname AS schema, t.relname AS table,
       c.relname AS name, m.amname AS method,
       (SELECT json_agg(json_build_object(
                 'column', CASE WHEN i.indkey[position - 1] <> 0 THEN a.attname END,
                 'expression', pg_get_indexdef(i.indexrelid, position, false),
                 'attribute', x.attname, 'key', position <= i.indnkeyatts)
               ORDER BY position)
        FROM generate_series(1, i.indnatts::int) position
        JOIN pg_attribute x ON x.attrelid = i.indexrelid AND x.attnum = position
        LEFT JOIN pg_attribute a
          ON a.attrelid = i.indrelid AND a.attnum = i.indkey[position - 1]) AS attributes,
       i.indisunique AS unique, i.indisprimary AS primary,
       EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid) AS constraint,
       pg_get_expr(i.indpred, i.indrelid) AS predicate,
       pg_get_indexdef(i.indexrelid) AS definition,
       CASE WHEN c.relkind = 'i' THEN pg_relation_size(c.oid, 'main')::float8 ELSE 0 END
         AS "sizeBytes", c.reltuples::float8 AS rows,
       coalesce(s.idx_scan, 0)::float8 AS scans
FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_class t ON t.oid = i.indrelid
JOIN pg_namespace n ON n.oid = t.relnamespace
JOIN pg_am m ON m.oid = c.relam
LEFT JOIN pg_stat_user_indexes s ON s.indexrelid = i.indexrelid
WHERE i.indisvalid AND t.relpersistence <> 't' AND t.relkind IN ('r', 'p', 'm')
  AND ${userSchema} AND ${notOfExtension('pg_class', 't.oid')}
ORDER BY n.nspname, t.relname, c.relname`;

export const extensionsQuery: string = `
SELECT e.extname AS name, n.nspname AS schema
FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
WHERE e.extname <> 'plpgsql' ORDER BY e.extname`;

/** Enums first, then domains and composites in the order they were made: the one may use the other. */
export const typesQuery: string = `
SELECT n.nspname AS schema, t.typname AS name,
  CASE t.typtype
  WHEN 'e' THEN format('CREATE TYPE %I.%I AS ENUM (%s)', n.nspname, t.typname,
    (SELECT string_agg(quote_literal(l.enumlabel), ', ' ORDER BY l.enumsortorder)
     FROM pg_enum l WHERE l.enumtypid = t.oid))
  WHEN 'd' THEN format('CREATE DOMAIN %I.%I AS %s', n.nspname, t.typname,
    format_type(t.typbasetype, t.typtypmod))
  ELSE format('CREATE TYPE %I.%I AS (%s)', n.nspname, t.typname,
    (SELECT string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', '
                       ORDER BY a.attnum)
     FROM pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped))
  END AS definition
FROM pg_type t
JOIN pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN pg_class c ON c.oid = t.typrelid
WHERE (t.typtype IN ('e', 'd') OR (t.typtype = 'c' AND c.relkind = 'c'))
  AND ${userSchema} AND ${notOfExtension('pg_type', 't.oid')}
ORDER BY t.typtype <> 'e', t.oid`;

export const viewsQuery: string = `
SELECT n.nspname AS schema, c.relname AS name, pg_get_viewdef(c.oid) AS definition
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'v' AND c.relpersistence <> 't'
  AND ${userSchema} AND ${notOfExtension('pg_class', 'c.oid')}
ORDER BY c.oid`;

export const extendedStatisticsQuery: string = `
SELECT n.nspname AS schema, s.stxname AS name
FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace
ORDER BY 1, 2`;
