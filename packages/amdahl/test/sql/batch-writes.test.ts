import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startPostgres, type PostgresServer } from '../../src/lab/postgres.ts';
import { batchWrite, readThenWrite } from '../../src/sql/batch-writes.ts';

let server: PostgresServer;
let client: Client;

beforeAll(async () => {
  server = await startPostgres();
  client = new Client({ connectionString: server.url() });
  await client.connect();
});

beforeEach(async () => {
  await client.query(`
    DROP TABLE IF EXISTS stock;
    CREATE TABLE stock (id integer PRIMARY KEY, name text DEFAULT 'none', quantity integer, at timestamptz);
    INSERT INTO stock SELECT i, 'item ' || i, 10 * i, '2026-01-01' FROM generate_series(1, 9) i`);
});

afterAll(async () => {
  await client?.end();
  await server?.stop();
});

type Values = readonly (readonly unknown[])[];

/** What the table holds after these executions, which are then taken back. */
async function after(executions: readonly (readonly [string, readonly unknown[]])[]) {
  await client.query('BEGIN');
  const returned: unknown[] = [];
  for (const [text, values] of executions) {
    returned.push(...(await client.query(text, [...values])).rows);
  }
  const { rows } = await client.query('SELECT id, name, quantity FROM stock ORDER BY id');
  await client.query('ROLLBACK');
  return { rows, returned };
}

describe('one statement for all rows writes what one for each row writes', () => {
  test.each<readonly [string, Values]>([
    [
      'INSERT INTO stock (id, name, quantity) VALUES ($1, $2, 5)',
      [
        [11, 'a'],
        [12, null],
      ],
    ],
    [
      'INSERT INTO stock (id, name, quantity) VALUES ($1, DEFAULT, $2 * 2)',
      [
        [11, 1],
        [12, 2],
      ],
    ],
    [
      'INSERT INTO stock (id, name) VALUES ($1, upper($2)) RETURNING id, name',
      [
        [11, 'a'],
        [12, 'b'],
      ],
    ],
    [
      'INSERT INTO stock (id, name, at) VALUES ($1, $2, now())',
      [
        [11, 'same'],
        [12, 'same'],
      ],
    ],
    [
      'INSERT INTO stock (id, quantity) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET quantity = excluded.quantity',
      [
        [9, 1],
        [12, 2],
      ],
    ],
    [
      'UPDATE stock SET quantity = quantity - $2 WHERE id = $1',
      [
        [1, 3],
        [2, 4],
      ],
    ],
    [
      'UPDATE stock SET quantity = $1, name = $2 WHERE id = $3 AND quantity > 15',
      [
        [7, 'x', 1],
        [8, 'y', 2],
      ],
    ],
    [
      'UPDATE stock AS s SET name = name || $1 WHERE s.id = $2 RETURNING id, name',
      [
        ['!', 1],
        ['?', 2],
      ],
    ],
    ['DELETE FROM stock WHERE id = $1', [[1], [5], [77]]],
  ])('%s', async (text, values) => {
    const batch = batchWrite(text, values);
    if (batch === null) throw new Error('no batch');
    const columns = (values[0] ?? []).map((_, index) =>
      batch.parameters.includes(index + 1) ? values.map((list) => list[index]) : values[0]?.[index],
    );
    const each = await after(values.map((list) => [text, list] as const));
    const together = await after([[batch.text, columns]]);
    expect(together).toEqual(each);
    expect(each.rows).not.toEqual((await after([])).rows);
  });
});

test('arrays are typed as the columns are', () => {
  const types: Readonly<Record<string, string>> = { id: 'bigint', at: 'timestamp with time zone' };
  const batch = batchWrite(
    'INSERT INTO stock (id, at) VALUES ($1, $2)',
    [
      [1, '2026-01-01'],
      [2, '2026-01-02'],
    ],
    (column) => types[column] ?? null,
  );
  expect(batch?.text).toMatch(
    /CAST\(\$1 AS bigint\[\]\), CAST\(\$2 AS timestamp with time zone\[\]\)/,
  );
  expect(batch).toMatchObject({ kind: 'insert', table: 'stock' });
});

test.each([
  ['many rows', 'INSERT INTO stock (id) VALUES ($1), ($2)'],
  ['a result', 'INSERT INTO stock (id) SELECT $1 FROM stock'],
  ['given rows', 'INSERT INTO stock (id) SELECT * FROM unnest($1::int[])'],
  ['from another table', 'UPDATE stock SET quantity = $1 FROM stock AS other WHERE stock.id = $2'],
  ['without a key', 'UPDATE stock SET quantity = $1'],
  ['by a range', 'DELETE FROM stock WHERE id > $1'],
  ['nothing', 'SELECT 1 FROM stock WHERE id = $1'],
  ['no SQL', 'UPDAT stock'],
])('what writes %s is left as it is', (_what, text) => {
  expect(
    batchWrite(text, [
      [1, 2],
      [3, 4],
    ]),
  ).toBeNull();
});

test('a row that is read and then changed is changed and returned at once', async () => {
  const text = readThenWrite(
    'SELECT s.name, s.quantity FROM stock AS s WHERE s.id = $1 FOR UPDATE',
    'UPDATE stock SET quantity = quantity - $2 WHERE id = $1',
  );
  const { rows } = await client.query(text ?? '', [3, 4]);
  expect(rows).toEqual([{ name: 'item 3', quantity: 26 }]);
});

test.each([
  ['another table', 'SELECT a FROM other WHERE id = $1', 'UPDATE stock SET a = 1 WHERE id = $1'],
  ['another key', 'SELECT a FROM stock WHERE name = $1', 'UPDATE stock SET a = 1 WHERE id = $1'],
  ['a sum', 'SELECT sum(a) FROM stock WHERE id = $1', 'UPDATE stock SET a = 1 WHERE id = $1'],
  ['no change', 'SELECT a FROM stock WHERE id = $1', 'DELETE FROM stock WHERE id = $1'],
])('%s is no pair', (_what, read, write) => {
  expect(readThenWrite(read, write)).toBeNull();
});
