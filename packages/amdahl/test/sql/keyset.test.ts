import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPostgres, type PostgresServer } from '../../src/lab/postgres.ts';
import { keysetPage, pageOf } from '../../src/sql/keyset.ts';

let server: PostgresServer;
let client: Client;

beforeAll(async () => {
  server = await startPostgres();
  client = new Client({ connectionString: server.url() });
  await client.connect();
  await client.query(`
    CREATE TABLE posts (id integer PRIMARY KEY, at date, author text);
    INSERT INTO posts SELECT i, date '2024-01-01' + i % 17, 'a' || i % 3 FROM generate_series(1, 200) i`);
});

afterAll(async () => {
  await client?.end();
  await server?.stop();
});

describe('walking by keyset shows the pages that OFFSET shows', () => {
  test.each([
    ['SELECT p.id, p.at FROM posts AS p ORDER BY p.at DESC, p.id DESC LIMIT 7 OFFSET $1'],
    ['SELECT id, at FROM posts ORDER BY id LIMIT 7 OFFSET $1'],
    ["SELECT at, id FROM posts WHERE author = 'a1' ORDER BY at, id LIMIT 7 OFFSET $1"],
    [
      "SELECT at, id FROM posts WHERE author = 'a1' OR author = 'a2' ORDER BY at, id LIMIT 7 OFFSET $1",
    ],
    ['SELECT id AS number, at AS day FROM posts ORDER BY day DESC, number DESC LIMIT 7 OFFSET $1'],
  ])('%s', async (text) => {
    const keyset = keysetPage(text);
    if (keyset === null) throw new Error('no keyset');
    const { rows: first } = await client.query<Record<string, unknown>>(text, [0]);
    let page = first;
    for (let offset = 7; offset < 42; offset += 7) {
      const last = page.at(-1) ?? {};
      const values: unknown[] = [];
      for (const { column, parameter } of keyset.keys) {
        values[parameter - 1] = last[column] ?? last[column === 'id' ? 'number' : 'day'];
      }
      const { rows } = await client.query<Record<string, unknown>>(keyset.text, values);
      const expected = await client.query<Record<string, unknown>>(text, [offset]);
      expect(rows).toEqual(expected.rows);
      page = rows;
    }
  });
});

test('parameters keep their numbers; the offset gives its own to the first key', () => {
  expect(
    keysetPage('SELECT * FROM posts WHERE author = $1 ORDER BY at, id LIMIT $2 OFFSET $3'),
  ).toEqual({
    text: 'SELECT *\nFROM posts\nWHERE\n  author = $1\n  AND (at, id) > ($3, $4)\nORDER BY\n  at,\n  id\nLIMIT $2',
    keys: [
      { column: 'at', parameter: 3 },
      { column: 'id', parameter: 4 },
    ],
  });
});

test.each([
  'SELECT * FROM posts OFFSET 5',
  'SELECT * FROM posts ORDER BY at DESC, id LIMIT 5 OFFSET 5',
  'SELECT * FROM posts ORDER BY lower(author) LIMIT 5 OFFSET 5',
  'SELECT author, count(*) FROM posts GROUP BY author ORDER BY author LIMIT 5 OFFSET 5',
  'SELECT * FROM posts ORDER BY id LIMIT 5',
])('there is no keyset for %s', (text) => {
  expect(keysetPage(text)).toBeNull();
});

test('a page is read from literals, parameters and casts', () => {
  expect(pageOf('SELECT 1 FROM t LIMIT 20 OFFSET 40', [])).toEqual({ offset: 40, limit: 20 });
  expect(pageOf('SELECT 1 FROM t LIMIT $1 OFFSET $2::int', [10, '5000'])).toEqual({
    offset: 5_000,
    limit: 10,
  });
  expect(pageOf('SELECT 1 FROM t OFFSET 3', [])).toEqual({ offset: 3, limit: null });
  expect(pageOf('SELECT 1 FROM t LIMIT 3', [])).toBeNull();
  expect(pageOf('SELECT 1 FROM t OFFSET $1', [])).toBeNull();
});
