import { expect, test } from 'vitest';
import { defaultObjectives } from '../../src/predict/objectives.ts';
import { summariseRoutes } from '../../src/predict/route-summary.ts';
import { measuredRoutes } from '../../src/predict/time-budget.ts';
import { agentOf, routeOf, trace } from '../fixtures/agent.ts';
import { loadOf, request, times } from '../fixtures/load.ts';

test('what the load waited beyond what the app saw is outside', () => {
  const agent = agentOf({ routes: [routeOf('GET /orders/:id', { database: 30, compute: 10 })] });
  const [route] = summariseRoutes(
    loadOf([request('GET /orders/:orderId', 55)]),
    agent,
    defaultObjectives,
  );
  expect(route?.timeByTier).toMatchObject({ database: 30, compute: 10, http: 0 });
  expect(route?.timeByTier?.outside).toBeCloseTo(15, 1);
});

test('the parts sum to the mean the load saw, also when the app saw slower requests', () => {
  const agent = agentOf({ routes: [routeOf('GET /', { database: 60, compute: 20 })] });
  const [route] = summariseRoutes(loadOf([request('GET /', 40)]), agent, defaultObjectives);
  expect(route?.timeByTier?.database).toBeCloseTo(30, 0);
  expect(route?.timeByTier?.compute).toBeCloseTo(10, 0);
  expect(route?.timeByTier?.outside).toBe(0);
});

test('names the load tells apart share the proportions of their route', () => {
  const agent = agentOf({ routes: [routeOf('GET /reviews', { database: 40, compute: 10 }, 200)] });
  const load = loadOf([request('GET /reviews', 20), request('GET /reviews (oldest)', 80)]);
  const [newest, oldest] = summariseRoutes(load, agent, defaultObjectives);
  expect(newest?.timeByTier?.database).toBeCloseTo(16, 0);
  expect(oldest?.timeByTier?.database).toBeCloseTo(64, 0);
});

test('several processes are one app', () => {
  const [one] = agentOf({
    routes: [routeOf('GET /', { database: 10 }, 100)],
    traces: [trace('GET /', 10, [])],
  }).processes;
  const [other] = agentOf({
    routes: [routeOf('GET /', { database: 40 }, 50)],
    traces: [trace('GET /', 40, [])],
  }).processes;
  if (one === undefined || other === undefined) throw new Error('two processes');
  const [route] = measuredRoutes({ processes: [one, other] }, loadOf([request('GET /', 20)]));
  expect(route).toMatchObject({ count: 150, insideMs: 20 });
  expect(route?.traces).toHaveLength(2);
});

test('without an agent there are times and bands but no tiers', () => {
  const slow = request('GET /slow', 800, 100, { responseTime: times(100, 200, 900) });
  const [first, second] = summariseRoutes(loadOf([slow, request('GET /', 20, 300)]), null, {
    ...defaultObjectives,
    routes: { 'GET /': { goodMs: 10, acceptableMs: 30 } },
  });
  expect(first).toMatchObject({
    route: 'GET /slow',
    requestShare: 0.25,
    band: 'poor',
    timeByTier: null,
  });
  expect(first?.p50Ms).toBeCloseTo(200, 0);
  expect(second).toMatchObject({ band: 'acceptable', ratePerSecond: 30 });
});
