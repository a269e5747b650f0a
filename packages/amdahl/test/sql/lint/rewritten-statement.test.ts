import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPostgres, type PostgresServer } from '../../../src/lab/postgres.ts';
import { rewritesFor, type RewrittenStatement } from '../../../src/sql/lint/rewritten-statement.ts';
import type { RuleId } from '../../../src/sql/lint/rule.ts';
import { readCatalog } from '../../../src/sql/read-catalog.ts';
import { openReadOnly } from '../../../src/sql/read-only-database.ts';
import { schemaOf, type Schema } from '../../../src/sql/schema.ts';

let server: PostgresServer;
let client: Client;
let schema: Schema;

/** Small, with everything a rewrite could get wrong: NULLs, duplicates, padding, no match. */
const tables = `
  CREATE TYPE level AS ENUM ('free', 'gold');
  CREATE TABLE users (
    id integer PRIMARY KEY, email text, code char(6), level level NOT NULL, active boolean,
    manager_id integer, joined_at timestamp NOT NULL, seen_at timestamptz);
  CREATE TABLE orders (
    id bigint PRIMARY KEY, user_id integer NOT NULL, buyer_id integer, discount integer,
    quantity integer NOT NULL, price numeric(8, 2) NOT NULL, note varchar(20), placed_on date NOT NULL);
  CREATE TABLE tokens (key uuid PRIMARY KEY, user_id integer);
  INSERT INTO users
  SELECT i, CASE WHEN i % 7 > 0 THEN 'u' || i % 30 END, 'c' || i % 40,
         (CASE WHEN i % 3 = 0 THEN 'gold' ELSE 'free' END)::level,
         CASE WHEN i % 5 > 0 THEN i % 2 = 0 END, CASE WHEN i % 4 > 0 THEN i % 20 END,
         timestamp '2024-01-01' + i * interval '5 hours', timestamptz '2024-03-30' + i * interval '1 hour'
  FROM generate_series(1, 120) i;
  INSERT INTO orders
  SELECT i, 1 + i % 90, CASE WHEN i % 6 > 0 THEN i % 70 END, CASE WHEN i % 3 > 0 THEN i % 5 END,
         i % 12, i * 0.25, CASE WHEN i % 4 > 0 THEN 'n' || i % 9 END, date '2024-01-01' + i % 50
  FROM generate_series(1, 400) i;
  INSERT INTO tokens SELECT md5(i::text)::uuid, i % 50 FROM generate_series(1, 80) i;
  CREATE TABLE events (id integer PRIMARY KEY, kind text) WITH (autovacuum_enabled = off);
  INSERT INTO events SELECT i, repeat('x', 300) FROM generate_series(1, 20000) i;
  ANALYZE;`;

beforeAll(async () => {
  server = await startPostgres({ settings: { timezone: 'Europe/Berlin' } });
  client = new Client({ connectionString: server.url() });
  await client.connect();
  await client.query(tables);
  const database = await openReadOnly(server.url());
  schema = schemaOf(await readCatalog(database));
  await database.close();
});

afterAll(async () => {
  await client?.end();
  await server?.stop();
});

function rewritesOf(
  text: string,
  parameters: readonly unknown[] = [],
): readonly RewrittenStatement[] {
  return rewritesFor(text, parameters, schema);
}

/** Rows as a multiset, values as text. */
async function rowsOf(text: string, parameters: readonly unknown[]): Promise<readonly string[]> {
  const { rows } = await client.query<unknown[]>({
    text,
    values: [...parameters],
    rowMode: 'array',
  });
  return rows.map((row) => JSON.stringify(row)).toSorted();
}

type Case = readonly [rule: RuleId, text: string, parameters?: readonly unknown[]];

describe('the rewritten statement returns the same rows', () => {
  const cases: readonly Case[] = [
    ['arithmetic-on-column', 'SELECT id FROM orders WHERE quantity + 5 > $1', [9]],
    ['arithmetic-on-column', 'SELECT id FROM orders WHERE 5 - quantity <= $1', [2]],
    ['arithmetic-on-column', 'SELECT id FROM orders o WHERE 3 = o.quantity - 2'],
    ['arithmetic-on-column', 'SELECT id FROM orders WHERE placed_on + 7 >= $1', ['2024-02-03']],
    [
      'arithmetic-on-column',
      "SELECT id FROM users WHERE joined_at + interval '7 days' > $1",
      ['2024-01-20 05:00'],
    ],
    [
      'arithmetic-on-column',
      "SELECT id FROM users WHERE seen_at - interval '90 minutes' < timestamptz '2024-03-31 03:30'",
    ],
    ['coalesce-on-column', 'SELECT id FROM orders WHERE coalesce(discount, 0) = 0'],
    ['coalesce-on-column', 'SELECT id FROM orders WHERE coalesce(discount, 0) > 1'],
    ['coalesce-on-column', 'SELECT id FROM orders WHERE coalesce(discount, 3) = $1', [3]],
    ['coalesce-on-column', "SELECT id FROM orders WHERE coalesce(note, '') = $1", ['']],
    ['coalesce-on-column', 'SELECT id FROM orders WHERE coalesce(quantity, 0) < 4'],
    ['implicit-cast', 'SELECT * FROM users WHERE id = 5.0'],
    ['implicit-cast', 'SELECT id FROM users WHERE id > 5.5 AND email IS NOT NULL'],
    ['implicit-cast', 'SELECT id FROM users WHERE 7.5 >= id'],
    ['implicit-cast', "SELECT id FROM users WHERE id::text = '5'"],
    ['implicit-cast', 'SELECT id FROM users WHERE id::text = $1', ['17']],
    ['implicit-cast', 'SELECT id FROM orders WHERE id = $1::numeric', [12]],
    ['implicit-cast', 'SELECT id FROM orders WHERE id = $1::numeric', [12.5]],
    ['implicit-cast', 'SELECT id FROM orders WHERE id < $1::float8', [12.5]],
    ['implicit-cast', 'SELECT id FROM orders WHERE id::numeric >= $1', [390.1]],
    ['implicit-cast', 'SELECT id FROM orders WHERE price = $1::float8', [12.25]],
    ['implicit-cast', "SELECT id FROM users WHERE level::text = 'gold'"],
    ['implicit-cast', "SELECT id FROM users WHERE code = 'c7'::text"],
    ['implicit-cast', 'SELECT id FROM users WHERE active::int = 1'],
    ['implicit-cast', 'SELECT id FROM users WHERE 0 = active::int'],
    [
      'implicit-cast',
      'SELECT user_id FROM tokens WHERE key::text = $1',
      ['c4ca4238-a0b9-2382-0dcc-509a6f75849b'],
    ],
    ['implicit-cast', 'SELECT id FROM orders WHERE placed_on::text = $1', ['2024-01-09']],
    ['not-in-subquery', 'SELECT id FROM users WHERE id NOT IN (SELECT user_id FROM orders)'],
    [
      'not-in-subquery',
      'SELECT id FROM users WHERE id NOT IN (SELECT buyer_id FROM orders WHERE buyer_id IS NOT NULL)',
    ],
    [
      'not-in-subquery',
      'SELECT id FROM users WHERE id NOT IN (SELECT buyer_id FROM orders WHERE buyer_id > $1)',
      [20],
    ],
    ['not-in-subquery', 'SELECT id FROM users WHERE id <> ALL (SELECT user_id FROM orders)'],
    [
      'not-in-subquery',
      'SELECT id FROM orders WHERE buyer_id NOT IN (SELECT id FROM users WHERE active) AND quantity > 3',
    ],
    ['or-across-columns', "SELECT * FROM orders WHERE user_id = 5 OR note = 'n1'"],
    [
      'or-across-columns',
      `SELECT o.id, u.email FROM orders o JOIN users u ON u.id = o.user_id
       WHERE (u.email = $1 OR o.note = $2 OR o.buyer_id = 3) AND o.quantity > 2 ORDER BY o.id`,
      ['u5', 'n3'],
    ],
    [
      'or-across-columns',
      'SELECT id, note AS remark FROM orders WHERE buyer_id = 4 OR discount = 2 ORDER BY remark, 1 LIMIT 500',
    ],
    [
      'existence-count',
      'SELECT id FROM users u WHERE (SELECT count(*) FROM orders o WHERE o.user_id = u.id) > 0',
    ],
    [
      'existence-count',
      'SELECT id FROM users u WHERE 0 = (SELECT count(*) FROM orders o WHERE o.user_id = u.id)',
    ],
    [
      'existence-count',
      'SELECT id, (SELECT count(discount) FROM orders o WHERE o.user_id = u.id AND o.quantity = 1) >= 1 FROM users u',
    ],
    ['existence-count', 'SELECT count(*) > 0 AS taken FROM users WHERE email = $1', ['u3']],
    ['existence-count', 'SELECT count(*) = 0 AS free FROM users WHERE email = $1', ['nobody']],
    [
      'distinct-fan-out',
      'SELECT DISTINCT u.id, u.email FROM users u JOIN orders o ON o.user_id = u.id WHERE o.quantity > 3',
    ],
    [
      'distinct-fan-out',
      'SELECT DISTINCT u.email FROM users u, orders o WHERE o.buyer_id = u.id AND u.active ORDER BY u.email',
    ],
    [
      'correlated-subquery',
      'SELECT u.id, (SELECT count(*) FROM orders o WHERE o.user_id = u.id) FROM users u',
    ],
    [
      'correlated-subquery',
      `SELECT *, (SELECT max(price) FROM orders o WHERE u.id = o.buyer_id AND o.quantity > $1) AS dearest
       FROM users u WHERE u.active ORDER BY u.id`,
      [4],
    ],
    [
      'correlated-subquery',
      `SELECT id, coalesce((SELECT sum(quantity) FROM orders WHERE user_id = users.id), 0) AS items,
         (SELECT count(note) FROM orders WHERE buyer_id = users.manager_id)
       FROM users`,
    ],
    [
      'having-without-aggregate',
      'SELECT user_id, count(*) FROM orders GROUP BY user_id HAVING user_id IN (SELECT id FROM users WHERE active) AND count(*) > 4',
    ],
  ];

  test.each(cases.map(([rule, text, parameters = []]) => ({ rule, text, parameters })))(
    '$rule: $text $parameters',
    async ({ rule, text, parameters }) => {
      const rewrite = rewritesOf(text, parameters).find((each) => each.rule === rule);
      if (rewrite === undefined) throw new Error('no rewrite');
      const expected = await rowsOf(text, parameters);
      expect(await rowsOf(rewrite.text, parameters)).toEqual(expected);
      // Rewritten once it is at rest.
      expect(rewritesOf(rewrite.text, parameters).map((each) => each.rule)).not.toContain(rule);
    },
  );
});

describe('nothing is proposed', () => {
  test.each([
    [
      'for an untyped literal, which takes the column’s type',
      "SELECT id FROM users WHERE id = '5'",
    ],
    ['for a parameter without a type', 'SELECT id FROM users WHERE id = $1'],
    ['for whole numbers of another width', 'SELECT id FROM orders WHERE id = 3000000000'],
    ['for a varchar compared as text', "SELECT id FROM orders WHERE note::text = 'n1'"],
    ['for a numeric column and a whole number', 'SELECT id FROM orders WHERE price = 5'],
    ['for a text no number is written like', "SELECT id FROM users WHERE id::text = '05'"],
    ['for half a number', 'SELECT id FROM users WHERE id = 5.5'],
    ['for an order of texts', "SELECT id FROM users WHERE id::text > '5'"],
    ['for a product', 'SELECT id FROM orders WHERE quantity * 2 > 5'],
    ['for a sum of two columns', 'SELECT id FROM orders WHERE quantity + discount > 5'],
    [
      'for days where the clock changes',
      "SELECT id FROM users WHERE seen_at + interval '7 days' > '2024-03-31'",
    ],
    ['for months', "SELECT id FROM users WHERE joined_at + interval '1 month' > '2024-03-31'"],
    ['for coalesce of two columns', 'SELECT id FROM orders WHERE coalesce(discount, quantity) = 1'],
    [
      'for NOT IN over a column that holds NULLs',
      'SELECT id FROM users WHERE id NOT IN (SELECT buyer_id FROM orders)',
    ],
    [
      'for NOT IN over the missing side of a join',
      'SELECT id FROM users WHERE id NOT IN (SELECT o.user_id FROM tokens t LEFT JOIN orders o ON o.id = t.user_id)',
    ],
    ['for NOT IN over literals', 'SELECT id FROM users WHERE id NOT IN (1, 2, 3)'],
    [
      'for NOT IN where the subquery has the same name',
      'SELECT id FROM users WHERE id NOT IN (SELECT id FROM users WHERE active)',
    ],
    ['for OR on one column', 'SELECT id FROM orders WHERE user_id = 5 OR user_id = 6'],
    ['for OR under an aggregate', 'SELECT count(*) FROM orders WHERE user_id = 5 OR buyer_id = 6'],
    [
      'for OR under an order no output has',
      "SELECT id FROM orders WHERE user_id = 5 OR note = 'n1' ORDER BY lower(note)",
    ],
    ['for a count that is shown', 'SELECT count(*) FROM users WHERE active'],
    [
      'for a count compared with more than one',
      'SELECT id FROM users u WHERE (SELECT count(*) FROM orders o WHERE o.user_id = u.id) > 1',
    ],
    [
      'for DISTINCT over columns of both tables',
      'SELECT DISTINCT u.id, o.note FROM users u JOIN orders o ON o.user_id = u.id',
    ],
    [
      'for DISTINCT over an outer join',
      'SELECT DISTINCT u.id FROM users u LEFT JOIN orders o ON o.user_id = u.id',
    ],
    [
      'for a subquery that is not tied by equality',
      'SELECT (SELECT count(*) FROM orders o WHERE o.placed_on > u.joined_at) FROM users u',
    ],
    [
      'for a subquery that answers one row',
      'SELECT (SELECT note FROM orders o WHERE o.id = u.id) FROM users u',
    ],
    [
      'for HAVING over an aggregate',
      'SELECT user_id FROM orders GROUP BY user_id HAVING count(*) > 3',
    ],
    [
      'for rows picked among a few',
      'SELECT * FROM events WHERE id < 100 ORDER BY random() LIMIT 5',
    ],
    ['for a table too small to sample', 'SELECT * FROM users ORDER BY random() LIMIT 5'],
  ])('%s: %s', (_why, text) => {
    expect(rewritesOf(text)).toEqual([]);
  });
});

test('rows picked by chance are as many, from a sample of the pages', async () => {
  const [rewrite] = rewritesOf('SELECT id FROM events ORDER BY random() LIMIT $1', [5]);
  expect(rewrite).toMatchObject({ rule: 'random-order', equivalence: 'other-rows' });
  expect(rewrite?.text).toContain('TABLESAMPLE system');
  expect(await rowsOf(rewrite?.text ?? '', [5])).toHaveLength(5);
});

test('what a rewrite presupposes is said', () => {
  const { catalog } = schema;
  const unknown = schemaOf({
    ...catalog,
    tables: catalog.tables.map((table) => ({
      ...table,
      columns: table.columns.map((column) => ({ ...column, statistics: null })),
    })),
  });
  const text = 'SELECT id FROM users WHERE id NOT IN (SELECT buyer_id FROM orders)';
  const [rewrite] = rewritesFor(text, [], unknown);
  expect(rewrite).toMatchObject({
    equivalence: 'by-proof',
    withoutNulls: [{ table: 'orders', column: 'buyer_id' }],
  });
  expect(rewrite?.preconditions[0]).toMatch(/^orders\.buyer_id holds no NULL today/);
});

test('the statement is written from its tree, parameters and the rest as they were', () => {
  const text =
    'SELECT u.email FROM users AS u WHERE u.id NOT IN (SELECT o.user_id FROM orders AS o WHERE o.note = $2) AND u.active = $1 LIMIT 5';
  const [rewrite] = rewritesOf(text);
  expect(rewrite?.text.replaceAll(/\s+/g, ' ')).toBe(
    'SELECT u.email FROM users AS u WHERE NOT (EXISTS (SELECT 1 FROM orders AS o WHERE (o.note = $2 AND o.user_id = u.id))) AND u.active = $1 LIMIT 5',
  );
});
