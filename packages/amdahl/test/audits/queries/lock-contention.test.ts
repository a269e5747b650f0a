import { describe, expect, test } from 'vitest';
import type { LocksArtifact, LockWait } from '../../../src/artifacts/locks.ts';
import { lockContention } from '../../../src/audits/queries/lock-contention.ts';
import { frame } from '../../fixtures/agent.ts';
import { findingOf, findingsOf } from '../../fixtures/audit.ts';
import { evidence, route, site, statement } from './workload.ts';

const waiting = 'SELECT quantity FROM stock WHERE id = $1 FOR UPDATE';
const blocking = 'SELECT price FROM products WHERE id = $1';
const other = frame('src/price.ts', 9, 'priced');
const given = evidence([
  statement(waiting, { ms: 60 }),
  statement(blocking, { ms: 2, callSite: other }),
]);

function locks(wait: Partial<LockWait> = {}): LocksArtifact {
  return {
    intervalMs: 100,
    samples: 100,
    waits: [
      {
        waitingStatement: waiting,
        blockingStatement: blocking,
        blockingState: 'idle in transaction',
        samples: 48,
        longestWaitMs: 420,
        ...wait,
      },
    ],
    idleInTransaction: [],
  };
}

test('waits are joined to the statement, the place and the share of its time', () => {
  const finding = findingOf(lockContention, { ...given, locks: locks() });
  expect(finding.title).toBe(
    `"${waiting}" waits for locks, up to 420 ms, while a transaction does something else`,
  );
  expect(finding.where).toEqual(site);
  expect(finding.evidence).toContainEqual({ kind: 'code', title: 'In priced', frame: other });
  // 48 samples of 100 ms, of the 6 s that the statement took in 100 requests.
  expect(finding.prediction.gains[0]).toMatchObject({ route, boundMs: 60 });
  expect(finding.prediction.gains[0]?.gainMs.high).toBeCloseTo(48);
  expect(finding.remedy.actions[0]).toMatch(/outside the database/);
});

test('a statement the server cut, or shows with its constants, is still recognised', () => {
  const long = `SELECT ${Array.from({ length: 200 }, (_, n) => `column_${n}`).join(', ')} FROM stock FOR UPDATE`;
  const cut = evidence([statement(long, { ms: 60 })]);
  expect(
    findingsOf(lockContention, {
      ...cut,
      locks: locks({ waitingStatement: long.slice(0, 1_023) }),
    }),
  ).toHaveLength(1);
  const constant = 'SELECT quantity FROM stock WHERE id = 7 FOR UPDATE';
  expect(
    findingsOf(lockContention, { ...given, locks: locks({ waitingStatement: constant }) }),
  ).toHaveLength(1);
});

test('a transaction at work is told to be quick, not to do its other work elsewhere', () => {
  const finding = findingOf(lockContention, {
    ...given,
    locks: locks({ blockingState: 'active' }),
  });
  expect(finding.title).toMatch(/is at work$/);
  expect(finding.remedy.actions[0]).toMatch(/own statements fast first/);
});

describe('nothing is found', () => {
  test('for a chance meeting, however much of a rare statement it was', () => {
    const rare = evidence([statement(waiting, { ms: 8 })], { meanMs: 20 });
    expect(findingsOf(lockContention, { ...rare, locks: locks({ samples: 4 }) })).toEqual([]);
    expect(findingsOf(lockContention, { ...rare, locks: locks({ samples: 5 }) })).toHaveLength(1);
  });

  test.each([
    ['for a statement of someone else', locks({ waitingStatement: 'DELETE FROM audit_log' })],
    ['without waits', { ...locks(), waits: [] }],
  ])('%s', (_when, seen) => {
    expect(findingsOf(lockContention, { ...given, locks: seen })).toEqual([]);
  });
});
