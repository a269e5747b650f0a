import type { CatalogServer } from '../artifacts/catalog.ts';
import { nameKey } from './hierarchy.ts';
import { isDatabaseError, type ReadOnlyDatabase } from './read-only-database.ts';

/** By what a server, and the cluster it is one of, are known. */
export interface ServerIdentity {
  readonly server: Omit<CatalogServer, 'name'>;
  readonly database: string;
  /** `pg_control_system()`: one number for a primary and all its standbys; null when hidden. */
  readonly cluster: string | null;
  /** Microsecond of its start: no two servers of a cluster have the same. */
  readonly started: string;
  /** It receives the write-ahead log from another server. */
  readonly streams: boolean;
  /** Standbys have the same objects under the same OIDs. */
  readonly indexes: readonly IdentityIndex[];
}

interface IdentityIndex {
  readonly schema: string;
  readonly name: string;
  readonly oid: string;
  readonly definition: string;
}

const serverQuery = `
SELECT current_database() AS database, pg_is_in_recovery() AS standby,
       clock_timestamp() AS "readAt", pg_postmaster_start_time() AS "serverStarted",
       extract(epoch FROM pg_postmaster_start_time())::text AS started,
       EXISTS (SELECT FROM pg_stat_wal_receiver) AS streams,
       (SELECT s.stats_reset FROM pg_stat_database s WHERE s.datname = current_database())
         AS "statisticsSince"`;

const clusterQuery = `SELECT system_identifier::text AS cluster FROM pg_control_system()`;

const indexesQuery = `
SELECT n.nspname AS schema, c.relname AS name, c.oid::int8::text AS oid,
       pg_get_indexdef(c.oid) AS definition
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'i' AND c.relpersistence = 'p'
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')`;

/** @throws AMDAHL_DATABASE_LOST */
export async function readIdentity(database: ReadOnlyDatabase): Promise<ServerIdentity> {
  const [row] = await database.query<ServerRow>(serverQuery);
  if (row === undefined) throw new Error('the query has one row');
  return {
    server: {
      standby: row.standby,
      readAt: row.readAt.toISOString(),
      serverStarted: row.serverStarted.toISOString(),
      statisticsSince: row.statisticsSince?.toISOString() ?? null,
    },
    database: row.database,
    cluster: await clusterOf(database),
    started: row.started,
    streams: row.streams,
    indexes: await database.query<IdentityIndex>(indexesQuery),
  };
}

/** Managed servers keep the function to themselves. */
async function clusterOf(database: ReadOnlyDatabase): Promise<string | null> {
  try {
    const [row] = await database.query<{ readonly cluster: string }>(clusterQuery);
    return row?.cluster ?? null;
  } catch (error) {
    if (!isDatabaseError(error)) throw error;
    return null;
  }
}

/** What was expected of a server, and what it is instead. */
export interface Strangeness {
  readonly expected: string;
  readonly found: string;
}

/**
 * Why a server cannot be one more of the cluster that those known are in; null when it is one.
 *
 * @param known the target first
 */
export function strangeness(
  other: ServerIdentity,
  known: readonly { readonly name: string; readonly identity: ServerIdentity }[],
): Strangeness | null {
  const twin = known.find(({ identity }) => identity.started === other.started);
  if (twin !== undefined) {
    return {
      expected: 'a server of its own, whose scans are counted once',
      found: `the same server as ${twin.name}`,
    };
  }
  const target = known[0]?.identity;
  if (target !== undefined && other.database !== target.database) {
    return {
      expected: `a replica of the database "${target.database}"`,
      found: `the database "${other.database}"`,
    };
  }
  const foreign = target === undefined ? null : foreignTo(target, other);
  if (foreign !== null) return { expected: 'a replica of the database of --db', found: foreign };
  const primary = known.find(({ identity }) => !identity.server.standby);
  if (primary !== undefined && !other.server.standby) {
    return {
      expected: `a standby, ${primary.name} being the primary`,
      found: 'a primary too: a copy that was promoted and goes its own way',
    };
  }
  return null;
}

/** Logical replicas and restored dumps are other clusters: what is asked there is theirs. */
function foreignTo(target: ServerIdentity, other: ServerIdentity): string | null {
  if (target.cluster !== null && other.cluster !== null) {
    return target.cluster === other.cluster
      ? null
      : `another cluster (system identifier ${other.cluster}, not ${target.cluster})`;
  }
  // What was built or dropped a moment ago may not have come over yet.
  const own = new Map(target.indexes.map((index) => [nameKey(index), index]));
  const shared = other.indexes.filter((index) => own.has(nameKey(index)));
  const different = shared.find((index) => {
    const { oid, definition } = own.get(nameKey(index)) as IdentityIndex;
    return oid !== index.oid || definition !== index.definition;
  });
  if (different !== undefined) {
    return `another cluster, by its indexes: "${different.name}" is a different one there`;
  }
  return own.size > 0 && shared.length === 0
    ? 'another cluster, by its indexes: it has none of them'
    : null;
}

interface ServerRow {
  readonly database: string;
  readonly standby: boolean;
  readonly readAt: Date;
  readonly serverStarted: Date;
  readonly started: string;
  readonly streams: boolean;
  readonly statisticsSince: Date | null;
}
