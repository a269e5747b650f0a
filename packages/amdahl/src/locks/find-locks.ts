import type { LockEvent } from '../artifacts/locks.ts';
import type { Finding } from '../audits/finding.ts';
import { findDeadlocks } from '../audits/queries/deadlock.ts';
import { findContention } from '../audits/queries/lock-contention.ts';
import { logEvidence } from '../audits/queries/lock-evidence.ts';
import { findSchemaLocks } from '../audits/queries/schema-lock-queue.ts';

/**
 * What a log alone says about locks, without a run: each waiting statement is a route of its own, and
 * gains are milliseconds a wait.
 */
export function findLocks(events: readonly LockEvent[]): readonly Finding[] {
  const evidence = logEvidence(events);
  return [findContention, findSchemaLocks, findDeadlocks].flatMap((find) => find(evidence));
}
