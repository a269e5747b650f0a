import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPostgres, type PostgresServer } from '../../src/lab/postgres.ts';
import { batchStatement, isLookup } from '../../src/sql/batch.ts';

let server: PostgresServer;
let client: Client;

beforeAll(async () => {
  server = await startPostgres();
  client = new Client({ connectionString: server.url() });
  await client.connect();
  await client.query(`
    CREATE TABLE lines (order_id integer, line integer, product text, quantity integer);
    INSERT INTO lines SELECT i % 40, i / 40, 'p' || i % 7, i % 5 FROM generate_series(0, 399) i`);
});

const byText = (a: string, b: string): number => a.localeCompare(b);

afterAll(async () => {
  await client?.end();
  await server?.stop();
});

describe('one statement for all values finds the rows that one for each value finds', () => {
  test.each([
    ['SELECT product FROM lines WHERE order_id = $1 ORDER BY product'],
    ['SELECT order_id, product FROM lines WHERE order_id = $1'],
    ['SELECT l.* FROM lines AS l WHERE l.order_id = $1'],
    ['SELECT product FROM lines WHERE order_id = $1 AND quantity > 2'],
    ['SELECT product FROM lines WHERE order_id = $1 ORDER BY line DESC LIMIT 2'],
    ['SELECT count(*)::int AS lines, sum(quantity)::int AS pieces FROM lines WHERE order_id = $1'],
    ['SELECT DISTINCT product FROM lines WHERE order_id = $1'],
    ['SELECT product, count(*)::int FROM lines WHERE order_id = $1 GROUP BY product'],
  ])('%s', async (text) => {
    const values = [3, 4, 39, 77];
    const each: string[] = [];
    for (const value of values) {
      const { rows } = await client.query<Record<string, unknown>>(text, [value]);
      each.push(...rows.map((row) => JSON.stringify({ order_id: value, ...row })));
    }
    const batch = batchStatement(
      text,
      values.map((value) => [value]),
    );
    if (batch === null) throw new Error('no batch');
    const { rows } = await client.query<Record<string, unknown>>(batch.text, [values]);
    const together = rows.map((row) => JSON.stringify(row));
    expect(together.toSorted(byText)).toEqual(each.toSorted(byText));
    expect(batch).toMatchObject({ parameters: [1], columns: ['order_id'] });
  });
});

test('the value that changes is the one that is batched', () => {
  const text = 'SELECT a FROM t WHERE tenant = $1 AND id = $2';
  const batch = batchStatement(text, [
    [7, 1],
    [7, 2],
  ]);
  expect(batch?.text).toBe('SELECT\n  id,\n  a\nFROM t\nWHERE\n  tenant = $1\n  AND id = ANY ($2)');
  expect(batch?.parameters).toEqual([2]);
});

test('a key of several columns is batched as a whole', async () => {
  const text = 'SELECT product FROM lines WHERE order_id = $1 AND line = $2 AND quantity < $3';
  const values = [
    [3, 1, 9],
    [4, 2, 9],
    [5, 99, 9],
  ];
  const each: string[] = [];
  for (const list of values) {
    const { rows } = await client.query<Record<string, unknown>>(text, list);
    each.push(...rows.map((row) => JSON.stringify({ order_id: list[0], line: list[1], ...row })));
  }
  const batch = batchStatement(text, values);
  expect(batch).toMatchObject({ parameters: [1, 2], columns: ['order_id', 'line'] });
  const { rows } = await client.query<Record<string, unknown>>(batch?.text ?? '', [
    [3, 4, 5],
    [1, 2, 99],
    9,
  ]);
  expect(each).toHaveLength(2);
  expect(rows.map((row) => JSON.stringify(row)).toSorted(byText)).toEqual(each.toSorted(byText));
});

test('a cast of the value becomes one of the array', async () => {
  const text = 'SELECT order_id, product FROM lines WHERE order_id = $1::int ORDER BY line';
  const batch = batchStatement(text, [[3], [4]]);
  expect(batch?.text).toContain('ANY (CAST($1 AS int[]))');
  const { rows } = await client.query(batch?.text ?? '', [['3', '4']]);
  expect(rows).toHaveLength(20);
});

test('the type of the array is the column’s where it is known', () => {
  const text = 'SELECT a FROM t WHERE code = $1 LIMIT 1';
  const typed = batchStatement(text, [['x'], ['y']], () => 'character varying(8)');
  expect(typed?.text).toContain('CAST($1 AS varchar[])');
  expect(batchStatement(text, [['x'], ['y']])?.text).toContain('CAST($1 AS text[])');
});

test('a literal becomes a parameter', () => {
  expect(batchStatement('SELECT id, a FROM t WHERE id = 5')?.text).toBe(
    'SELECT\n  id,\n  a\nFROM t\nWHERE\n  id = ANY ($1)',
  );
});

describe('a lookup', () => {
  test('is a SELECT by a value that changes', () => {
    expect(isLookup('SELECT 1 FROM t WHERE id = $1', [[1], [2]])).toBe(true);
    expect(isLookup('SELECT 1 FROM t WHERE id = 5', [])).toBe(true);
  });

  test.each([
    [
      'the next page by offset',
      'SELECT 1 FROM t WHERE a = $1 LIMIT 9 OFFSET $2',
      [
        [1, 0],
        [1, 9],
      ],
    ],
    [
      'the next page by key',
      'SELECT 1 FROM t WHERE a = $1 AND id > $2 LIMIT 9',
      [
        [1, 0],
        [1, 9],
      ],
    ],
    ['a worker’s next job', 'SELECT 1 FROM t WHERE a = $1 FOR UPDATE SKIP LOCKED', [[1], [2]]],
    ['a list', 'SELECT 1 FROM t WHERE id = ANY ($1)', []],
    ['a range', 'SELECT 1 FROM t WHERE at > $1', []],
    ['an insert', 'INSERT INTO t VALUES ($1)', []],
    ['an update', 'UPDATE t SET a = 1 WHERE id = $1', []],
    ['no SQL', 'SELEC', []],
  ])('is not %s', (_what, text, examples) => {
    expect(isLookup(text, examples)).toBe(false);
  });
});
