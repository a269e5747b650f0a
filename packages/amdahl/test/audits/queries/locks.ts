import type { IdleTransaction, LocksArtifact, LockWait } from '../../../src/artifacts/locks.ts';

/** A wait for a row of stock, seen 48 times in 100 samples of 100 ms. */
export function lockWait(more: Partial<LockWait> = {}): LockWait {
  const samples = more.samples ?? 48;
  return {
    waitingStatement: 'SELECT quantity FROM stock WHERE id = $1 FOR UPDATE',
    mode: 'ShareLock',
    object: { kind: 'row', relation: 'stock' },
    blockingStatement: 'SELECT price FROM products WHERE id = $1',
    blockingState: 'idle in transaction',
    blocker: 'client',
    through: [],
    samples,
    waitedMs: samples * 100,
    longestWaitMs: 420,
    longestTransactionMs: 600,
    mostAtOnce: 1,
    mostRows: 1,
    application: '',
    clientPorts: [],
    ...more,
  };
}

export function locksOf(more: Partial<LocksArtifact> = {}): LocksArtifact {
  return {
    intervalMs: 100,
    samples: 100,
    waits: [],
    idleInTransaction: [],
    events: [],
    deadlocks: 0,
    warnings: [],
    ...more,
  };
}

export function idleTransaction(more: Partial<IdleTransaction> = {}): IdleTransaction {
  return {
    statement: 'SELECT price FROM products WHERE id = $1',
    state: 'idle in transaction',
    application: '',
    samples: 30,
    longestMs: 2_500,
    longestTransactionMs: 2_600,
    ...more,
  };
}
