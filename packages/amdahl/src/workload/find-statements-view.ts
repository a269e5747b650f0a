import type { ReadOnlyDatabase } from '../sql/read-only-database.ts';
import { workloadErrors } from './workload-errors.ts';

/** `pg_stat_statements` as it stands in one database. */
export interface StatementsView {
  /** Quoted for SQL, with the schema the extension was put in. */
  readonly name: string;
  /** `pg_stat_statements_info`, which came with version 1.9. */
  readonly infoName: string | null;
  readonly columns: readonly string[];
  readonly database: string;
  /** The role Amdahl is connected as, quoted for SQL. */
  readonly role: string;
}

interface Found {
  readonly schema: string | null;
  readonly columns: readonly string[] | null;
  readonly hasInfo: boolean;
  readonly readable: boolean;
  readonly database: string;
  readonly role: string;
  /** Null when the role may not see it. */
  readonly preloaded: string | null;
}

/**
 * Columns are read rather than versions compared: an extension stays at the version it was created
 * with when the server is upgraded.
 */
const viewQuery = `
SELECT quote_ident(n.nspname) AS schema,
       (SELECT json_agg(a.attname ORDER BY a.attnum) FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
       EXISTS (SELECT FROM pg_class i WHERE i.relname = 'pg_stat_statements_info'
               AND i.relnamespace = n.oid) AS "hasInfo",
       coalesce(has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT'), false)
         AS readable,
       current_database() AS database, quote_ident(current_user) AS role,
       (SELECT setting FROM pg_settings WHERE name = 'shared_preload_libraries') AS preloaded
FROM (SELECT) here
LEFT JOIN pg_extension e ON e.extname = 'pg_stat_statements'
LEFT JOIN pg_namespace n ON n.oid = e.extnamespace
LEFT JOIN pg_class c ON c.relname = 'pg_stat_statements' AND c.relnamespace = n.oid`;

/** @throws AMDAHL_WORKLOAD_VIEW_MISSING, AMDAHL_DATABASE_LOST */
export async function findStatementsView(database: ReadOnlyDatabase): Promise<StatementsView> {
  const [found] = await database.query<Found>(viewQuery);
  if (found === undefined || found.schema === null || found.columns === null) {
    throw missing(found);
  }
  const { schema, columns, hasInfo, role } = found;
  if (!found.readable) {
    throw workloadErrors.create('AMDAHL_WORKLOAD_VIEW_MISSING', {
      expected: `role ${role} to have the right to read ${schema}.pg_stat_statements`,
      found: 'no such right',
      next: `Run as its owner: GRANT USAGE ON SCHEMA ${schema} TO ${role}; GRANT SELECT ON ${schema}.pg_stat_statements TO ${role};`,
      details: { role },
    });
  }
  return {
    name: `${schema}.pg_stat_statements`,
    infoName: hasInfo ? `${schema}.pg_stat_statements_info` : null,
    columns,
    database: found.database,
    role,
  };
}

function missing(found: Found | undefined): Error {
  const database = found?.database ?? 'the database';
  const preloaded = found?.preloaded?.includes('pg_stat_statements') ?? false;
  const create = `CREATE EXTENSION pg_stat_statements; in ${database}`;
  return workloadErrors.create('AMDAHL_WORKLOAD_VIEW_MISSING', {
    expected: `the extension pg_stat_statements in database ${database}`,
    found: preloaded
      ? 'none, though the server has its library loaded'
      : 'none, nor is its library loaded',
    next: preloaded
      ? `Run as a superuser: ${create}.`
      : `Add pg_stat_statements to shared_preload_libraries, restart the server, then run as a superuser: ${create}.`,
    details: { database },
  });
}
