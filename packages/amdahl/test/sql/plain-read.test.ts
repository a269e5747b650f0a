import { expect, test } from 'vitest';
import { isPlainRead } from '../../src/sql/plain-read.ts';

test.each([
  'SELECT a FROM t WHERE id = $1',
  'WITH recent AS (SELECT * FROM t) SELECT count(*), now() FROM recent',
  'SELECT lower(a) FROM t ORDER BY b LIMIT 1',
])('%s only reads', (text) => {
  expect(isPlainRead(text)).toBe(true);
});

test.each([
  'SELECT a FROM t WHERE id = $1 FOR UPDATE',
  'SELECT a FROM (SELECT a FROM t FOR SHARE) AS locked',
  'WITH gone AS (DELETE FROM t RETURNING *) SELECT * FROM gone',
  "SELECT nextval('s') FROM t",
  'SELECT pg_try_advisory_lock($1) FROM t',
  'SELECT pg_advisory_xact_lock($1)',
  'SELECT a FROM t ORDER BY random()',
  'SELECT 1',
  'UPDATE t SET a = 1',
  'FETCH 10 FROM c',
  'SELEC',
])('%s does more, or reads no table', (text) => {
  expect(isPlainRead(text)).toBe(false);
});
