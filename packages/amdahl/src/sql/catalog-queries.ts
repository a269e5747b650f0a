/**
 * What Amdahl asks of the system catalogs, statistics apart (statistics-queries.ts). The columns used
 * exist from PostgreSQL 12 to 18; where a version renamed one, `to_jsonb(row)` reads whichever is
 * there. Schemas of the system and of temporary tables are left out.
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
       pg_is_in_recovery() AS standby,
       current_setting('track_counts')::bool AS counted,
       clock_timestamp() AS "readAt", pg_postmaster_start_time() AS "serverStarted",
       (SELECT to_jsonb(d) FROM pg_database d WHERE d.datname = current_database()) AS row,
       (SELECT s.stats_reset FROM pg_stat_database s WHERE s.datname = current_database())
         AS "statisticsSince"`;

/** Everything the planner heeds, and what decides how names and literals are understood. */
export const settingsQuery: string = `
SELECT name, current_setting(name) AS value
FROM pg_settings
WHERE (category LIKE 'Query Tuning%'
       OR name IN ('work_mem', 'hash_mem_multiplier', 'max_parallel_workers', 'search_path',
                   'max_parallel_workers_per_gather', 'TimeZone', 'DateStyle', 'IntervalStyle',
                   'temp_buffers'))
  AND setting IS DISTINCT FROM boot_val`;

export const tablesQuery: string = `
SELECT c.oid::int8::text AS oid, n.nspname AS schema, c.relname AS name,
       CASE c.relkind WHEN 'p' THEN 'partitioned' WHEN 'm' THEN 'materialized-view'
                      WHEN 'f' THEN 'foreign' ELSE 'table' END AS kind,
       CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END AS "partitionKey",
       CASE WHEN c.relispartition THEN pg_get_expr(c.relpartbound, c.oid) END AS bound,
       CASE WHEN c.relispartition THEN
         (SELECT CASE WHEN bool_and(k.number <> 0)
                      THEN json_agg(a.attname ORDER BY k.position) END
          FROM pg_inherits h JOIN pg_partitioned_table pt ON pt.partrelid = h.inhparent
          CROSS JOIN unnest(pt.partattrs::int2[]) WITH ORDINALITY k(number, position)
          LEFT JOIN pg_attribute a ON a.attrelid = h.inhparent AND a.attnum = k.number
          WHERE h.inhrelid = c.oid) END AS "keyColumns",
       (SELECT json_agg(json_build_object('schema', pn.nspname, 'name', p.relname)
                        ORDER BY h.inhseqno)
        FROM pg_inherits h JOIN pg_class p ON p.oid = h.inhparent
        JOIN pg_namespace pn ON pn.oid = p.relnamespace
        WHERE h.inhrelid = c.oid) AS parents,
       (SELECT json_agg(format('CONSTRAINT %I %s', k.conname, pg_get_constraintdef(k.oid))
                        ORDER BY k.conname)
        FROM pg_constraint k
        WHERE k.conrelid = c.oid AND k.contype = 'c' AND k.convalidated) AS checks,
       array_to_json(c.reloptions) AS options, c.relrowsecurity AS "rowSecurity",
       c.reltuples::float8 AS rows, c.relpages AS pages, c.relallvisible AS "allVisiblePages",
       has_table_privilege(c.oid, 'SELECT') AS readable,
       has_schema_privilege(n.oid, 'USAGE') AS reachable,
       row_security_active(c.oid) AS "rowSecurityActive",
       CASE WHEN NOT has_table_privilege(c.oid, 'SELECT') THEN
         (SELECT json_agg(a.attname ORDER BY a.attnum) FROM pg_attribute a
          WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            AND has_column_privilege(c.oid, a.attnum, 'SELECT')) END AS "readableColumns",
       coalesce(s.n_tup_ins, 0)::float8 AS inserted,
       coalesce(s.n_tup_upd, 0)::float8 AS updated,
       coalesce(s.n_tup_del, 0)::float8 AS deleted
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid
WHERE c.relkind IN ('r', 'p', 'm', 'f') AND c.relpersistence <> 't'
  AND ${userSchema} AND ${notOfExtension('pg_class', 'c.oid')}
ORDER BY n.nspname, c.relname`;

/** True sizes. Waits for whoever holds a table exclusively; null for one dropped since. */
export const sizesQuery: string = `
SELECT c.oid::int8::text AS oid, pg_relation_size(c.oid, 'main')::float8 AS "sizeBytes",
       CASE WHEN c.reltoastrelid <> 0 THEN pg_relation_size(c.reltoastrelid)::float8 ELSE 0 END
         AS "toastBytes"
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm', 'i') AND c.relpersistence <> 't' AND ${userSchema}`;

/** How foreign tables are planned; options that say where the server is stay where they are. */
export const foreignTablesQuery: string = `
SELECT f.ftrelid::int8::text AS oid, w.fdwname AS wrapper, s.srvname AS server,
       (SELECT coalesce(json_agg(o), '[]')
        FROM unnest(coalesce(s.srvoptions, '{}') || coalesce(f.ftoptions, '{}')) o
        WHERE o ~ '^(fdw_startup_cost|fdw_tuple_cost|extensions|use_remote_estimate|fetch_size|batch_size|async_capable)=')
         AS options
FROM pg_foreign_table f JOIN pg_foreign_server s ON s.oid = f.ftserver
JOIN pg_foreign_data_wrapper w ON w.oid = s.srvfdw`;

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
SELECT i.indexrelid::int8::text AS oid, i.indrelid::int8::text AS "tableOid",
       n.nspname AS schema, t.relname AS table,
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
       (SELECT json_build_object('schema', pn.nspname, 'name', p.relname)
        FROM pg_inherits h JOIN pg_class p ON p.oid = h.inhparent
        JOIN pg_namespace pn ON pn.oid = p.relnamespace
        WHERE h.inhrelid = i.indexrelid) AS "partOf",
       i.indisreplident OR i.indisclustered AS pinned,
       c.reltuples::float8 AS rows, coalesce(s.idx_scan, 0)::float8 AS scans
FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_class t ON t.oid = i.indrelid
JOIN pg_namespace n ON n.oid = t.relnamespace
JOIN pg_am m ON m.oid = c.relam
LEFT JOIN pg_stat_user_indexes s ON s.indexrelid = i.indexrelid
WHERE i.indisvalid AND t.relpersistence <> 't' AND t.relkind IN ('r', 'p', 'm')
  AND ${userSchema} AND ${notOfExtension('pg_class', 't.oid')}
ORDER BY n.nspname, t.relname, c.relname`;

/**
 * What a failed `CONCURRENTLY` left behind. One that is being built right now looks the same; builds
 * of other roles may be shown without their index, then none is called left behind. The index of a
 * partitioned table is invalid until its last part is attached.
 */
export const invalidIndexesQuery: string = `
SELECT n.nspname AS schema, t.relname AS table, c.relname AS name,
       pg_get_indexdef(i.indexrelid) AS definition, i.indisready AS ready
FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_class t ON t.oid = i.indrelid
JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE NOT i.indisvalid AND t.relpersistence <> 't' AND t.relkind IN ('r', 'm')
  AND ${userSchema}
  AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index p
    WHERE p.datname = current_database()
      AND coalesce(p.index_relid, i.indexrelid) = i.indexrelid)
ORDER BY n.nspname, t.relname, c.relname`;

export const extensionsQuery: string = `
SELECT e.extname AS name, n.nspname AS schema
FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
WHERE e.extname <> 'plpgsql' ORDER BY e.extname`;

/** Collations of the users' own; the column with the locale has had three names. */
export const collationsQuery: string = `
SELECT n.nspname AS schema, c.collname AS name,
  format('CREATE COLLATION %I.%I (PROVIDER = %s, LOCALE = %L, DETERMINISTIC = %s)',
         n.nspname, c.collname,
         CASE c.collprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END,
         coalesce(to_jsonb(c) ->> 'colllocale', to_jsonb(c) ->> 'colliculocale',
                  to_jsonb(c) ->> 'collcollate'),
         CASE WHEN c.collisdeterministic THEN 'true' ELSE 'false' END) AS definition
FROM pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace
WHERE ${userSchema} AND ${notOfExtension('pg_collation', 'c.oid')}
ORDER BY c.oid`;

/** Enums first, then the others in the order they were made: the one may use the other. */
export const typesQuery: string = `
SELECT n.nspname AS schema, t.typname AS name,
  CASE t.typtype
  WHEN 'e' THEN format('CREATE TYPE %I.%I AS ENUM (%s)', n.nspname, t.typname,
    (SELECT string_agg(quote_literal(l.enumlabel), ', ' ORDER BY l.enumsortorder)
     FROM pg_enum l WHERE l.enumtypid = t.oid))
  WHEN 'd' THEN format('CREATE DOMAIN %I.%I AS %s', n.nspname, t.typname,
    format_type(t.typbasetype, t.typtypmod))
  WHEN 'r' THEN format('CREATE TYPE %I.%I AS RANGE (SUBTYPE = %s%s)', n.nspname, t.typname,
    format_type(r.rngsubtype, NULL),
    CASE WHEN r.rngsubdiff <> 0 THEN format(', SUBTYPE_DIFF = %s', r.rngsubdiff::regproc) END)
  ELSE format('CREATE TYPE %I.%I AS (%s)', n.nspname, t.typname,
    (SELECT string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', '
                       ORDER BY a.attnum)
     FROM pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped))
  END AS definition
FROM pg_type t
JOIN pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN pg_class c ON c.oid = t.typrelid
LEFT JOIN pg_range r ON r.rngtypid = t.oid
WHERE (t.typtype IN ('e', 'd', 'r') OR (t.typtype = 'c' AND c.relkind = 'c'))
  AND ${userSchema} AND ${notOfExtension('pg_type', 't.oid')}
ORDER BY t.typtype <> 'e', t.oid`;

export const viewsQuery: string = `
SELECT n.nspname AS schema, c.relname AS name, pg_get_viewdef(c.oid) AS definition,
       coalesce((SELECT json_agg(DISTINCT jsonb_build_object('schema', rn.nspname,
                                                             'name', r.relname))
        FROM pg_rewrite w
        JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
                        AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> c.oid
        JOIN pg_class r ON r.oid = d.refobjid
        JOIN pg_namespace rn ON rn.oid = r.relnamespace
        WHERE w.ev_class = c.oid AND rn.nspname NOT IN ('pg_catalog', 'information_schema')
          AND ${notOfExtension('pg_class', 'r.oid')}),
       '[]') AS reads
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'v' AND c.relpersistence <> 't'
  AND ${userSchema} AND ${notOfExtension('pg_class', 'c.oid')}
ORDER BY c.oid`;

/** Without those of extensions and those that came with a type of ranges. */
const userFunctions = `FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
JOIN pg_language l ON l.oid = p.prolang
WHERE p.prokind <> 'p' AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
  AND ${userSchema}
  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_proc'::regclass
    AND e.objid = p.oid AND e.deptype IN ('e', 'i'))`;

export const functionNamesQuery: string = `SELECT DISTINCT p.proname AS name ${userFunctions}`;

/** Functions by name; aggregates and those in other languages come without a definition. */
export const functionsQuery: string = `
SELECT n.nspname AS schema, p.proname AS name, l.lanname AS language,
       CASE WHEN l.lanname IN ('sql', 'plpgsql') AND p.prokind IN ('f', 'w')
            THEN pg_get_functiondef(p.oid) END AS definition
${userFunctions} AND p.proname = ANY ($1::text[])
ORDER BY p.oid`;
