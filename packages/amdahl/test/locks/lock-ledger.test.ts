import { expect, test } from 'vitest';
import { LockLedger } from '../../src/locks/lock-ledger.ts';
import type { SampledSession, SampledWait } from '../../src/locks/lock-sample.ts';

const now = new Date('2026-11-27T03:00:00Z');

function session(pid: number, more: Partial<SampledSession> = {}): SampledSession {
  return {
    pid,
    kind: 'client',
    statement: `SELECT ${pid}`,
    state: 'active',
    application: '',
    clientPort: null,
    transactionMs: 500,
    stateMs: 100,
    wait: null,
    ...more,
  };
}

function waiting(
  pid: number,
  blockedBy: readonly number[],
  more: Partial<SampledWait> = {},
): SampledSession {
  return session(pid, {
    wait: {
      blockedBy,
      mode: 'ShareLock',
      locktype: 'transactionid',
      relation: 'stock',
      row: '1:0:1',
      waitedMs: 200,
      ...more,
    },
  });
}

function added(...sample: readonly SampledSession[]): ReturnType<LockLedger['result']> {
  const ledger = new LockLedger();
  ledger.add(sample, 100, now);
  return ledger.result();
}

test('a circle that lasts is a deadlock, with all who are in it and none of those behind it', () => {
  const { events, waits } = added(
    waiting(1, [2]),
    waiting(2, [3]),
    waiting(3, [1]),
    waiting(4, [3]),
  );
  expect(events).toMatchObject([
    {
      kind: 'deadlock',
      at: now.toISOString(),
      source: 'sample',
      processes: [{ pid: 1 }, { pid: 2 }, { pid: 3 }],
    },
  ]);
  expect(waits.map(({ blockingState }) => blockingState)).toEqual(Array(4).fill('waits'));
});

test('two that seem to wait for each other, because they were looked at in turn, are none', () => {
  const { events } = added(waiting(1, [2]), waiting(2, [1], { waitedMs: 1 }));
  expect(events).toEqual([]);
});

test('a session behind several heads counts in part for each', () => {
  const { waits } = added(waiting(1, [2, 3]), session(2), session(3));
  expect(waits.map(({ waitedMs, samples }) => ({ waitedMs, samples }))).toEqual([
    { waitedMs: 50, samples: 1 },
    { waitedMs: 50, samples: 1 },
  ]);
});

test('a session that ended before it could be read is in the way all the same', () => {
  expect(added(waiting(1, [99])).waits).toMatchObject([
    { blockingStatement: '', blockingState: '', blocker: 'other' },
  ]);
});

test('a hostile number of statements is counted and not kept', () => {
  const { waits, warnings } = added(
    session(1),
    ...Array.from({ length: 600 }, (_, index) => waiting(index + 2, [1])),
  );
  expect(waits).toHaveLength(500);
  expect(warnings).toEqual([
    'More than 500 different waits were seen; 100 sightings of further ones are left out.',
  ]);
});
