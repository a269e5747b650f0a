import { expect, test } from 'vitest';
import { routeObjective } from '../../../src/audits/measure/route-objective.ts';
import { findingOf, outcomeOf } from '../../fixtures/audit.ts';
import { loadOf, request } from '../../fixtures/load.ts';

test('routes within what their objective accepts pass', () => {
  const load = loadOf([request('GET /', 40), request('GET /orders', 300)]);
  expect(outcomeOf(routeObjective, { load }).status).toBe('passed');
});

test('a slow route and a failing one are named, and no gain is claimed', () => {
  const load = loadOf([
    request('GET /', 40),
    request('GET /orders', 900),
    request('POST /orders', 30, 100, { failed: 5 }),
  ]);
  const finding = findingOf(routeObjective, { load });
  expect(finding.title).toBe('2 of 3 routes miss the objective: GET /orders and POST /orders');
  expect(finding.prediction.gains).toEqual([]);
});

test('without an answered request there is nothing to judge', () => {
  expect(outcomeOf(routeObjective, { load: loadOf([]) })).toMatchObject({
    status: 'unmeasured',
    reason: 'no request was answered',
  });
});
