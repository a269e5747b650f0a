import { expect, test } from 'vitest';
import { schemaLockQueue } from '../../../src/audits/queries/schema-lock-queue.ts';
import { findingOf, findingsOf } from '../../fixtures/audit.ts';
import { locksOf, lockWait } from './locks.ts';
import { evidence, route, statement } from './workload.ts';

const reads = 'SELECT * FROM orders WHERE user_id = $1';
const reports = 'SELECT count(*) FROM orders';
const changes = 'ALTER TABLE orders ADD COLUMN note text';
const given = evidence([statement(reads, { ms: 60 })]);
const table = { kind: 'relation', relation: 'orders' } as const;

const own = lockWait({
  waitingStatement: changes,
  mode: 'AccessExclusiveLock',
  object: table,
  blockingStatement: reports,
  longestWaitMs: 2_400,
});
const behind = lockWait({
  waitingStatement: reads,
  mode: 'AccessShareLock',
  object: table,
  through: [changes],
  blockingStatement: reports,
  longestWaitMs: 2_300,
  mostAtOnce: 9,
});

test('those in line behind a change that waits for its turn are what it costs', () => {
  const finding = findingOf(schemaLockQueue, {
    ...given,
    locks: locksOf({ waits: [own, behind] }),
  });
  expect(finding.title).toBe(
    `"${changes}" waits for its turn and holds up all who want table orders, up to 2.3 s`,
  );
  expect(finding.evidence[0]).toMatchObject({
    kind: 'lock-graph',
    nodes: [{ statement: reports }, { statement: changes }, { statement: reads }],
  });
  expect(finding.prediction.gains).toMatchObject([{ route, boundMs: 60 }]);
  expect(finding.prediction.gains[0]?.gainMs.high).toBeCloseTo(48);
  expect(finding.remedy.change).toMatchObject({ sql: `SET lock_timeout = '1s';\n${changes};` });
});

test('statements given up by lock_timeout are counted', () => {
  const givenUp = { kind: 'timeout' as const, at: null, pid: 7, statement: reads, relation: null };
  const locks = locksOf({
    waits: [own, behind],
    events: [
      givenUp,
      { ...givenUp, statement: changes },
      { ...givenUp, statement: 'DELETE FROM b' },
    ],
  });
  expect(findingOf(schemaLockQueue, { ...given, locks }).evidence[1]).toEqual({
    kind: 'number',
    label: 'Given up by lock_timeout',
    value: 2,
    unit: 'count',
  });
});

test('an index that is built while rows cannot be changed is to be built concurrently', () => {
  const builds = 'CREATE INDEX orders_user_id_idx ON orders (user_id)';
  const waits = [
    {
      ...behind,
      mode: 'RowExclusiveLock',
      through: [],
      blockingStatement: builds,
      blockingState: 'active',
    },
  ];
  const finding = findingOf(schemaLockQueue, { ...given, locks: locksOf({ waits }) });
  expect(finding.title).toMatch(/^"CREATE INDEX .*" holds up all who want table orders/);
  expect(finding.remedy.change).toMatchObject({
    sql: expect.stringContaining('CREATE INDEX CONCURRENTLY orders_user_id_idx') as unknown,
  });
});

test.each([
  ['a change that waits alone', [own]],
  ['a wait for a row', [lockWait({ waitingStatement: reads })]],
  ['a short line', [{ ...behind, samples: 4 }]],
])('nothing is found for %s', (_what, waits) => {
  expect(findingsOf(schemaLockQueue, { ...given, locks: locksOf({ waits }) })).toEqual([]);
});
