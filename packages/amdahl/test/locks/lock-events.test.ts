import { expect, test } from 'vitest';
import { lockEventsOf } from '../../src/locks/lock-events.ts';
import type { LogEntry } from '../../src/workload/log/log-entry.ts';

function entry(pid: number, message: string, more: Partial<LogEntry> = {}): LogEntry {
  return {
    at: new Date('2026-11-27T03:00:00Z'),
    pid,
    user: 'app',
    database: 'shop',
    level: 'LOG',
    message,
    detail: null,
    context: null,
    statement: null,
    hint: null,
    query: null,
    ...more,
  };
}

const update = 'UPDATE stock SET quantity = 1 WHERE id = 1';

test('the messages about one wait are one wait, with how it ended and who was in the way', async () => {
  const events = await lockEventsOf([
    entry(6, 'duration: 0.512 ms  execute <unnamed>: SELECT 1 FROM stock FOR UPDATE'),
    entry(7, 'process 7 still waiting for ShareLock on transaction 743 after 1000.123 ms', {
      detail: 'Process holding the lock: 6. Wait queue: 7, 9.',
      context: 'while updating tuple (0,1) in relation "stock"',
      statement: update,
    }),
    entry(
      9,
      'process 9 still waiting for ExclusiveLock on tuple (0,1) of relation 16384 of database 5 after 1000.4 ms',
      {
        detail: 'Processes holding the lock: 7, 6. Wait queue: 9.',
        statement: update,
      },
    ),
    entry(7, 'process 7 acquired ShareLock on transaction 743 after 2500.5 ms', {
      context: 'while updating tuple (0,1) in relation "stock"',
      statement: update,
    }),
  ]);
  expect(events).toEqual([
    {
      kind: 'wait',
      at: '2026-11-27T03:00:00.000Z',
      pid: 7,
      statement: update,
      mode: 'ShareLock',
      object: { kind: 'row', relation: 'stock' },
      waitedMs: 2500.5,
      end: 'acquired',
      holders: [{ pid: 6, statement: 'SELECT 1 FROM stock FOR UPDATE' }],
      queue: [9],
    },
    expect.objectContaining({
      pid: 9,
      object: { kind: 'row', relation: null },
      end: 'unknown',
      holders: [
        { pid: 7, statement: update },
        { pid: 6, statement: 'SELECT 1 FROM stock FOR UPDATE' },
      ],
      queue: [],
    }),
  ]);
});

test.each([
  ['relation 16384 of database 5', { kind: 'relation', relation: null }],
  ['extension of relation 16384 of database 5', { kind: 'relation', relation: null }],
  ['page 3 of relation 16384 of database 5', { kind: 'row', relation: null }],
  ['virtual transaction 3/17', { kind: 'transaction', relation: null }],
  ['speculative token 1 of transaction 743', { kind: 'transaction', relation: null }],
  ['advisory lock [5,0,42,1]', { kind: 'advisory', relation: null }],
  ['object 16390 of class 1259 of database 5', { kind: 'other', relation: null }],
])('a lock on %s is told from others', async (described, object) => {
  const events = await lockEventsOf([
    entry(7, `process 7 still waiting for ExclusiveLock on ${described} after 1000.1 ms`),
  ]);
  expect(events).toMatchObject([{ mode: 'ExclusiveLock', object, holders: [] }]);
});

test('a circle of three keeps its order, and statements of several lines stay whole', async () => {
  const events = await lockEventsOf([
    entry(9, 'deadlock detected', {
      level: 'ERROR',
      detail: [
        'Process 9 waits for ShareLock on transaction 740; blocked by process 7.',
        'Process 7 waits for ShareLock on transaction 741; blocked by process 8.',
        'Process 8 waits for AccessExclusiveLock on relation 16384 of database 5; blocked by process 9.',
        'Process 9: UPDATE stock',
        '\tSET quantity = 1',
        'Process 7: DELETE FROM orders',
        `Process 8: LOCK TABLE stock -- Process 9: no, that one's`,
      ].join('\n'),
      context: 'while updating tuple (0,2) in relation "stock"',
      statement: 'UPDATE stock\n\tSET quantity = 1',
    }),
  ]);
  expect(events).toEqual([
    {
      kind: 'deadlock',
      at: '2026-11-27T03:00:00.000Z',
      source: 'log',
      victim: 9,
      processes: [
        {
          pid: 9,
          statement: 'UPDATE stock\n\tSET quantity = 1',
          mode: 'ShareLock',
          object: { kind: 'row', relation: 'stock' },
        },
        {
          pid: 7,
          statement: 'DELETE FROM orders',
          mode: 'ShareLock',
          object: { kind: 'transaction', relation: null },
        },
        {
          pid: 8,
          statement: `LOCK TABLE stock -- Process 9: no, that one's`,
          mode: 'AccessExclusiveLock',
          object: { kind: 'relation', relation: null },
        },
      ],
    },
  ]);
});

test('a statement given up is told from one that waits on', async () => {
  const events = await lockEventsOf([
    entry(7, 'process 7 still waiting for ShareLock on transaction 743 after 1000.123 ms', {
      statement: update,
    }),
    entry(7, 'canceling statement due to lock timeout', {
      level: 'ERROR',
      context: 'while locking tuple (0,1) in relation "stock"',
      statement: update,
    }),
  ]);
  expect(events).toMatchObject([
    { kind: 'wait', end: 'failed' },
    { kind: 'timeout', pid: 7, statement: update, relation: 'stock' },
  ]);
});

test('other messages, and those cut in the middle, are no events', async () => {
  expect(
    await lockEventsOf([
      entry(7, 'duration: 0.512 ms  statement: SELECT 1'),
      entry(7, 'deadlock detected', { level: 'ERROR', detail: 'Process 9 waits for Sha' }),
      entry(7, 'process 7 still waiting for'),
    ]),
  ).toEqual([]);
});
