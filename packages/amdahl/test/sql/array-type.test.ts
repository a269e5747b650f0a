import { expect, test } from 'vitest';
import { arrayTypeOf } from '../../src/sql/array-type.ts';

test.each([
  [null, 5, 'integer[]'],
  [null, 5e9, 'bigint[]'],
  [null, 1.5, 'numeric[]'],
  [null, true, 'boolean[]'],
  [null, { a: 1 }, 'jsonb[]'],
  [null, '2f1c0b8e-6c0d-4d1e-9a55-0e4f8f6d2a11', 'uuid[]'],
  [null, '2026-01-01T10:00:00.000Z', 'timestamptz[]'],
  [null, 'blue', 'text[]'],
  ['numeric(10,2)', 'blue', 'numeric[]'],
  ['character varying(20)', 5, 'character varying[]'],
  ['timestamp(3) with time zone', 5, 'timestamp with time zone[]'],
])('a column of type %s with the value %j is sent as %s', (type, value, array) => {
  expect(arrayTypeOf(type, [['other'], ['other', value]], 2)).toBe(array);
});

test('a null tells nothing of the type', () => {
  expect(arrayTypeOf(null, [[null], [7]], 1)).toBe('integer[]');
});
