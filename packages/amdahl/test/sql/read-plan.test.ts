import { expect, test } from 'vitest';
import { costOf, indexesUsed, planShape, sequentialScans } from '../../src/sql/read-plan.ts';
import type { PlanNode } from '../../src/artifacts/plans.ts';

const costs = { 'Startup Cost': 0, 'Plan Rows': 1, 'Plan Width': 4 };

const join: PlanNode = {
  ...costs,
  'Node Type': 'Hash Join',
  'Join Type': 'Inner',
  'Total Cost': 500,
  Plans: [
    {
      ...costs,
      'Node Type': 'Seq Scan',
      'Relation Name': 'orders',
      Schema: 'public',
      Filter: '(total > 5)',
      'Total Cost': 400,
    },
    {
      ...costs,
      'Node Type': 'Hash',
      'Total Cost': 10,
      Plans: [
        {
          ...costs,
          'Node Type': 'Index Scan',
          'Scan Direction': 'Backward',
          'Relation Name': 'users',
          'Index Name': 'users_pkey',
          'Total Cost': 9,
        },
      ],
    },
  ],
};

test('a plan is read from the root down', () => {
  expect(costOf(join)).toBe(500);
  expect(sequentialScans(join)).toEqual([
    { schema: 'public', table: 'orders', filter: '(total > 5)', cost: 400 },
  ]);
  expect([...indexesUsed(join)]).toEqual(['users_pkey']);
});

test('its shape holds what is done in which order, and no figures', () => {
  expect(planShape(join)).toBe(
    'Hash Join Inner (Seq Scan on orders; Hash (Index Scan on users by users_pkey backward))',
  );
  const dearer = { ...join, 'Total Cost': 9_000, 'Plan Rows': 77 };
  expect(planShape(dearer)).toBe(planShape(join));
  const swapped = { ...join, Plans: (join.Plans ?? []).toReversed() };
  expect(planShape(swapped)).not.toBe(planShape(join));
});
