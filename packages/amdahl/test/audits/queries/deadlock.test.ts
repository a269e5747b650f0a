import { expect, test } from 'vitest';
import type { Deadlock } from '../../../src/artifacts/locks.ts';
import { deadlock } from '../../../src/audits/queries/deadlock.ts';
import { frame, span, trace } from '../../fixtures/agent.ts';
import { findingOf, findingsOf } from '../../fixtures/audit.ts';
import { locksOf } from './locks.ts';
import { evidence, route, site, statement } from './workload.ts';

const stock = 'UPDATE stock SET quantity = quantity - 1 WHERE id = $1';
const orders = `UPDATE orders SET state = 'paid' WHERE id = $1`;
const paying = frame('src/pay.ts', 30, 'pay');

function circle(first: string, second: string, more: Partial<Deadlock> = {}): Deadlock {
  const row = (relation: string): { kind: 'row'; relation: string } => ({ kind: 'row', relation });
  return {
    kind: 'deadlock',
    at: null,
    source: 'log',
    victim: 8,
    processes: [
      { pid: 7, statement: first, mode: 'ShareLock', object: row('stock') },
      { pid: 8, statement: second, mode: 'ShareLock', object: row('orders') },
    ],
    ...more,
  };
}

const given = evidence([statement(stock), statement(orders, { callSite: paying })], {
  traces: [
    trace(route, 100, [
      span('statement', 'BEGIN', [0, 1]),
      span('statement', orders, [1, 2], { callSite: paying }),
      span('statement', stock, [2, 90], { callSite: site }),
      span('statement', 'COMMIT', [91, 92]),
    ]),
  ],
});

test('two orders of locks are shown with their places, and made one', () => {
  const locks = locksOf({ events: [circle(stock, orders), circle(orders, stock)], deadlocks: 2 });
  const finding = findingOf(deadlock, { ...given, locks });
  expect(finding.title).toBe(
    `2 deadlocks between "UPDATE stock SET quantity = quantity - …" and "UPDATE orders SET state = 'paid' WHERE …"`,
  );
  expect(finding.where).toEqual(site);
  expect(finding.evidence[0]).toMatchObject({
    kind: 'lock-graph',
    nodes: [
      {
        statement: stock,
        callSite: site,
        notes: ['process 7', `before it, ran ${orders} in src/pay.ts:30`],
      },
      { statement: orders, callSite: paying, notes: ['process 8, which the server ended'] },
    ],
    edges: [
      { from: 1, to: 2, object: 'a row of stock', inCycle: true },
      { from: 2, to: 1, object: 'a row of orders', inCycle: true },
    ],
  });
  expect(finding.remedy.actions[0]).toMatch(
    /^Now the order is `UPDATE orders .*`, then `UPDATE stock/,
  );
  expect(finding.remedy.change).toMatchObject({
    sql:
      'SELECT FROM orders WHERE id = ANY($1) ORDER BY id FOR UPDATE;\n' +
      'SELECT FROM stock WHERE id = ANY($2) ORDER BY id FOR UPDATE;',
  });
  // Two deadlocks of a second and two transactions, over 100 requests.
  expect(finding.prediction.gains[0]?.gainMs.mid).toBeCloseTo(20);
});

test('a circle that others stand in line in has the same cause', () => {
  const small = circle(stock, orders);
  const between = { ...small.processes[0], pid: 9, statement: 'DELETE FROM stock' };
  const large = { ...small, processes: [...small.processes, between] } as Deadlock;
  const finding = findingOf(deadlock, { ...given, locks: locksOf({ events: [large, small] }) });
  expect(finding.title).toMatch(/^2 deadlocks between "UPDATE stock .*" and "UPDATE orders/);
});

test('one statement that crosses itself is to lock its rows in the order of their key', () => {
  const locks = locksOf({ events: [circle(stock, stock.replace('$1', '2'))] });
  const finding = findingOf(deadlock, { ...given, locks });
  expect(finding.title).toMatch(/^1 deadlock between executions of "UPDATE stock/);
  expect(finding.remedy.change).toMatchObject({
    sql: 'SELECT FROM stock WHERE id = ANY($1) ORDER BY id FOR UPDATE;',
  });
});

test('deadlocks the server only counted point to its log', () => {
  const finding = findingOf(deadlock, { ...given, locks: locksOf({ deadlocks: 3 }) });
  expect(finding.title).toMatch(/^3 deadlocks during the load/);
  expect(finding.remedy.actions.join(' ')).toContain('--db-log');
});

test('a request that failed of one tells where, when nothing else does', () => {
  const failing = evidence([statement(stock)], {
    traces: [
      trace(route, 1_100, [
        span('statement', 'BEGIN', [0, 1]),
        span('statement', stock, [2, 1_003], { callSite: site, error: 'deadlock detected' }),
        span('statement', 'ROLLBACK', [1_004, 1_005]),
      ]),
    ],
  });
  const finding = findingOf(deadlock, { ...failing, locks: locksOf({ deadlocks: 1 }) });
  expect(finding.where).toEqual(site);
  expect(finding.evidence).toContainEqual({
    kind: 'statement',
    title: 'One of them ended here',
    sql: stock,
  });
});

test('nothing is found where nothing closed a circle', () => {
  expect(findingsOf(deadlock, { ...given, locks: locksOf({ deadlocks: null }) })).toEqual([]);
  expect(findingsOf(deadlock, { ...given, locks: locksOf() })).toEqual([]);
});
