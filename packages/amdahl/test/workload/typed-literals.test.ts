import { expect, test } from 'vitest';
import { castTypedLiterals } from '../../src/workload/typed-literals.ts';

test.each([
  ['SELECT now() - interval $1', 'SELECT now() - $1::interval'],
  ['SELECT INTERVAL $2 day', 'SELECT $2::INTERVAL day'],
  ['SELECT interval $1 hour to minute', 'SELECT $1::interval hour to minute'],
  ['WHERE d >= date $1 AND d < DATE $2', 'WHERE d >= $1::date AND d < $2::DATE'],
  ['WHERE at > timestamp with time zone $1', 'WHERE at > $1::timestamp with time zone'],
  ['SELECT jsonb $1 -> $2', 'SELECT $1::jsonb -> $2'],
  ['SELECT $1::interval, validate($2), text = $3', 'SELECT $1::interval, validate($2), text = $3'],
])('%s', (text, expected) => {
  expect(castTypedLiterals(text)).toBe(expected);
});
