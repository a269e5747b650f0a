import { describe, expect, test } from 'vitest';
import type { RouteAggregate, StatementAggregate } from '@amdahl/agent/protocol';
import type { Artifacts } from '../../../src/artifacts/artifacts.ts';
import { databaseQueues, type QueueEvidence } from '../../../src/audits/queries/database-queue.ts';
import { withRelief } from '../../../src/audits/queries/queue-relief.ts';
import { missingIndex } from '../../../src/audits/queries/missing-index.ts';
import { boundedGain } from '../../../src/predict/amdahl.ts';
import { agentOf, routeOf, seconds } from '../../fixtures/agent.ts';
import { findingOf } from '../../fixtures/audit.ts';
import { target } from '../../fixtures/artifacts.ts';
import { loadOf, request } from '../../fixtures/load.ts';
import { shopCatalog } from '../../sql/schema-fixture.ts';
import { effect, experimentsOf, plan, route, statement } from './workload.ts';

const scan = 'SELECT * FROM orders WHERE user_id = $1';
const lookup = 'SELECT * FROM users WHERE id = $1';
const other = 'GET /users/:id';

interface Circumstances {
  /** Mean milliseconds of a request for each of the two routes. */
  readonly databaseMs?: readonly [number, number];
  readonly poolMs?: number;
  readonly busyShare?: number;
  readonly onMachine?: boolean;
  readonly connects?: number;
}

/** Two routes, 100 requests each in ten seconds, by 20 users; four processors, of which the app takes 1. */
function run({
  databaseMs: [slowMs, otherMs] = [1_200, 300],
  poolMs = 0,
  busyShare = 0.99,
  onMachine = true,
  connects = 0,
}: Circumstances = {}): Pick<Artifacts, 'agent' | 'load' | 'target'> {
  const aggregate = (name: string, database: number): RouteAggregate => ({
    ...routeOf(name, { database, pool: poolMs, compute: 10 }),
    connects,
  });
  const taking = (name: string, text: string, ms: number): StatementAggregate =>
    statement(text, { ms, route: name });
  return {
    agent: {
      ...agentOf({
        routes: [aggregate(route, slowMs), aggregate(other, otherMs)],
        statements: [taking(route, scan, slowMs), taking(other, lookup, otherMs)],
        runtime: seconds(10, () => ({ cpuShare: 1 })),
      }),
      machineBusyShare: busyShare,
    },
    load: loadOf([request(route, slowMs + poolMs + 10), request(other, otherMs + poolMs + 10)]),
    target: { ...target, database: { name: 'shop', version: '18.4', onMachine } },
  };
}

function parallel(workers: number): Artifacts['plans'] {
  const gather = plan(900, { 'Node Type': 'Gather', 'Workers Planned': workers });
  return {
    plans: [
      {
        text: scan,
        explainedText: scan,
        parameters: [],
        plan: plan(900, { Plans: [gather] }),
        error: null,
      },
    ],
  };
}

/** The only line there is. */
function queueOf(evidence: QueueEvidence) {
  const [queue, ...more] = databaseQueues(evidence);
  expect(more).toEqual([]);
  if (queue === undefined) throw new Error('a line was expected');
  return queue;
}

describe('at the processors of the database', () => {
  test('requests stand in line when more statements run than the app leaves processors', () => {
    // 20 requests a second, 750 ms each in the database: 15 at once, on 4 − 1 processors.
    const queue = queueOf(run());
    expect(queue.station.residenceMs).toBeCloseTo(750, -0.5);
    expect(queue.station.servers).toBeCloseTo(3);
    expect(queue.station.offered).toMatchObject({ model: 'closed', users: 20 });
    expect(queue.isKnown).toBe(true);
    expect(queue.because).toMatch(/^15\.0 of .* the app leaves them 3\.0 processors$/);
  });

  test('none do when fewer run, or the machine was seen to have time left', () => {
    expect(databaseQueues(run({ databaseMs: [200, 50] }))).toEqual([]);
    expect(databaseQueues(run({ busyShare: 0.7 }))).toEqual([]);
  });

  test('nor is anything known of statements that were captured alone', () => {
    expect(databaseQueues({ catalog: shopCatalog(), plans: parallel(2) })).toEqual([]);
  });

  test('of another machine two processors are supposed, and only the upper end believes it', () => {
    const queue = queueOf(run({ onMachine: false, busyShare: 0.1 }));
    expect(queue.isKnown).toBe(false);
    expect(queue.station.servers).toBe(2);
    expect(queue.because).toMatch(/how many processors it has is not known/);
    expect(databaseQueues(run({ onMachine: false, databaseMs: [80, 80] }))).toEqual([]);
  });

  test('parallel workers count, as many as the server has', () => {
    const work = (workers: number) => queueOf({ ...run(), plans: parallel(workers) });
    // 12 scans at once ask for 12 workers of the 8 there are.
    expect(work(1).processesOf(scan)).toBeCloseTo(1 + 8 / 12);
    expect(work(1).processesOf(lookup)).toBe(1);
    expect(work(1).workMs).toBeCloseTo(600 * (1 + 8 / 12) + 150, -0.5);
    expect(work(0).workMs).toBeCloseTo(750, -0.5);
  });

  test('waiting for locks is no work', () => {
    const locks: Artifacts['locks'] = {
      intervalMs: 100,
      samples: 100,
      waits: [
        {
          waitingStatement: scan,
          mode: 'ShareLock',
          object: { kind: 'row', relation: 'orders' },
          blockingStatement: lookup,
          blockingState: 'active',
          blocker: 'client',
          through: [],
          samples: 600,
          waitedMs: 60_000,
          longestWaitMs: 900,
          longestTransactionMs: null,
          mostAtOnce: 9,
          mostRows: 1,
          application: '',
          clientPorts: [],
        },
      ],
      idleInTransaction: [],
      events: [],
      deadlocks: 0,
      warnings: [],
    };
    const { routes } = queueOf({ ...run(), locks });
    expect(routes.map(({ residenceMs }) => Math.round(residenceMs))).toEqual([600, 300]);
    // With what the app, on the same processors, takes.
    expect(routes.map(({ behindMs }) => Math.round(behindMs))).toEqual([610, 10]);
  });

  test('of an open load the rate is what counts', () => {
    const { load, ...rest } = run();
    const profile = {
      model: 'open',
      arrivals: [{ fromPerSecond: 20, toPerSecond: 20, duration: '10s' }],
    } as const;
    const open = { ...load, result: { ...load.result, profile } };
    expect(queueOf({ ...rest, load: open }).station.offered).toEqual({
      model: 'open',
      ratePerMs: 0.02,
    });
  });
});

describe('at the pool', () => {
  const idle = { databaseMs: [100, 100], busyShare: 0.2 } as const;

  test('requests stand in line when one of them waits at any time', () => {
    const queue = queueOf(run({ ...idle, poolMs: 400 }));
    // 20 a second: 2 connections busy, 8 requests waiting for them.
    expect(queue.station.servers).toBeCloseTo(2);
    expect(queue.station.residenceMs).toBeCloseTo(500);
    expect(queue.routes.map(({ mostWaitingMs }) => mostWaitingMs)).toEqual([400, 400]);
    expect(queue.because).toMatch(/^8\.0 requests at a time wait/);
  });

  test('none do when it is a connection of their own that they wait for, or hardly ever', () => {
    expect(databaseQueues(run({ ...idle, poolMs: 400, connects: 100 }))).toEqual([]);
    expect(databaseQueues(run({ ...idle, poolMs: 20 }))).toEqual([]);
  });
});

describe('a prediction', () => {
  const own = {
    method: 'planner-cost',
    explanation: 'Planned.',
    gains: [boundedGain(route, 1_210, 1_200, { low: 500, mid: 600, high: 700 })],
  };
  const saved = [{ text: scan, gains: own.gains }];

  test('stays what it is where nobody stands in line', () => {
    expect(withRelief(own, saved, [])).toBe(own);
  });

  test('names the method, and reaches the routes that never send the statement', () => {
    const relieved = withRelief(own, saved, databaseQueues(run()));
    expect(relieved.method).toBe('planner-cost and queueing');
    expect(relieved.explanation).toMatch(/^Planned\. Others wait less as well: 15\.0 of /);
    expect(relieved.gains.map((gain) => gain.route)).toEqual([route, other]);
  });

  test('counts a saving that is only partly work for less', () => {
    const [queue] = databaseQueues(run());
    const mid = (workShare: number): number =>
      withRelief(
        own,
        saved.map((each) => ({ ...each, workShare: { mid: workShare, high: 1 } })),
        queue === undefined ? [] : [queue],
      ).gains[1]?.gainMs.mid ?? Number.NaN;
    expect(mid(0)).toBeCloseTo(0);
    expect(mid(0.5)).toBeLessThan(mid(1));
  });

  test('of a missing index has both halves', () => {
    const indexes = [
      {
        table: 'orders',
        definition: 'CREATE INDEX orders_user_id_idx ON orders (user_id)',
        reason: 'orders is looked up by user_id',
        estimatedPages: 280,
        estimatedSizeBytes: 280 * 8_192,
        effects: [effect(scan, 5_000, 50)],
      },
    ];
    const predicted = (circumstances: Circumstances) =>
      findingOf(missingIndex, {
        ...run(circumstances),
        catalog: shopCatalog(),
        experiments: experimentsOf({ indexes }),
      }).prediction;
    const calm = predicted({ busyShare: 0.5 });
    const crowded = predicted({});
    expect(calm.method).toBe('planner-cost');
    expect(calm.gains.map((gain) => gain.route)).toEqual([route]);
    expect(crowded.method).toBe('planner-cost and queueing');
    expect(crowded.gains.map((gain) => gain.route)).toEqual([route, other]);
  });
});
