import type { LockedObject, LockedObjectKind } from '../artifacts/locks.ts';

/** `locktype` of pg_locks as what a person takes it for. */
const kinds: Readonly<Record<string, LockedObjectKind>> = {
  tuple: 'row',
  transactionid: 'transaction',
  virtualxid: 'transaction',
  relation: 'relation',
  extend: 'relation',
  advisory: 'advisory',
};

/**
 * What a lock is on, from a row of pg_locks. Whoever waits for another transaction because of a row
 * holds a lock on that row's version meanwhile; so `relation` with a `transactionid` means a row.
 */
export function objectOf(locktype: string | null, relation: string | null): LockedObject {
  const kind = kinds[locktype ?? ''] ?? 'other';
  return { kind: kind === 'transaction' && relation !== null ? 'row' : kind, relation };
}

/** For people: `a row of stock`. */
export function objectName({ kind, relation }: LockedObject): string {
  switch (kind) {
    case 'row':
      return relation === null ? 'a row' : `a row of ${relation}`;
    case 'transaction':
      return "another transaction's changes";
    case 'relation':
      return relation === null ? 'a table' : `table ${relation}`;
    case 'advisory':
      return 'an advisory lock';
    default:
      return relation === null ? 'an object' : `an object of ${relation}`;
  }
}
