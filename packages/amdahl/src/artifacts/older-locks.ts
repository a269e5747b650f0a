import type { IdleTransaction, LocksArtifact, LockWait } from './locks.ts';

/** What recordings from before the server's log was read hold of a wait: nothing beside these. */
type OlderWait = Pick<
  LockWait,
  'waitingStatement' | 'blockingStatement' | 'blockingState' | 'samples' | 'longestWaitMs'
> &
  Partial<LockWait>;

type OlderIdle = Pick<IdleTransaction, 'statement' | 'samples' | 'longestMs'> &
  Partial<IdleTransaction>;

/** `locks.json` as any version wrote it. */
export type OlderLocks = Pick<LocksArtifact, 'samples'> &
  Partial<Omit<LocksArtifact, 'waits' | 'idleInTransaction'>> & {
    readonly waits: readonly OlderWait[];
    readonly idleInTransaction: readonly OlderIdle[];
  };

/** What an older recording does not tell of locks, as unknown or as not seen. */
export function completedLocks(locks: OlderLocks): LocksArtifact {
  const { intervalMs = 0 } = locks;
  return {
    intervalMs,
    events: [],
    deadlocks: null,
    warnings: [],
    ...locks,
    waits: locks.waits.map((wait) => ({
      mode: '',
      object: { kind: 'other', relation: null },
      blocker: 'client',
      through: [],
      waitedMs: wait.samples * intervalMs,
      longestTransactionMs: null,
      mostAtOnce: 1,
      mostRows: 0,
      application: '',
      clientPorts: [],
      ...wait,
    })),
    idleInTransaction: locks.idleInTransaction.map((idle) => ({
      state: 'idle in transaction',
      application: '',
      longestTransactionMs: idle.longestMs,
      ...idle,
    })),
  };
}
