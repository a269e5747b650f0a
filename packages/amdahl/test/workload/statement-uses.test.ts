import { expect, test } from 'vitest';
import { usesOf } from '../../src/workload/statement-uses.ts';
import { workloadOf } from '../../src/workload/workload-of.ts';
import { agentOf } from '../fixtures/agent.ts';
import { captured } from '../fixtures/statements.ts';
import { statement, workload } from './workload-fixture.ts';

test('each statement is a route of its own, those that took most time first', () => {
  const uses = usesOf(
    workload([
      statement('SELECT quick FROM t', { calls: 10, meanMs: 1, rows: 20 }),
      statement('SELECT slow FROM t', { calls: 3, meanMs: 50, parameterLists: [['x']] }),
    ]),
  );
  expect(uses).toEqual([
    expect.objectContaining({
      text: 'SELECT slow FROM t',
      exampleParameters: [['x']],
      callSite: null,
      count: 3,
      meanMs: 50,
      waitedMs: 150,
      rows: 0,
    }),
    expect.objectContaining({ text: 'SELECT quick FROM t', waitedMs: 10, rows: 20 }),
  ]);
  expect(uses[0]?.routes).toMatchObject([
    {
      measured: {
        route: 'SELECT slow FROM t',
        count: 3,
        times: null,
        insideMs: 50,
        timeByTier: { database: 50, pool: 0, http: 0, socket: 0, compute: 0, other: 0, outside: 0 },
        awaitsPerRequest: 1,
        traces: [],
      },
      beforeMs: 50,
      heldMs: 50,
      perRequest: 1,
      distinctPerRequest: 1,
      count: 3,
      repeatedShare: 0,
    },
  ]);
});

test('a statement keeps the place it was read from, and is told from those of requests', () => {
  const [placed, nowhere] = usesOf(
    workload([statement('SELECT 1', { origin: 'queries/orders.sql:14' }), statement('SELECT 2')]),
  );
  expect(placed).toMatchObject({ isRoute: true, origin: 'queries/orders.sql:14' });
  expect(nowhere).not.toHaveProperty('origin');
});

test('what nobody counted is one execution, what nobody timed no time', () => {
  expect(usesOf(workload([statement('SELECT 1')]))[0]).toMatchObject({
    count: 1,
    meanMs: 0,
    waitedMs: 0,
  });
});

test('long texts name their route by their beginning, and no name stands for two', () => {
  const long = `SELECT ${'column, '.repeat(30)}`;
  const names = usesOf(
    workload([
      statement(`${long} a FROM t`),
      statement(`${long} b FROM t`),
      statement('SELECT\n1'),
    ]),
  ).map(({ routes }) => routes[0]?.measured.route ?? '');
  expect(names[0]?.length).toBe(80);
  expect(names[1]).toBe(`${names[0]} (2)`);
  expect(names[2]).toBe('SELECT 1');
});

test("an agent's statements, over routes and call sites", () => {
  const callSite = { file: '/srv/shop/src/orders.ts', line: 12, column: 3, functionName: 'list' };
  const text = 'SELECT * FROM orders WHERE id = $1';
  const read = workloadOf(
    agentOf({
      statements: [
        captured(text, [[1]], { count: 10, durationSumUs: 20_000, rows: 10 }),
        captured(text, [[2]], {
          count: 30,
          durationSumUs: 20_000,
          rows: 30,
          route: 'GET /b',
          callSite,
        }),
        captured('SELEC', []),
        captured('BEGIN', []),
      ],
    }),
  );
  expect(read.statements).toEqual([
    statement(text, {
      parameterLists: [[1], [2]],
      calls: 40,
      meanMs: 1,
      rows: 40,
      origin: 'src/orders.ts:12',
    }),
  ]);
  expect(read.unread).toEqual([{ text: 'SELEC', error: 'syntax error at or near "SELEC"' }]);
});
