import { expect, test } from 'vitest';
import { idleInTransaction } from '../../../src/audits/queries/idle-in-transaction.ts';
import { frame, span, trace } from '../../fixtures/agent.ts';
import { findingOf, findingsOf } from '../../fixtures/audit.ts';
import { idleTransaction, locksOf, lockWait } from './locks.ts';
import { evidence, route, site, statement } from './workload.ts';

const last = 'SELECT price FROM products WHERE id = $1';
const mailing = frame('src/mail.ts', 7, 'send');
const statements = [
  statement('SELECT quantity FROM stock WHERE id = $1 FOR UPDATE', { ms: 60 }),
  statement(last),
];
const traced = evidence(statements, {
  traces: [
    trace(route, 3_000, [
      span('statement', 'BEGIN', [0, 1]),
      span('statement', last, [1, 3]),
      span('socket', '127.0.0.1:25', [10, 2_500], { callSite: mailing }),
      span('statement', 'COMMIT', [2_510, 2_520]),
    ]),
  ],
});

test('the call during which the transaction is open is named', () => {
  const locks = locksOf({ idleInTransaction: [idleTransaction()] });
  const finding = findingOf(idleInTransaction, { ...traced, locks });
  expect(finding.title).toBe(`A transaction stays open and idle for up to 2.5 s after "${last}"`);
  expect(finding.where).toEqual(mailing);
  expect(finding.remedy.actions[0]).toContain('awaits 127.0.0.1:25 in src/mail.ts:7');
  expect(finding.remedy.change).toMatchObject({
    sql: expect.stringContaining('idle_in_transaction_session_timeout') as unknown,
  });
  expect(finding.routes).toEqual([{ route, share: 0 }]);
  expect(finding.prediction.gains).toEqual([]);
});

test('without traces the statement it ran last tells where to look', () => {
  const locks = locksOf({
    idleInTransaction: [idleTransaction({ state: 'idle in transaction (aborted)' })],
  });
  const finding = findingOf(idleInTransaction, { ...evidence(statements), locks });
  expect(finding.where).toEqual(site);
  expect(finding.title).toMatch(/^A transaction that failed stays open/);
});

test.each([
  ['less than a second', idleTransaction({ longestMs: 900 })],
  [
    'a worker that took what others skip',
    idleTransaction({ statement: 'SELECT id FROM jobs FOR UPDATE SKIP LOCKED LIMIT 1' }),
  ],
  ['a leader', idleTransaction({ statement: 'SELECT pg_advisory_xact_lock(42)' })],
])('nothing is found for %s', (_what, idle) => {
  const locks = locksOf({ idleInTransaction: [idle] });
  expect(findingsOf(idleInTransaction, { ...traced, locks })).toEqual([]);
});

test('a transaction others were found waiting for is part of that finding', () => {
  const locks = locksOf({ idleInTransaction: [idleTransaction()], waits: [lockWait()] });
  expect(findingsOf(idleInTransaction, { ...traced, locks })).toEqual([]);
});
