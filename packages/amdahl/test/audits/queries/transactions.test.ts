import { expect, test } from 'vitest';
import { transactionsOf } from '../../../src/audits/queries/transactions.ts';
import { span, trace } from '../../fixtures/agent.ts';

test('transactions of two connections at once are told apart, with the time between statements', () => {
  const on = (connection: number, name: string, times: readonly [number, number]) =>
    span('statement', name, times, { connection });
  const found = transactionsOf(
    trace('POST /', 100, [
      on(1, 'BEGIN', [0, 1]),
      on(2, 'begin read only', [1, 2]),
      on(1, 'UPDATE a', [5, 7]),
      on(2, 'SELECT 1', [6, 8]),
      on(1, 'ROLLBACK TO SAVEPOINT s', [8, 9]),
      on(2, 'commit', [9, 10]),
      on(1, 'COMMIT', [19, 20]),
      on(1, 'SELECT 2', [30, 31]),
    ]),
  );
  expect(
    found.map(({ spans, durationUs, idleUs }) => [spans.map(({ id }) => id), durationUs, idleUs]),
  ).toEqual([
    [[0, 2, 4, 6], 20_000, 15_000],
    [[1, 3, 5], 9_000, 5_000],
  ]);
});

test('one that is still open lasts as long as it was seen', () => {
  const [open] = transactionsOf(
    trace('POST /', 100, [
      span('statement', 'START TRANSACTION', [0, 1]),
      span('statement', 'UPDATE a', [5, 7]),
    ]),
  );
  expect(open).toMatchObject({ durationUs: 7_000, idleUs: 4_000 });
});
