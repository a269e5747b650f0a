import { expect, test } from 'vitest';
import { numberPlaceholders } from '../../../src/workload/sql-files/number-placeholders.ts';
import { nextPiece } from '../../../src/workload/sql-files/split-sql.ts';

const numbered = (text: string): string => numberPlaceholders(nextPiece(text, 0)?.tokens ?? []);

test.each([
  ['native', 'SELECT * FROM t WHERE a = $1 AND b = $2', 'SELECT * FROM t WHERE a = $1 AND b = $2'],
  [
    'names',
    'SELECT :a::int, x FROM t WHERE b = :b AND c=:a',
    'SELECT $1::int, x FROM t WHERE b = $2 AND c=$1',
  ],
  ['names beside numbers', 'SELECT $2, :a', 'SELECT $2, $3'],
  ['psql variables', `SELECT * FROM t WHERE a = :'name'`, 'SELECT * FROM t WHERE a = $1'],
  ['sqlc', 'SELECT @a, id=@b, @a', 'SELECT $1, id=$2, $1'],
  [
    'sqlc functions',
    `SELECT sqlc.embed(t) FROM t WHERE a = sqlc.arg(x) AND b = sqlc.narg('x') AND c IN (sqlc.slice(ids))`,
    'SELECT t.* FROM t WHERE a = $1 AND b = $1 AND c IN ($2)',
  ],
  [
    'question marks',
    'SELECT * FROM t WHERE a = ? AND b IN (?, ?) LIMIT ?',
    'SELECT * FROM t WHERE a = $1 AND b IN ($2, $3) LIMIT $4',
  ],
  ['a question mark at the end', 'SELECT * FROM t WHERE a=?', 'SELECT * FROM t WHERE a=$1'],
  ['numbered question marks', 'SELECT ?2, ?1, ?2', 'SELECT $1, $2, $1'],
  [
    'psycopg',
    'SELECT * FROM t WHERE a = %s AND b = %(name)s AND c = %(name)s',
    'SELECT * FROM t WHERE a = $1 AND b = $2 AND c = $2',
  ],
  [
    'percent signs of psycopg',
    "SELECT a %% 2 FROM t WHERE b LIKE 'x%%' AND c = %s",
    "SELECT a % 2 FROM t WHERE b LIKE 'x%' AND c = $1",
  ],
])('%s', (_, text, expected) => {
  expect(numbered(text)).toBe(expected);
});

test.each([
  "SELECT a ? 'key', b ?| array['x'], c ?& array['y'] FROM t",
  'SELECT a[1:2], a[lo:hi], b[:2] FROM t',
  'SELECT a @> b, a <@ b, a @@ b, a @? b, @ -5 FROM t',
  'SELECT a % b, a %s FROM t',
  `SELECT ':a', "b:c", $$ :a ? %s $$, 'LIKE %s' -- :a ?`,
  'SELECT f(a => 1, b := 2)',
  "SELECT '%%' FROM t",
])('operators and literals stay: %s', (text) => {
  expect(numbered(text)).toBe(text.replace(/ -- .*/, ''));
});

test("JDBC's way to write jsonb's operator", () => {
  expect(numbered("SELECT a ?? 'key' FROM t WHERE b = ?")).toBe(
    "SELECT a ? 'key' FROM t WHERE b = $1",
  );
});
