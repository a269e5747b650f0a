import type { BlockerKind } from '../artifacts/locks.ts';
import type { ReadOnlyDatabase } from '../sql/read-only-database.ts';

/** Sessions that wait for locks, those they wait for, and those idle in a transaction, at one moment. */
export type LockSample = readonly SampledSession[];

export interface SampledSession {
  /** 0 for a prepared transaction, which has no session any more; workers have that of their leader. */
  readonly pid: number;
  readonly kind: BlockerKind;
  /** The statement it runs or ran last. */
  readonly statement: string;
  readonly state: string;
  readonly application: string;
  readonly clientPort: number | null;
  /** Age of its transaction. */
  readonly transactionMs: number | null;
  /** Time since it began to do what it does. */
  readonly stateMs: number | null;
  /** What it waits for; null when it waits for no lock. */
  readonly wait: SampledWait | null;
}

export interface SampledWait {
  readonly blockedBy: readonly number[];
  readonly mode: string;
  /** `locktype` of pg_locks. */
  readonly locktype: string;
  readonly relation: string | null;
  /** Tells rows apart: `16384:0:1`; null when it is not about a known row. */
  readonly row: string | null;
  readonly waitedMs: number;
}

/**
 * Who waits for whom by `pg_blocking_pids` alone: joining `pg_locks` on the object accuses sessions
 * whose lock does not conflict. `pg_locks` only tells what a session waits for, and is not read when
 * nobody waits. Columns that came with 13 (`leader_pid`) and 14 (`waitstart`) are taken from rows
 * read as JSON, so that one text serves all versions from 12 on.
 *
 * A session that waits for a row waits for the transaction that changed it, and holds a lock on the
 * row's version meanwhile (README.tuplock of PostgreSQL's heap): that one names table and row.
 */
const sampleQuery = `
WITH waiting AS MATERIALIZED (
  SELECT pid, pg_blocking_pids(pid) AS "blockedBy" FROM pg_stat_activity
  WHERE wait_event_type = 'Lock' AND datname = current_database()
), locks AS MATERIALIZED (
  SELECT k.*, NULLIF(to_jsonb(k) ->> 'waitstart', '')::timestamptz AS since
  FROM pg_locks k WHERE EXISTS (SELECT FROM waiting) AND k.pid IN (SELECT pid FROM waiting)
    AND (NOT k.granted OR k.locktype = 'tuple')
)
SELECT a.pid, NULLIF(to_jsonb(a) ->> 'leader_pid', '')::int AS "leader",
       a.query AS statement, coalesce(a.state, '') AS state,
       coalesce(a.application_name, '') AS application, a.client_port AS "clientPort",
       a.backend_type AS "backendType",
       (1000 * EXTRACT(EPOCH FROM clock_timestamp() - a.xact_start))::float8 AS "transactionMs",
       (1000 * EXTRACT(EPOCH FROM clock_timestamp() - a.state_change))::float8 AS "stateMs",
       w."blockedBy", l.mode, l.locktype, l.transactionid::text AS "transaction",
       (1000 * EXTRACT(EPOCH FROM clock_timestamp() - coalesce(l.since, a.query_start)))::float8
         AS "waitedMs",
       coalesce(l.relation, t.relation)::regclass::text AS relation,
       concat_ws(':', t.relation, t.page, t.tuple) AS "row"
FROM pg_stat_activity a
LEFT JOIN waiting w USING (pid)
LEFT JOIN LATERAL (SELECT * FROM locks k WHERE k.pid = a.pid AND NOT k.granted LIMIT 1) l ON true
LEFT JOIN LATERAL (SELECT * FROM locks k WHERE k.pid = a.pid AND k.locktype = 'tuple'
                   ORDER BY k.granted LIMIT 1) t ON true
WHERE a.pid <> pg_backend_pid()
  AND (a.datname = current_database() AND a.state LIKE 'idle in transaction%'
       OR w.pid IS NOT NULL
       OR a.pid IN (SELECT unnest("blockedBy") FROM waiting))`;

/** Asked only when a prepared transaction stands in somebody's way. */
const preparedQuery = `
SELECT gid, transaction::text AS "transaction",
       (1000 * EXTRACT(EPOCH FROM clock_timestamp() - prepared))::float8 AS "transactionMs"
FROM pg_prepared_xacts WHERE database = current_database() ORDER BY prepared`;

/** Looks once. */
export async function readLockSample(database: ReadOnlyDatabase): Promise<LockSample> {
  const rows = await database.query<SessionRow>(sampleQuery);
  const sessions = new Map<number, SampledSession>();
  for (const row of rows) {
    const session = sessionOf(row);
    // Of a leader and its workers, the one that waits tells.
    if (sessions.get(session.pid)?.wait == null) sessions.set(session.pid, session);
  }
  if (rows.some((row) => row.blockedBy?.includes(0) === true)) {
    const prepared = await database.query<PreparedRow>(preparedQuery);
    const awaited = new Set(rows.map((row) => row.transaction));
    const inTheWay = prepared.find(({ transaction }) => awaited.has(transaction)) ?? prepared[0];
    if (inTheWay !== undefined) sessions.set(0, preparedSession(inTheWay));
  }
  return [...sessions.values()];
}

function sessionOf(row: SessionRow): SampledSession {
  const { application, clientPort, transactionMs, stateMs, state } = row;
  return {
    pid: row.leader ?? row.pid,
    kind: kindOf(row.backendType),
    statement: row.statement ?? '',
    state,
    application,
    clientPort,
    transactionMs,
    stateMs,
    wait:
      row.blockedBy === null || row.blockedBy.length === 0
        ? null
        : {
            blockedBy: [...new Set(row.blockedBy)],
            mode: row.mode ?? '',
            locktype: row.locktype ?? '',
            relation: row.relation,
            row: row.row === '' ? null : row.row,
            waitedMs: row.waitedMs ?? 0,
          },
  };
}

function preparedSession({ gid, transactionMs }: PreparedRow): SampledSession {
  return {
    pid: 0,
    kind: 'prepared-transaction',
    statement: `PREPARE TRANSACTION '${gid.replaceAll("'", "''")}'`,
    state: 'prepared',
    application: '',
    clientPort: null,
    transactionMs,
    stateMs: transactionMs,
    wait: null,
  };
}

function kindOf(backendType: string): BlockerKind {
  if (backendType === 'client backend' || backendType === 'parallel worker') return 'client';
  return backendType === 'autovacuum worker' ? 'autovacuum' : 'other';
}

interface SessionRow {
  readonly pid: number;
  readonly leader: number | null;
  readonly statement: string | null;
  readonly state: string;
  readonly application: string;
  readonly clientPort: number | null;
  readonly backendType: string;
  readonly transactionMs: number | null;
  readonly stateMs: number | null;
  readonly blockedBy: readonly number[] | null;
  readonly mode: string | null;
  readonly locktype: string | null;
  readonly transaction: string | null;
  readonly waitedMs: number | null;
  readonly relation: string | null;
  readonly row: string;
}

interface PreparedRow {
  readonly gid: string;
  readonly transaction: string;
  readonly transactionMs: number;
}
