import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import {
  openReadOnly,
  startPostgres,
  type PostgresServer,
  type ReadOnlyDatabase,
} from 'amdahl/lab';

/** Programs of Debian's PostgreSQL 15, which has HypoPG beside it. */
const debianPrograms = '/usr/lib/postgresql/15/bin';

/** A generated database and the server it lives in: temporary, gone with `close`. */
export interface SourceDatabase {
  readonly version: string;
  /** A superuser's session. */
  readonly client: Client;
  /** The session the advisor reads with. */
  readonly reader: ReadOnlyDatabase;
  readonly server: PostgresServer;
  close(): Promise<void>;
}

export type SourceVersion = 15 | 18;

export function hasVersion(version: SourceVersion): boolean {
  return version === 18 || existsSync(debianPrograms);
}

/** What makes a database: statements one after the other, and what to call it. */
export interface GeneratedSchema {
  readonly name: string;
  readonly statements: readonly string[];
}

/**
 * Nothing changes behind the measurement's back: no autovacuum, statistics gathered once. The cache
 * holds everything, so that milliseconds are those of a warm database; the planner does not look at
 * it. Every other setting that plans depend on is PostgreSQL's default.
 */
const settings: Readonly<Record<string, string>> = {
  autovacuum: 'off',
  shared_buffers: '1GB',
  maintenance_work_mem: '256MB',
  max_wal_size: '4GB',
  // A commit that is not yet written keeps VACUUM from marking its pages visible to all.
  synchronous_commit: 'on',
};

export async function generateDatabase(
  version: SourceVersion,
  schema: GeneratedSchema,
  report: (status: string) => void,
): Promise<SourceDatabase> {
  const server = await startPostgres({
    settings,
    ...(version === 15 ? { programs: debianPrograms } : {}),
  });
  try {
    const started = performance.now();
    report(`generating ${schema.name} in PostgreSQL ${version}`);
    const client = new Client({ connectionString: server.url() });
    client.on('error', () => undefined);
    await client.connect();
    for (const statement of schema.statements) await client.query(statement);
    await client.query('VACUUM ANALYZE');
    const { rows } = await client.query<{ version: string; size: string }>(
      `SELECT current_setting('server_version') AS version,
              pg_size_pretty(pg_database_size(current_database())) AS size`,
    );
    const reader = await openReadOnly(server.url());
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    report(`generated ${schema.name}, ${rows[0]?.size}, in ${seconds} s`);
    return {
      version: (rows[0]?.version ?? '').replace(/ .*/, ''),
      client,
      reader,
      server,
      close: async () => {
        await reader.close();
        await client.end();
        await server.stop();
      },
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** Bytes of a folder's files: as their lengths say, and as the disk has given them. */
export function diskUse(directory: string): { readonly apparent: number; readonly real: number } {
  let [apparent, real] = [0, 0];
  for (const entry of readdirSync(directory, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const { size, blocks } = statSync(join(entry.parentPath, entry.name));
    apparent += size;
    real += blocks * 512;
  }
  return { apparent, real };
}

/** Shows or hides indexes from the planner: an invalid index is not looked at. */
export async function setVisible(
  client: Client,
  names: readonly string[],
  visible: boolean,
): Promise<void> {
  await client.query(
    `UPDATE pg_index SET indisvalid = $1 FROM pg_class c
     WHERE c.oid = indexrelid AND c.relname = ANY ($2::name[]) AND indisvalid <> $1`,
    [visible, names],
  );
}

/** Size of a relation's main file. */
export async function sizeOf(client: Client, name: string): Promise<number> {
  const { rows } = await client.query<{ size: string }>(
    'SELECT pg_relation_size($1::regclass) AS size',
    [name],
  );
  return Number(rows[0]?.size);
}

/** Milliseconds one execution takes in the server, without reading clocks in each node. */
export async function executionMs(
  client: Client,
  text: string,
  parameters: readonly unknown[] = [],
): Promise<number> {
  const { rows } = await client.query<{ 'QUERY PLAN': readonly ExecutedPlan[] }>(
    `EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${text}`,
    [...parameters],
  );
  return rows[0]?.['QUERY PLAN'][0]?.['Execution Time'] ?? Number.NaN;
}

interface ExecutedPlan {
  readonly 'Execution Time': number;
}
