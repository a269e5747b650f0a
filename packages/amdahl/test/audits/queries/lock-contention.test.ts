import { describe, expect, test } from 'vitest';
import type { LockGraphDetail } from '../../../src/audits/detail.ts';
import { lockContention } from '../../../src/audits/queries/lock-contention.ts';
import { frame, span, trace } from '../../fixtures/agent.ts';
import { findingOf, findingsOf } from '../../fixtures/audit.ts';
import { locksOf, lockWait } from './locks.ts';
import { evidence, route, site, statement } from './workload.ts';

const waiting = 'SELECT quantity FROM stock WHERE id = $1 FOR UPDATE';
const blocking = 'SELECT price FROM products WHERE id = $1';
const other = frame('src/price.ts', 9, 'priced');
const paying = frame('src/pay.ts', 3, 'authorise');
const charge = 'POST http://127.0.0.1:8025/charge';

const order = trace(route, 150, [
  span('statement', 'BEGIN', [0, 1], { connection: 1 }),
  span('statement', waiting, [2, 30], { connection: 1, callSite: site }),
  span('statement', 'SELECT 1', [3, 4], { connection: 2 }),
  span('statement', blocking, [31, 33], { connection: 1, callSite: other }),
  span('http', charge, [34, 134], { callSite: paying }),
  span('statement', 'UPDATE stock SET quantity = quantity - $2 WHERE id = $1', [136, 138], {
    connection: 1,
  }),
  span('statement', 'COMMIT', [139, 140], { connection: 1 }),
]);
const statements = [
  statement(waiting, { ms: 60 }),
  statement(blocking, { ms: 2, callSite: other }),
];
const given = evidence(statements);
const traced = evidence(statements, { traces: [order] });

function graphOf(artifacts: Parameters<typeof findingOf>[1]): LockGraphDetail {
  const graph = findingOf(lockContention, artifacts).evidence.find(
    (detail) => detail.kind === 'lock-graph',
  );
  if (graph === undefined) throw new Error('a finding about waiting has a graph');
  return graph;
}

test('waits are joined to the statement, the place and the share of its time', () => {
  const finding = findingOf(lockContention, { ...given, locks: locksOf({ waits: [lockWait()] }) });
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

test('traces name the statement that took the lock, and the call during which it is held', () => {
  const locks = locksOf({ waits: [lockWait({ mostAtOnce: 4 })] });
  const finding = findingOf(lockContention, { ...traced, locks });
  expect(finding.where).toEqual(site);
  expect(finding.evidence).toContainEqual({
    kind: 'text',
    text: `Holding the lock, the app awaits ${charge} in src/pay.ts:3, up to 103 ms.`,
  });
  expect(finding.evidence).toContainEqual({ kind: 'code', title: 'In authorise', frame: paying });
  expect(finding.remedy.actions[0]).toContain(charge);
  expect(finding.evidence.find(({ kind }) => kind === 'trace')).toMatchObject({
    // The statement on another connection is no part of the transaction.
    highlighted: [0, 1, 3, 5, 6],
  });
  expect(graphOf({ ...traced, locks })).toMatchObject({
    nodes: [
      {
        statement: waiting,
        state: 'idle in transaction',
        callSite: site,
        route,
        notes: [
          'took the lock with this statement',
          `seen idle in transaction after "${blocking}", 48 times: awaits ${charge} in src/pay.ts:3, up to 103 ms`,
          'transaction up to 600 ms old',
        ],
      },
      { statement: waiting, state: 'waits', atOnce: 4, callSite: site, route },
    ],
    edges: [{ mode: 'ShareLock', object: 'a row of stock', seen: 48, longestMs: 420 }],
  });
});

test('one transaction seen with several of its statements is one in the graph', () => {
  const changes = 'UPDATE stock SET quantity = quantity - $2 WHERE id = $1';
  const waits = [
    lockWait(),
    lockWait({ samples: 3, mode: 'AccessExclusiveLock' }),
    lockWait({ blockingStatement: changes, blockingState: 'active', samples: 4 }),
  ];
  const { nodes, edges } = graphOf({ ...traced, locks: locksOf({ waits }) });
  expect(nodes).toHaveLength(2);
  expect(edges).toMatchObject([{ seen: 55 }]);
  expect(nodes[0]?.notes[2]).toBe(`seen active with "${changes}", 4 times`);
});

test('a line of three is drawn as one, whoever the finding is about', () => {
  const between = 'UPDATE orders SET state = $1 WHERE id = $2';
  const first = lockWait({ waitingStatement: between, blockingStatement: blocking });
  const last = lockWait({ through: [between], object: { kind: 'row', relation: 'orders' } });
  const { nodes, edges } = graphOf({ ...given, locks: locksOf({ waits: [last, first] }) });
  const nameOf = (id: number): string | undefined =>
    nodes.find((node) => node.id === id)?.statement;
  expect(nodes[0]?.statement).toBe(blocking);
  expect(edges.map(({ from, to }) => [nameOf(from), nameOf(to)])).toEqual([
    [waiting, between],
    [between, blocking],
  ]);
});

test('a statement the server cut, or shows with its constants, is still recognised', () => {
  const long = `SELECT ${Array.from({ length: 200 }, (_, n) => `column_${n}`).join(', ')} FROM stock FOR UPDATE`;
  const cut = evidence([statement(long, { ms: 60 })]);
  const found = (waitingStatement: string, artifacts: typeof given): number =>
    findingsOf(lockContention, {
      ...artifacts,
      locks: locksOf({ waits: [lockWait({ waitingStatement })] }),
    }).length;
  expect(found(long.slice(0, 1_023), cut)).toBe(1);
  expect(found('SELECT quantity FROM stock WHERE id = 7 FOR UPDATE', given)).toBe(1);
});

test('waits with several constants are those of one statement', () => {
  const waits = [7, 8, 9].map((id) =>
    lockWait({ waitingStatement: waiting.replace('$1', String(id)), samples: 3 }),
  );
  expect(findingsOf(lockContention, { ...given, locks: locksOf({ waits }) })).toHaveLength(1);
});

test('a transaction at work is told to be quick, not to do its other work elsewhere', () => {
  const finding = findingOf(lockContention, {
    ...given,
    locks: locksOf({ waits: [lockWait({ blockingState: 'active' })] }),
  });
  expect(finding.title).toMatch(/is at work$/);
  expect(finding.remedy.actions[0]).toMatch(/own statements fast first/);
});

test('one row that everyone wants is to be spread, or taken with SKIP LOCKED', () => {
  const waits = [lockWait({ blockingState: 'active', mostAtOnce: 8 })];
  const finding = findingOf(lockContention, { ...given, locks: locksOf({ waits }) });
  expect(finding.title).toBe(
    `"${waiting}" waits for one row of stock, up to 420 ms, with 8 sessions in line`,
  );
  expect(finding.remedy.actions[0]).toMatch(/SKIP LOCKED/);
});

test('a prepared transaction is to be ended', () => {
  const waits = [
    lockWait({
      blocker: 'prepared-transaction',
      blockingState: 'prepared',
      blockingStatement: `PREPARE TRANSACTION 'left behind'`,
    }),
  ];
  const finding = findingOf(lockContention, { ...given, locks: locksOf({ waits }) });
  expect(finding.title).toMatch(/waits for a prepared transaction that nobody ends/);
  expect(finding.remedy.actions[0]).toContain('left behind');
});

test('where nothing was sampled, the log’s long waits are what there is', () => {
  const wait = {
    kind: 'wait' as const,
    at: null,
    pid: 7,
    statement: waiting,
    mode: 'ShareLock',
    object: { kind: 'row' as const, relation: 'stock' },
    waitedMs: 1_500,
    end: 'acquired' as const,
    holders: [{ pid: 8, statement: null }],
    queue: [],
  };
  const locks = locksOf({ samples: 0, events: [wait, wait, wait] });
  const finding = findingOf(lockContention, { ...given, locks });
  expect(finding.title).toBe(`"${waiting}" waits for locks, up to 1.5 s`);
  expect(finding.prediction.method).toBe('lock-log');
  expect(finding.prediction.gains[0]?.gainMs.high).toBeCloseTo(45);
});

describe('nothing is found', () => {
  test('for a chance meeting, however much of a rare statement it was', () => {
    const rare = evidence([statement(waiting, { ms: 8 })], { meanMs: 20 });
    const found = (samples: number): number =>
      findingsOf(lockContention, { ...rare, locks: locksOf({ waits: [lockWait({ samples })] }) })
        .length;
    expect(found(4)).toBe(0);
    expect(found(5)).toBe(1);
  });

  test.each([
    ['for a statement of someone else', [lockWait({ waitingStatement: 'DELETE FROM audit_log' })]],
    ['without waits', []],
    ['for those in a circle, which are a deadlock', [lockWait({ blockingState: 'waits' })]],
    [
      'for what waits behind a change of a table, which has an audit of its own',
      [lockWait({ object: { kind: 'relation', relation: 'stock' }, mode: 'RowShareLock' })],
    ],
  ])('%s', (_when, waits) => {
    expect(findingsOf(lockContention, { ...given, locks: locksOf({ waits }) })).toEqual([]);
  });
});
