import type { LockEvent } from '../artifacts/locks.ts';
import type { Finding } from '../audits/finding.ts';
import { findDeadlocks } from '../audits/queries/deadlock.ts';
import { findContention } from '../audits/queries/lock-contention.ts';
import { logEvidence } from '../audits/queries/lock-evidence.ts';
import { findSchemaLocks } from '../audits/queries/schema-lock-queue.ts';
import type { StatementUse } from '../audits/queries/statement-use.ts';

/**
 * What a log alone says about locks, without a run. Gains are milliseconds a call where the workload
 * knows the statement, else milliseconds a wait, on a route that stands for waiting itself.
 *
 * @param workload statements of the same database, as `usesOf` makes them
 */
export function findLocks(
  events: readonly LockEvent[],
  workload: readonly StatementUse[] = [],
): readonly Finding[] {
  const evidence = logEvidence(events, workload);
  return [findContention, findSchemaLocks, findDeadlocks].flatMap((find) => find(evidence));
}
