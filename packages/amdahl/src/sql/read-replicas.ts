import { isAmdahlError, type AmdahlError } from '@amdahl/metrics';
import type { CatalogServer } from '../artifacts/catalog.ts';
import { withoutPasswords } from '../artifacts/recorded-options.ts';
import { databaseErrors, type DatabaseErrorCode } from './database-errors.ts';
import { nameKey } from './hierarchy.ts';
import { isDatabaseError, openReadOnly, type ReadOnlyDatabase } from './read-only-database.ts';
import { readIdentity, strangeness, type ServerIdentity } from './server-identity.ts';
import { streamingStandbys } from './streaming-standbys.ts';

/** What one more server of the cluster has counted by itself. */
export interface ReplicaReading {
  readonly server: CatalogServer;
  /** Scans by the index's `nameKey`; those never scanned are missing. */
  readonly scans: ReadonlyMap<string, number>;
  /** Rows by the table's `nameKey`; a standby counts none. */
  readonly writes: ReadonlyMap<string, Writes>;
  /** Standbys that stream from it in turn; null when the role may not see them. */
  readonly standbys: number | null;
  /** It streams itself, so that another server sees it as one of its standbys. */
  readonly streams: boolean;
}

interface Writes {
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
}

const scansQuery = `
SELECT schemaname AS schema, indexrelname AS name, idx_scan::float8 AS scans
FROM pg_stat_user_indexes WHERE idx_scan > 0`;

const writesQuery = `
SELECT schemaname AS schema, relname AS name, n_tup_ins::float8 AS inserted,
       n_tup_upd::float8 AS updated, n_tup_del::float8 AS deleted
FROM pg_stat_user_tables WHERE n_tup_ins + n_tup_upd + n_tup_del > 0`;

/**
 * Reads what the other servers of the target's cluster have counted: each counts the scans asked of
 * it alone. Usually they are standbys; where the target is one, the primary may be among them.
 *
 * @throws AMDAHL_DATABASE_* when one cannot be read; AMDAHL_DATABASE_NOT_A_REPLICA when one is no
 *   other server of the same cluster
 */
export async function readReplicas(
  urls: readonly string[],
  target: ReadOnlyDatabase,
): Promise<readonly ReplicaReading[]> {
  if (urls.length === 0) return [];
  const known: { readonly name: string; readonly identity: ServerIdentity }[] = [
    { name: '--db', identity: await readIdentity(target) },
  ];
  const readings: ReplicaReading[] = [];
  for (const url of urls) {
    const { identity, reading } = await about(url, () => readReplica(url));
    const problem = strangeness(identity, known);
    if (problem !== null) throw notAReplica(url, problem);
    known.push({ name: withoutPasswords(url), identity });
    readings.push(reading);
  }
  return readings;
}

async function readReplica(
  url: string,
): Promise<{ readonly identity: ServerIdentity; readonly reading: ReplicaReading }> {
  const database = await openReadOnly(url);
  try {
    const identity = await readIdentity(database);
    const scans = await database.query<ScansRow>(scansQuery);
    const writes = await database.query<WritesRow>(writesQuery);
    return {
      identity,
      reading: {
        server: { name: addressOf(url), ...identity.server },
        scans: new Map(scans.map((row) => [nameKey(row), row.scans])),
        writes: new Map(writes.map((row) => [nameKey(row), row])),
        standbys: await streamingStandbys(database),
        streams: identity.streams,
      },
    };
  } finally {
    await database.close();
  }
}

/** Errors of a replica name it: they would else be taken for the target's. */
async function about<Result>(url: string, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    const isCoded = isAmdahlError(error);
    if (!isCoded && !isDatabaseError(error)) throw error;
    throw databaseErrors.create(isCoded ? (error.code as DatabaseErrorCode) : refused, {
      expected: `to read the replica ${withoutPasswords(url)}`,
      found: isCoded ? error.found : error.message,
      next: 'Start it, or correct --replica (or "replicas" in the configuration). Without one of the replicas no index can be called unused.',
      cause: error,
      details: isCoded ? error.details : { sqlState: error.code },
    });
  }
}

function notAReplica(
  url: string,
  { expected, found }: { expected: string; found: string },
): AmdahlError {
  return databaseErrors.create('AMDAHL_DATABASE_NOT_A_REPLICA', {
    expected: `${withoutPasswords(url)} to be ${expected}`,
    found,
    next: 'Give --replica the URL of each standby of the database of --db, with the same database name at its end; leave others out.',
    details: { replica: withoutPasswords(url) },
  });
}

/** The server let us in and hides its counters. */
const refused = 'AMDAHL_DATABASE_REFUSED';

/** Host and port, for people. */
function addressOf(url: string): string {
  const { hostname, port } = new URL(url);
  return `${hostname || 'local socket'}:${port || '5432'}`;
}

interface ScansRow {
  readonly schema: string;
  readonly name: string;
  readonly scans: number;
}

interface WritesRow extends Writes {
  readonly schema: string;
  readonly name: string;
}
