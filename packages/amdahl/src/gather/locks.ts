import { setTimeout as delay } from 'node:timers/promises';
import type { LocksArtifact, LockWait } from '../artifacts/locks.ts';
import { isDatabaseError, openReadOnly } from '../sql/read-only-database.ts';
import { noDatabase } from './catalog.ts';
import type { Absent, Gatherer } from './gatherer.ts';

/** Waits shorter than this are seen only in proportion to their length, which is all a mean needs. */
export const lockSamplingMs = 100;

/** Different pairs of statements kept; a hostile load could make up any number. */
const maxKept = 500;

/**
 * Who waits for whom in this database, by `pg_blocking_pids` alone: joining `pg_locks` on the object
 * accuses sessions whose lock does not conflict. Ordered so that the first blocker comes first.
 */
const waitsQuery = `
SELECT w.query AS "waitingStatement", b.query AS "blockingStatement",
       b.state AS "blockingState",
       (1000 * EXTRACT(EPOCH FROM clock_timestamp() - coalesce(l.since, w.query_start)))::float8
         AS "waitedMs"
FROM pg_stat_activity w
CROSS JOIN LATERAL unnest(pg_blocking_pids(w.pid)) AS blocking(pid)
JOIN pg_stat_activity b ON b.pid = blocking.pid
LEFT JOIN LATERAL (SELECT max(NULLIF(to_jsonb(k) ->> 'waitstart', '')::timestamptz) AS since
                   FROM pg_locks k WHERE k.pid = w.pid AND NOT k.granted) l ON true
WHERE w.wait_event_type = 'Lock' AND w.datname = current_database()`;

const idleQuery = `
SELECT query AS statement,
       (1000 * EXTRACT(EPOCH FROM clock_timestamp() - state_change))::float8 AS "idleMs"
FROM pg_stat_activity
WHERE state LIKE 'idle in transaction%' AND datname = current_database()
  AND pid <> pg_backend_pid()`;

/** Sessions of other roles show their statements only to members of pg_read_all_stats. */
const rightsQuery = `
SELECT current_user AS role, pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS "readsAll",
  EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()
          AND query = '<insufficient privilege>') AS hidden`;

/** Samples lock waits and idle transactions while the load runs. */
export const locksGatherer: Gatherer<'locks'> = {
  artifact: 'locks',
  phase: 'during',
  label: 'watching locks',
  gather: async ({ options }) => {
    if (options.database === null) return { absent: noDatabase };
    const database = await openReadOnly(options.database);
    const ended = new AbortController();
    const waits = new Map<string, Mutable<LockWait>>();
    const idle = new Map<string, Mutable<LocksArtifact['idleInTransaction'][number]>>();
    let samples = 0;
    let failure: unknown = null;

    const sample = async (): Promise<void> => {
      const waiting = await database.query<WaitRow>(waitsQuery);
      const idling = await database.query<{ statement: string; idleMs: number }>(idleQuery);
      samples += 1;
      for (const { waitedMs, ...wait } of waiting) {
        const key = JSON.stringify(wait);
        const known = waits.get(key) ?? { ...wait, samples: 0, longestWaitMs: 0 };
        known.samples += 1;
        known.longestWaitMs = Math.max(known.longestWaitMs, waitedMs);
        if (waits.size < maxKept) waits.set(key, known);
      }
      for (const { statement, idleMs } of idling) {
        const known = idle.get(statement) ?? { statement, samples: 0, longestMs: 0 };
        known.samples += 1;
        known.longestMs = Math.max(known.longestMs, idleMs);
        if (idle.size < maxKept) idle.set(statement, known);
      }
    };
    const watching = (async () => {
      while (!ended.signal.aborted) {
        await sample();
        await delay(lockSamplingMs, undefined, { signal: ended.signal }).catch(() => undefined);
      }
    })().catch((error: unknown) => (failure = error));

    return async (): Promise<LocksArtifact | Absent> => {
      ended.abort();
      await watching;
      try {
        if (failure !== null && !isDatabaseError(failure)) throw failure;
        if (failure !== null) return { absent: (failure as Error).message };
        const [rights] = await database.query<RightsRow>(rightsQuery);
        if (rights?.hidden === true && !rights.readsAll) return { absent: hiddenBy(rights.role) };
        return {
          intervalMs: lockSamplingMs,
          samples,
          waits: [...waits.values()].sort((a, b) => b.samples - a.samples),
          idleInTransaction: [...idle.values()].sort((a, b) => b.samples - a.samples),
        };
      } finally {
        await database.close();
      }
    };
  },
};

function hiddenBy(role: string): string {
  return `the role ${role} may not see what other sessions do (GRANT pg_read_all_stats TO ${role})`;
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

interface WaitRow {
  readonly waitingStatement: string;
  readonly blockingStatement: string;
  readonly blockingState: string;
  readonly waitedMs: number;
}

interface RightsRow {
  readonly role: string;
  readonly readsAll: boolean;
  readonly hidden: boolean;
}
