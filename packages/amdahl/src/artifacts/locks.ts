/** Lock waits sampled with `pg_blocking_pids` while the load ran. */
export interface LocksArtifact {
  readonly intervalMs: number;
  readonly samples: number;
  readonly waits: readonly LockWait[];
  /** Sessions seen idle in an open transaction, by the statement they ran last. */
  readonly idleInTransaction: readonly {
    readonly statement: string;
    readonly samples: number;
    readonly longestMs: number;
  }[];
}

export interface LockWait {
  readonly waitingStatement: string;
  readonly blockingStatement: string;
  /** What the blocking session was doing: `active`, `idle in transaction`. */
  readonly blockingState: string;
  /** Samples in which this wait was seen. */
  readonly samples: number;
  readonly longestWaitMs: number;
}
