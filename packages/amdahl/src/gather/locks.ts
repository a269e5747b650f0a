import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { isAmdahlError } from '@amdahl/metrics';
import type { Deadlock, LockEvent, LocksArtifact } from '../artifacts/locks.ts';
import { LockLedger } from '../locks/lock-ledger.ts';
import { readLockSample } from '../locks/lock-sample.ts';
import { lockEventsSince, markLog } from '../locks/server-log.ts';
import { isDatabaseError, openReadOnly, type ReadOnlyDatabase } from '../sql/read-only-database.ts';
import { noDatabase } from './catalog.ts';
import { unreadable } from '../workload/log/read-lines.ts';
import type { Absent, GatherContext, Gatherer } from './gatherer.ts';

/** Waits shorter than this are seen only in proportion to their length, which is all a mean needs. */
export const lockSamplingMs = 100;

/** Sessions of other roles show their statements only to members of pg_read_all_stats. */
const rightsQuery = `
SELECT current_user AS role, pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS "readsAll",
  EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()
          AND query = '<insufficient privilege>') AS hidden`;

/** Off by default up to 18: then the log tells of deadlocks and timeouts, and of no other wait. */
const logsWaitsQuery = `SELECT setting = 'on' AS "logsWaits" FROM pg_settings WHERE name = 'log_lock_waits'`;

const deadlocksQuery = `
SELECT deadlocks::float8 AS count FROM pg_stat_database WHERE datname = current_database()`;

/** Samples lock waits and idle transactions while the load runs, and reads what the log says of it. */
export const locksGatherer: Gatherer<'locks'> = {
  artifact: 'locks',
  phase: 'during',
  label: 'watching locks',
  gather: async ({ options, warn }) => {
    const { database: url, databaseLog } = options;
    if (url === null && databaseLog === null) return { absent: noDatabase };
    const readLog = await followLog(databaseLog, warn);
    const endSampling = url === null ? null : await startSampling(url, databaseLog !== null);
    return async (): Promise<LocksArtifact | Absent> => {
      const sampled = await endSampling?.();
      const { events, warnings } = await readLog();
      if (sampled !== undefined && 'absent' in sampled) return sampled;
      return joined(sampled ?? nothingSampled, events, warnings);
    };
  },
};

const nothingSampled: LocksArtifact = {
  intervalMs: 0,
  samples: 0,
  waits: [],
  idleInTransaction: [],
  events: [],
  deadlocks: null,
  warnings: [],
};

/** Begins to sample; the function answered ends it. */
async function startSampling(
  url: string,
  withLog: boolean,
): Promise<() => Promise<LocksArtifact | Absent>> {
  const database = await openReadOnly(url);
  const ended = new AbortController();
  const ledger = new LockLedger();
  const deadlocksBefore = await deadlocksOf(database);
  let failure: unknown = null;
  const watching = (async () => {
    let sampledAt = performance.now() - lockSamplingMs;
    while (!ended.signal.aborted) {
      const sample = await readLockSample(database);
      const now = performance.now();
      ledger.add(sample, now - sampledAt, new Date());
      sampledAt = now;
      await delay(lockSamplingMs, undefined, { signal: ended.signal }).catch(() => undefined);
    }
  })().catch((error: unknown) => (failure = error));

  return async () => {
    ended.abort();
    await watching;
    try {
      if (failure !== null && !isDatabaseError(failure)) throw failure;
      if (failure !== null) return { absent: (failure as Error).message };
      const [rights] = await database.query<RightsRow>(rightsQuery);
      if (rights?.hidden === true && !rights.readsAll) return { absent: hiddenBy(rights.role) };
      const deadlocksAfter = await deadlocksOf(database);
      const sampled = ledger.result();
      return {
        intervalMs: lockSamplingMs,
        ...sampled,
        warnings: [...sampled.warnings, ...(withLog ? await logWarnings(database) : [])],
        deadlocks:
          deadlocksBefore === null || deadlocksAfter === null
            ? null
            : Math.max(0, deadlocksAfter - deadlocksBefore),
      };
    } finally {
      await database.close();
    }
  };
}

async function deadlocksOf(database: ReadOnlyDatabase): Promise<number | null> {
  const [row] = await database.query<{ count: number }>(deadlocksQuery);
  return row?.count ?? null;
}

async function logWarnings(database: ReadOnlyDatabase): Promise<readonly string[]> {
  const [row] = await database.query<{ logsWaits: boolean }>(logsWaitsQuery);
  if (row?.logsWaits !== false) return [];
  return [
    'log_lock_waits is off: the log tells of deadlocks and lock_timeout, and of no other wait for a lock.',
  ];
}

type LogReading = Pick<LocksArtifact, 'events' | 'warnings'>;

/** Remembers where the log ends; a log that cannot be read costs only what it would have told. */
async function followLog(
  file: string | null,
  warn: GatherContext['warn'],
): Promise<() => Promise<LogReading>> {
  if (file === null) return () => Promise.resolve({ events: [], warnings: [] });
  const unread = (error: unknown): LogReading => {
    const coded = isAmdahlError(error) ? error : unreadable(file, error as NodeJS.ErrnoException);
    if (isAmdahlError(coded)) warn(coded);
    return { events: [], warnings: [coded.message] };
  };
  try {
    const mark = await markLog(file);
    return async () => {
      try {
        return { events: await lockEventsSince(mark), warnings: [] };
      } catch (error) {
        return unread(error);
      }
    };
  } catch (error) {
    const reading = unread(error);
    return () => Promise.resolve(reading);
  }
}

/** Joins both; a deadlock that the log tells of is not also one that a sample caught. */
function joined(
  sampled: LocksArtifact,
  logged: readonly LockEvent[],
  warnings: readonly string[],
): LocksArtifact {
  const circleOf = ({ processes }: Deadlock): string =>
    processes
      .map(({ pid }) => pid)
      .sort((a, b) => a - b)
      .join();
  const known = new Set(
    logged.flatMap((event) => (event.kind === 'deadlock' ? [circleOf(event)] : [])),
  );
  const caught = sampled.events.filter(
    (event) => event.kind !== 'deadlock' || !known.has(circleOf(event)),
  );
  return {
    ...sampled,
    events: [...logged, ...caught].sort((a, b) => ((a.at ?? '') < (b.at ?? '') ? -1 : 1)),
    warnings: [...sampled.warnings, ...warnings],
  };
}

function hiddenBy(role: string): string {
  return `the role ${role} may not see what other sessions do (GRANT pg_read_all_stats TO ${role})`;
}

interface RightsRow {
  readonly role: string;
  readonly readsAll: boolean;
  readonly hidden: boolean;
}
