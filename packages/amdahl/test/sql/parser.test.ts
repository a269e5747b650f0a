import { expect, test } from 'vitest';
import { deparse, fingerprint, normalise, parseStatement } from '../../src/sql/parser.ts';

test('a text of one statement gives its tree, and the same tree again', () => {
  const first = parseStatement('SELECT 1');
  expect(first.node).toHaveProperty('SelectStmt');
  expect(parseStatement('SELECT 1')).toBe(first);
});

test.each([
  ['SELEC 1', 'syntax error at or near "SELEC"'],
  ['SELECT 1; SELECT 2', '2 statements where one was expected'],
  ['', 'Query cannot be empty'],
  ['-- nothing', '0 statements where one was expected'],
])('%j gives the reason', (text, error) => {
  expect(parseStatement(text)).toEqual({ node: null, error });
});

test('statements that differ in constants only have one fingerprint', () => {
  expect(fingerprint("SELECT a FROM t WHERE b IN (1,2) AND c = 'x'")).toBe(
    fingerprint('SELECT a FROM t WHERE b IN ($1, $2, $3)  AND c = $4'),
  );
  expect(fingerprint('SELECT a FROM t')).not.toBe(fingerprint('SELECT b FROM t'));
  expect(normalise("SELECT a FROM t WHERE c = 'x'")).toBe('SELECT a FROM t WHERE c = $1');
});

test('a text that does not parse stands for itself', () => {
  expect(fingerprint('not SQL')).toBe('not SQL');
  expect(normalise('not SQL')).toBe('not SQL');
});

test.each([
  'SELECT count(*) FILTER (WHERE a) OVER (PARTITION BY b ORDER BY c ROWS 2 PRECEDING) FROM t',
  `MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN UPDATE SET a = s.a WHEN NOT MATCHED THEN INSERT VALUES (s.id) RETURNING merge_action(), t.*`,
  'WITH RECURSIVE w AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM w WHERE n < 5) SELECT * FROM w',
  "SELECT a->>'b', c @> ARRAY[1] FROM t WHERE d ~* 'x' AND e IS DISTINCT FROM f",
  'INSERT INTO t (a) VALUES ($1) ON CONFLICT (a) DO UPDATE SET b = excluded.b WHERE t.c RETURNING *',
  'SELECT * FROM t TABLESAMPLE system (1) FOR UPDATE SKIP LOCKED',
])('written back, %s means the same', (text) => {
  const { node } = parseStatement(text);
  expect(node).not.toBeNull();
  expect(fingerprint(node === null ? '' : deparse(node))).toBe(fingerprint(text));
});
