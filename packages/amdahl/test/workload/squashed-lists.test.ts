import { expect, test } from 'vitest';
import { expandSquashedLists } from '../../src/workload/squashed-lists.ts';

test.each([
  [
    'SELECT 1 WHERE a IN ($1 /*, ... */) AND b = $2',
    'SELECT 1 WHERE a IN ($1, $3, $4, $5, $6) AND b = $2',
  ],
  [
    'SELECT ARRAY[$1 /*, ... */], b IN ($2 /*, ... */)',
    'SELECT ARRAY[$1, $3, $4, $5, $6], b IN ($2, $7, $8, $9, $10)',
  ],
  ['SELECT 1 WHERE a IN ($1, $2) /* , ... */', 'SELECT 1 WHERE a IN ($1, $2) /* , ... */'],
])('%s', (text, expected) => {
  expect(expandSquashedLists(text)).toBe(expected);
});
