import { describe, expect, test } from 'vitest';
import { batchedShare, coveredUs, poolWaitMs, roundTripMs } from '../../src/predict/round-trips.ts';
import { measuredRoutes } from '../../src/predict/time-budget.ts';
import { agentOf, frame, routeOf, span, trace } from '../fixtures/agent.ts';
import { loadOf, request } from '../fixtures/load.ts';

const route = 'GET /orders';

test('a round trip is what the shortest statement of the median request takes', () => {
  const lasting = (...lengths: readonly number[]) =>
    trace(route, 100, [
      ...lengths.map((ms) => span('statement', 'SELECT', [0, ms])),
      span('pool', 'shop', [0, 0.1]),
      span('statement', 'SELECT', [0, 0.01], { error: 'refused' }),
    ]);
  expect(roundTripMs([lasting(5, 1), lasting(3, 9), lasting(2, 7)])).toBe(2);
  expect(roundTripMs([trace(route, 100, [])])).toBeNull();
});

describe('of n executions a batch saves', () => {
  test('all but one at best, at worst all but one and a third of the time, when it is light', () => {
    const { low, mid, high } = batchedShare(20, 4, { tripMs: 1, repeatsWork: false });
    expect([low, mid, high]).toEqual([0.95 - 1 / 3, 0.9, 0.95]);
  });

  test('the round trips alone at worst, when it does the work of all', () => {
    const { low, mid, high } = batchedShare(20, 4, { tripMs: 1, repeatsWork: true });
    expect(low).toBeCloseTo(0.95 / 4);
    expect(mid).toBeCloseTo((low + high) / 2);
    expect(high).toBe(0.95);
  });

  test('what the planner says of the work, where it was asked', () => {
    // Of 4 ms, 3 are work, of which a tenth remains; and one round trip in twenty.
    const planned = batchedShare(20, 4, { tripMs: 1, repeatsWork: true, workShare: 0.1 });
    expect(planned.mid).toBeCloseTo(1 - 0.25 / 20 - 0.75 * 0.1);
    const all = batchedShare(20, 4, { tripMs: 1, repeatsWork: false, workShare: 1 });
    expect(all.mid).toBeCloseTo(0.25 * 0.95);
    expect(all.low).toBe(all.mid);
  });

  test('nothing of one', () => {
    expect(batchedShare(1, 4, { tripMs: 1, repeatsWork: true })).toEqual({
      low: 0,
      mid: 0,
      high: 0,
    });
  });
});

test('time covered twice counts once', () => {
  const request = trace(route, 100, [
    span('statement', 'a', [0, 10]),
    span('statement', 'b', [5, 8]),
    span('statement', 'c', [9, 12]),
    span('statement', 'd', [20, 21]),
  ]);
  expect(coveredUs(request.spans)).toBe(13_000);
});

test('the wait for connections counts where no statement of the loop ran meanwhile', () => {
  const callSite = frame('src/orders.ts', 4, 'list');
  const spans = [
    span('pool', 'shop', [0, 30], { callSite }),
    span('statement', 'a', [0, 10], { callSite }),
    span('statement', 'a', [30, 40], { callSite }),
    span('pool', 'shop', [50, 90], { callSite: frame('src/orders.ts', 9, 'other') }),
  ];
  const [measured] = measuredRoutes(
    agentOf({ routes: [routeOf(route, { database: 100 })], traces: [trace(route, 100, spans)] }),
    loadOf([request(route, 100)]),
  );
  if (measured === undefined) throw new Error('the route was measured');
  expect(poolWaitMs(measured, ({ name }) => name === 'a')).toBeCloseTo(20);
});
