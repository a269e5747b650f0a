import { expect, test } from 'vitest';
import { msPerCost } from '../../../src/lab/experiments/cost-calibration.ts';

const sample = (
  cost: number,
  ms: number,
  count = 100,
): Parameters<typeof msPerCost>[0][number] => ({
  cost,
  ms,
  totalMs: ms * count,
});

test('the slope is free of what every statement takes, whatever it costs', () => {
  // 0.3 ms for the round trip and 2 µs for each unit of cost.
  const costs = [0.3, 8.3, 500, 4_000, 20_000];
  expect(msPerCost(costs.map((cost) => sample(cost, 0.3 + 0.002 * cost)))).toBeCloseTo(0.002, 9);
});

test('a statement that waited for a lock does not bend the line', () => {
  const line = [8, 500, 4_000, 12_000, 20_000].map((cost) => sample(cost, 0.3 + 0.002 * cost));
  const bent = msPerCost([...line, sample(9, 250)]) ?? 0;
  expect(bent).toBeGreaterThan(0.001);
  expect(bent).toBeLessThan(0.003);
});

test('statements of almost one cost give the ratio of the one that took most time', () => {
  expect(msPerCost([sample(8, 0.4, 10), sample(9, 0.9, 1_000)])).toBeCloseTo(0.1, 9);
});

test('without a statement of any cost there is none', () => {
  expect(msPerCost([])).toBeNull();
  expect(msPerCost([sample(0, 1)])).toBeNull();
});
