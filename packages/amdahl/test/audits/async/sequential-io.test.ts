import { describe, expect, test } from 'vitest';
import type { Span } from '@amdahl/agent/protocol';
import { sequentialIo } from '../../../src/audits/async/sequential-io.ts';
import { agentOf, frame, routeOf, span, trace } from '../../fixtures/agent.ts';
import { findingOf, findingsOf } from '../../fixtures/audit.ts';
import { loadOf, request } from '../../fixtures/load.ts';

const route = 'GET /products/:id';
const load = loadOf([request(route, 50)]);
const product = frame('src/product.ts', 10, 'loadProduct');
const carrier = frame('src/product.ts', 20, 'estimateDelivery');
const reviews = frame('src/product.ts', 30, 'loadReviews');

/** A route of 50 ms whose requests have these spans. */
function agent(...spans: Omit<Span, 'id'>[]): ReturnType<typeof agentOf> {
  return agentOf({
    routes: [routeOf(route, { database: 20, http: 20, compute: 10 })],
    traces: Array.from({ length: 6 }, () => trace(route, 50, spans)),
  });
}

test('independent reads one after the other are found, and the saving is the sum less the longest', () => {
  const finding = findingOf(sequentialIo, {
    load,
    agent: agent(
      span('statement', 'SELECT name FROM products WHERE id = $1', [0, 10], { callSite: product }),
      span('http', 'GET http://127.0.0.1:4001/estimates', [12, 32], { callSite: carrier }),
      span('pool', 'pool', [33, 35]),
      span('statement', 'SELECT body FROM reviews', [35, 45], { callSite: reviews }),
    ),
  });
  expect(finding.title).toBe('3 independent calls wait for each other on GET /products/:id');
  expect(finding.where).toEqual(carrier);
  const [gain] = finding.prediction.gains;
  // 50 ms, of which the longest, 20 ms, stays with the app's own 2 + 1 ms between and 5 ms after.
  expect(gain?.gainMs.mid).toBeCloseTo(23, 0);
  expect(gain?.boundMs).toBeGreaterThanOrEqual(gain?.gainMs.high ?? Infinity);
});

test('a large part of short requests is a small part of the mean', () => {
  const short = trace(route, 10, [
    span('statement', 'SELECT a FROM x', [0, 4], { callSite: product }),
    span('statement', 'SELECT b FROM y', [4, 8], { callSite: carrier }),
  ]);
  const long = trace(route, 990, [span('statement', 'SELECT c FROM z', [0, 900])]);
  const evidence = agentOf({
    routes: [routeOf(route, { database: 500 })],
    traces: [short, long],
  });
  const slow = loadOf([request(route, 500)]);
  expect(findingsOf(sequentialIo, { load: slow, agent: evidence })).toEqual([]);
});

test('a connection opened by the pool is no bar', () => {
  const evidence = agent(
    span('pool', 'pool', [0, 6]),
    span('connect', '127.0.0.1:5432/shop', [1, 5]),
    span('statement', 'SELECT a FROM x', [6, 20], { callSite: product }),
    span('statement', 'SELECT b FROM y', [20, 40], { callSite: carrier }),
  );
  expect(findingsOf(sequentialIo, { load, agent: evidence })).toHaveLength(1);
});

describe('nothing is found', () => {
  const first = span('statement', 'SELECT id FROM users', [0, 20], { callSite: product });

  test('when each needs what the one before found', () => {
    const evidence = agent(
      first,
      span('statement', 'SELECT * FROM carts', [20, 40], { callSite: carrier, needs: [0] }),
    );
    expect(findingsOf(sequentialIo, { load, agent: evidence })).toEqual([]);
  });

  test('when they run at the same time', () => {
    const evidence = agent(first, span('http', 'GET http://a/b', [1, 21], { callSite: carrier }));
    expect(findingsOf(sequentialIo, { load, agent: evidence })).toEqual([]);
  });

  test('when they share a transaction', () => {
    const evidence = agent(
      span('statement', 'BEGIN', [0, 1]),
      span('statement', 'SELECT a FROM x', [1, 20], { callSite: product }),
      span('statement', 'SELECT b FROM y', [20, 40], { callSite: carrier }),
      span('statement', 'COMMIT', [40, 42]),
    );
    expect(findingsOf(sequentialIo, { load, agent: evidence })).toEqual([]);
  });

  test('when they share a connection the request opened', () => {
    const evidence = agent(
      span('connect', '127.0.0.1:5432/shop', [0, 5]),
      span('statement', 'SELECT a FROM x', [5, 20], { callSite: product }),
      span('statement', 'SELECT b FROM y', [20, 40], { callSite: carrier }),
    );
    expect(findingsOf(sequentialIo, { load, agent: evidence })).toEqual([]);
  });

  test('when one looks up keys that were computed from the other', () => {
    const evidence = agent(
      first,
      span('statement', 'SELECT * FROM products WHERE id = ANY($1)', [22, 45], {
        callSite: carrier,
      }),
    );
    expect(findingsOf(sequentialIo, { load, agent: evidence })).toEqual([]);
  });

  test('when one changes data or locks rows', () => {
    const evidence = agent(
      first,
      span('statement', 'UPDATE stock SET left = $1', [20, 30], { callSite: carrier }),
      span('statement', 'SELECT id FROM stock FOR UPDATE', [30, 45], { callSite: reviews }),
    );
    expect(findingsOf(sequentialIo, { load, agent: evidence })).toEqual([]);
  });

  test('when one line repeats a statement: that is a loop', () => {
    const evidence = agent(
      ...[0, 1, 2, 3].map((index) =>
        span('statement', 'SELECT name FROM users WHERE id = $1', [index * 10, index * 10 + 10], {
          callSite: product,
        }),
      ),
    );
    expect(findingsOf(sequentialIo, { load, agent: evidence })).toEqual([]);
  });

  test('when it would save less than a tenth, and little by itself', () => {
    const evidence = agent(
      span('statement', 'SELECT 1', [0, 40], { callSite: product }),
      span('statement', 'SELECT 2', [40, 44], { callSite: carrier }),
    );
    expect(findingsOf(sequentialIo, { load, agent: evidence })).toEqual([]);
  });
});

test('the same calls on two routes are one cause, and its id survives another port', () => {
  const both = (port: number): ReturnType<typeof agentOf> => {
    const spans = [
      span('http', `GET http://127.0.0.1:${port}/a`, [0, 20], { callSite: carrier }),
      span('http', `GET http://127.0.0.1:${port}/b`, [20, 40], { callSite: carrier }),
    ];
    const routes = [route, 'GET /offers/:id'];
    return agentOf({
      routes: routes.map((name) => routeOf(name, { http: 40, compute: 10 })),
      traces: routes.map((name) => trace(name, 50, spans)),
    });
  };
  const loads = loadOf([request(route, 50), request('GET /offers/:id', 50)]);
  const finding = findingOf(sequentialIo, { load: loads, agent: both(4001) });
  expect(finding.routes.map((impact) => impact.route)).toEqual(['GET /offers/:id', route]);
  expect(findingOf(sequentialIo, { load: loads, agent: both(5002) }).id).toBe(finding.id);
});
