import { expect, test } from 'vitest';
import {
  firstLockOf,
  idleGapsOf,
  transactionsOf,
  transactionsWith,
} from '../../src/locks/traced-transaction.ts';
import { span, trace } from '../fixtures/agent.ts';

const statement = (
  name: string,
  at: readonly [number, number],
  connection?: number,
): ReturnType<typeof span> =>
  span('statement', name, at, connection === undefined ? {} : { connection });

const namesOf = (traced: ReturnType<typeof transactionsOf>): readonly (readonly string[])[] =>
  traced.map(({ statements }) => statements.map(({ name }) => name));

test('transactions are told apart by connection, and begin and end with their statements', () => {
  const request = trace('POST /orders', 100, [
    statement('SELECT 0', [0, 1], 1),
    statement('BEGIN ISOLATION LEVEL SERIALIZABLE', [1, 2], 1),
    statement('start transaction', [2, 3], 2),
    statement('SELECT 2', [3, 4], 2),
    statement('UPDATE a SET x = 1', [4, 5], 1),
    statement('ROLLBACK TO SAVEPOINT s', [5, 6], 1),
    statement('COMMIT', [6, 7], 1),
    statement('rollback', [7, 8], 2),
    statement('SELECT 9', [8, 9], 1),
  ]);
  expect(namesOf(transactionsOf(request))).toEqual([
    [
      'BEGIN ISOLATION LEVEL SERIALIZABLE',
      'UPDATE a SET x = 1',
      'ROLLBACK TO SAVEPOINT s',
      'COMMIT',
    ],
    ['start transaction', 'SELECT 2', 'rollback'],
  ]);
});

test('one that the request did not end, as when it failed, is one too', () => {
  const request = trace('POST /orders', 100, [
    statement('BEGIN', [0, 1]),
    statement('SELECT 1', [1, 2]),
  ]);
  expect(namesOf(transactionsOf(request))).toEqual([['BEGIN', 'SELECT 1']]);
});

test('a statement is found by its shape, literals and their marks alike', () => {
  const transactions = transactionsOf(
    trace('POST /orders', 100, [
      statement('BEGIN', [0, 1]),
      statement(`SELECT a || ? || b FROM c WHERE d = $1`, [1, 2]),
      statement('COMMIT', [2, 3]),
    ]),
  );
  expect(transactionsWith(`SELECT a || ', ' || b FROM c WHERE d = 7`, transactions)).toHaveLength(
    1,
  );
  expect(transactionsWith('SELECT b FROM c', transactions)).toEqual([]);
});

test('the first statement that locks rows of the table took the lock, not the one seen last', () => {
  const [transaction] = transactionsOf(
    trace('POST /orders', 100, [
      statement('BEGIN', [0, 1]),
      statement('SELECT * FROM stock', [1, 2]),
      statement('WITH taken AS (UPDATE stock SET x = ? RETURNING id) SELECT * FROM taken', [2, 3]),
      statement('SELECT * FROM users', [3, 4]),
      statement('DELETE FROM stock', [5, 6]),
      statement('COMMIT', [6, 7]),
    ]),
  );
  if (transaction === undefined) throw new Error('there is one');
  const seen = 'SELECT * FROM users';
  expect(firstLockOf(transaction, seen, ['stock'], false)?.name).toMatch(/^WITH taken/);
  // Even reading holds a lock on the table as a whole.
  expect(firstLockOf(transaction, seen, ['stock'], true)?.name).toBe('SELECT * FROM stock');
  expect(firstLockOf(transaction, seen, ['orders'], false)).toBeNull();
});

test('while it is idle, the call that covers most of the gap is named; what covers little is not', () => {
  const [transaction] = transactionsOf(
    trace('POST /orders', 100, [
      statement('BEGIN', [0, 1]),
      statement('SELECT 1', [1, 2]),
      span('http', 'POST http://pay/', [2, 42]),
      statement('SELECT a', [50, 51]),
      span('socket', 'cache:6379', [52, 53]),
      statement('COMMIT', [71, 72]),
      span('http', 'POST http://after/', [72, 99]),
    ]),
  );
  if (transaction === undefined) throw new Error('there is one');
  expect(
    idleGapsOf(transaction, null).map(({ after, ms, call }) => [after.name, ms, call?.name]),
  ).toEqual([
    ['SELECT 1', 48, 'POST http://pay/'],
    ['SELECT a', 20, undefined],
  ]);
  expect(idleGapsOf(transaction, 'SELECT a')).toMatchObject([{ ms: 20, call: null }]);
});
