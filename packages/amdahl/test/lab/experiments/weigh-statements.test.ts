import { expect, test } from 'vitest';
import type { LabStatement, StatementUsage } from '../../../src/lab/experiments/lab-statement.ts';
import { weighStatements } from '../../../src/lab/experiments/weigh-statements.ts';

function weighed(
  usages: readonly (readonly [cost: number, usage: StatementUsage])[],
  msPerCost: number | null,
): readonly { readonly weight: number; readonly msPerCost: number }[] {
  const costs = new Map(usages.map(([cost, usage]) => [{ usage } as LabStatement, cost]));
  return weighStatements(costs, msPerCost);
}

test('the round trip of the cheapest statement is taken off the others', () => {
  const [lookup, scan] = weighed(
    [
      [10, { calls: 100, meanMs: 0.21 }],
      [1_000, { calls: 1, meanMs: 1.2 }],
    ],
    0.001,
  );
  // 0.2 ms are left of the lookup at that pace.
  expect(lookup?.msPerCost).toBeCloseTo(100 * 0.001, 6);
  expect(scan?.msPerCost).toBeCloseTo(0.001, 6);
});

test('a statement by itself is no measure of what is fixed', () => {
  const [only] = weighed([[2_000, { calls: 3, meanMs: 4 }]], 0.002);
  expect(only?.msPerCost).toBeCloseTo(3 * 0.002, 6);
});

test('what nobody timed goes by the pace of all, each once where nobody counted', () => {
  const [a, b] = weighed(
    [
      [10, { calls: 0, meanMs: null }],
      [20, { calls: 0, meanMs: null }],
    ],
    0.004,
  );
  expect([a?.weight, b?.weight, a?.msPerCost, b?.msPerCost]).toEqual([1, 1, 0.004, 0.004]);
});
