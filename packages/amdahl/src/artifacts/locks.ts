/**
 * Who waited for whom in the database while the load ran: sampled with `pg_blocking_pids`, and what
 * the server's log said about locks.
 */
export interface LocksArtifact {
  /** Time between samples, as intended; 0 when nothing was sampled. */
  readonly intervalMs: number;
  /** 0 when all there is comes from a log. */
  readonly samples: number;
  /** Waiting, by what waits for what; those that stand for most time first. */
  readonly waits: readonly LockWait[];
  /** Sessions seen idle in an open transaction, by the statement they ran last. */
  readonly idleInTransaction: readonly IdleTransaction[];
  /** What the log says, and deadlocks that a sample caught, in the order they happened. */
  readonly events: readonly LockEvent[];
  /** Deadlocks that the server counted in this database meanwhile; null when it was not asked. */
  readonly deadlocks: number | null;
  /** What is missing or to be taken with care, as sentences. */
  readonly warnings: readonly string[];
}

/** Sessions that wait with one statement for a transaction that blocks them. */
export interface LockWait {
  readonly waitingStatement: string;
  /** `ShareLock`, `AccessExclusiveLock`, … */
  readonly mode: string;
  readonly object: LockedObject;
  /**
   * The last statement of the session at the head of the line, which itself waits for no lock; empty
   * when it is not known.
   */
  readonly blockingStatement: string;
  /**
   * What that session was doing: `active`, `idle in transaction`, `prepared`; empty when unknown;
   * `waits` when the line leads into a circle and has no head: then it is the next in line.
   */
  readonly blockingState: string;
  readonly blocker: BlockerKind;
  /** Statements that stand between the two in the line, the nearest to the waiting one first. */
  readonly through: readonly string[];
  /** Sightings: a session that waits in three samples is three. */
  readonly samples: number;
  /** What they stand for; a session with two blockers at the heads of its lines counts half for each. */
  readonly waitedMs: number;
  readonly longestWaitMs: number;
  /** How old the blocking transaction became; null when it is not known. */
  readonly longestTransactionMs: number | null;
  /** Most sessions that waited behind one transaction with this statement at once. */
  readonly mostAtOnce: number;
  /** Most rows that were contended for at once; 0 when it is not about a row. */
  readonly mostRows: number;
  /** Of a blocking session. */
  readonly application: string;
  /** Of blocking sessions, a few, to find them elsewhere: a client's port tells the process. */
  readonly clientPorts: readonly number[];
}

export type BlockerKind = 'client' | 'autovacuum' | 'prepared-transaction' | 'other';

/** What a lock is on. */
export interface LockedObject {
  readonly kind: LockedObjectKind;
  /** The table, as the search path would name it; null where the server does not say. */
  readonly relation: string | null;
}

/**
 * `row`: a row version, which sessions wait for as a lock on the tuple or on the transaction that
 * changed it; `transaction`: the same without a known row, such as a value of a unique index.
 */
export type LockedObjectKind = 'row' | 'transaction' | 'relation' | 'advisory' | 'other';

export interface IdleTransaction {
  readonly statement: string;
  /** `idle in transaction` or `idle in transaction (aborted)`. */
  readonly state: string;
  readonly application: string;
  readonly samples: number;
  /** Longest without a statement. */
  readonly longestMs: number;
  /** Age of the oldest such transaction. */
  readonly longestTransactionMs: number;
}

export type LockEvent = LoggedWait | Deadlock | LockTimeout;

/** A wait of more than `deadlock_timeout`, as `log_lock_waits` tells of it. */
export interface LoggedWait {
  readonly kind: 'wait';
  /** ISO 8601; null when the log does not say. */
  readonly at: string | null;
  readonly pid: number;
  readonly statement: string;
  readonly mode: string;
  readonly object: LockedObject;
  readonly waitedMs: number;
  /** How it ended, as far as the log tells. */
  readonly end: 'acquired' | 'failed' | 'unknown';
  readonly holders: readonly LogProcess[];
  /** Others that waited for the same, in their order. */
  readonly queue: readonly number[];
}

/** A process the log names, and the last statement the log had from it. */
export interface LogProcess {
  readonly pid: number;
  readonly statement: string | null;
}

/** A circle of transactions, of which the server ended one. */
export interface Deadlock {
  readonly kind: 'deadlock';
  readonly at: string | null;
  /** `log`, or `sample`: seen before the server noticed. */
  readonly source: 'log' | 'sample';
  /** Each waits for the next, the last for the first. */
  readonly processes: readonly DeadlockedProcess[];
  /** The process that was ended; null when it is not known. */
  readonly victim: number | null;
}

export interface DeadlockedProcess {
  readonly pid: number;
  readonly statement: string;
  /** What it waited for. */
  readonly mode: string;
  readonly object: LockedObject;
}

/** A statement given up because of `lock_timeout`. */
export interface LockTimeout {
  readonly kind: 'timeout';
  readonly at: string | null;
  readonly pid: number | null;
  readonly statement: string;
  readonly relation: string | null;
}
