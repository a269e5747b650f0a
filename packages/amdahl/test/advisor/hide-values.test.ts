import { expect, test } from 'vitest';
import { withoutConstants } from '../../src/advisor/hide-values.ts';

test('conditions of a plan lose their constants, names and figures stay', () => {
  const plan = {
    'Node Type': 'Index Scan',
    'Index Name': 'orders_2024_idx',
    'Relation Name': 'orders2',
    'Total Cost': 12.5,
    'Index Cond': `(("user 1" = 'Ann O''Neill'::text) AND (created_at > '2024-01-01'::date))`,
    Filter: '((total_cents > 4711) AND (t1.c2 = $3) AND (share < 0.25))',
    Plans: [
      { 'Node Type': 'Sort', 'Total Cost': 3, 'Sort Key': [`(COALESCE(note, 'none'::text))`] },
    ],
  };
  const shown = withoutConstants(plan as unknown as Parameters<typeof withoutConstants>[0]);
  expect(shown).toEqual({
    ...plan,
    'Index Cond': '(("user 1" = …::text) AND (created_at > …::date))',
    Filter: '((total_cents > …) AND (t1.c2 = $3) AND (share < …))',
    Plans: [{ 'Node Type': 'Sort', 'Total Cost': 3, 'Sort Key': ['(COALESCE(note, …::text))'] }],
  });
});
