import { expect, test } from 'vitest';
import { findLocks } from '../../src/locks/find-locks.ts';
import { usesOf } from '../../src/workload/statement-uses.ts';
import type { LoggedWait } from '../../src/artifacts/locks.ts';

function logged(more: Partial<LoggedWait> = {}): LoggedWait {
  return {
    kind: 'wait',
    at: null,
    pid: 7,
    statement: 'UPDATE stock SET quantity = quantity - 1 WHERE id = 1',
    mode: 'ShareLock',
    object: { kind: 'row', relation: 'stock' },
    waitedMs: 2_000,
    end: 'acquired',
    holders: [{ pid: 6, statement: 'SELECT quantity FROM stock WHERE id = 1 FOR UPDATE' }],
    queue: [8, 9],
    ...more,
  };
}

test('a log alone gives findings whose gain is milliseconds a wait', () => {
  const [finding, ...others] = findLocks([
    logged(),
    logged({ pid: 8 }),
    logged({ waitedMs: 5_000 }),
  ]);
  expect(others).toEqual([]);
  expect(finding?.title).toMatch(/waits for locks, up to 5 s$/);
  expect(finding?.prediction.gains).toEqual([
    {
      route: 'a wait with UPDATE stock SET quantity = quantity - 1 WHERE id = 1',
      beforeMs: 3_000,
      boundMs: 3_000,
      gainMs: { low: 900, mid: 2_100, high: 3_000 },
    },
  ]);
  expect(finding?.evidence[0]).toMatchObject({
    kind: 'lock-graph',
    nodes: [
      { statement: 'SELECT quantity FROM stock WHERE id = 1 FOR UPDATE', state: 'holds the lock' },
      { state: 'waits', route: null, atOnce: 3 },
    ],
  });
});

test('where a workload counts the calls, the gain is milliseconds a call', () => {
  const statement = {
    text: 'UPDATE stock SET quantity = quantity - $1 WHERE id = $2',
    parameterLists: [],
    calls: 1_000,
    meanMs: 8,
    rows: null,
    origin: null,
    executedPlan: null,
  };
  const uses = usesOf({
    source: 'a log',
    unread: [],
    warnings: [],
    statements: [{ ...statement, exampleText: statement.text }],
  });
  const waits = [logged(), logged(), logged()];
  const [finding] = findLocks(waits, uses);
  // Three waits of two seconds among a thousand calls.
  expect(finding?.prediction.gains).toMatchObject([{ beforeMs: 8, gainMs: { high: 6 } }]);
});

test('a deadlock, and a line behind a change of a table, are found without an app', () => {
  const row = { kind: 'row', relation: 'stock' } as const;
  const [queue, deadlock] = findLocks([
    logged({
      statement: 'SELECT * FROM orders',
      mode: 'AccessShareLock',
      object: { kind: 'relation', relation: null },
      holders: [{ pid: 6, statement: 'ALTER TABLE orders ADD COLUMN note text' }],
    }),
    {
      kind: 'deadlock',
      at: null,
      source: 'log',
      victim: 7,
      processes: [
        { pid: 7, statement: 'UPDATE a SET x = 1', mode: 'ShareLock', object: row },
        { pid: 8, statement: 'UPDATE b SET x = 1', mode: 'ShareLock', object: row },
      ],
    },
  ]);
  expect(queue?.title).toBe(
    '"ALTER TABLE orders ADD COLUMN note text" holds up all who want a table, up to 2 s',
  );
  expect(deadlock).toMatchObject({ audit: 'deadlock' });
  expect(deadlock?.prediction.gains).toMatchObject([{ gainMs: { mid: 1_000 } }]);
});

test.each([
  ['a wait or two', [logged(), logged()]],
  [
    'processes that stand by to become the leader',
    Array.from({ length: 9 }, () =>
      logged({
        statement: 'SELECT pg_advisory_lock(42)',
        mode: 'ExclusiveLock',
        object: { kind: 'advisory', relation: null },
        end: 'unknown',
      }),
    ),
  ],
  ['an empty log', []],
])('nothing is found for %s', (_what, events) => {
  expect(findLocks(events)).toEqual([]);
});
