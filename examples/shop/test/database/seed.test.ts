import { startPostgres, type PostgresServer } from 'amdahl/lab';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { customerShift, popularRank, productShift } from '../../src/database/popularity.ts';
import { seed, sizeAt } from '../../src/database/seed.ts';

let server: PostgresServer;
let first: Client;
let second: Client;

beforeAll(async () => {
  server = await startPostgres();
  [first, second] = [await seeded('first'), await seeded('second')];
});

afterAll(async () => {
  await first.end();
  await second.end();
  await server.stop();
});

async function seeded(name: string): Promise<Client> {
  const admin = new Client({ connectionString: server.url() });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name} TEMPLATE template0`);
  await admin.end();
  const client = new Client({ connectionString: server.url(name) });
  await client.connect();
  await seed(client, 0.002, () => undefined);
  return client;
}

async function one<Row>(sql: string, client = first): Promise<Row> {
  return (await client.query(sql)).rows[0] as Row;
}

const tables = [
  'settings',
  'categories',
  'users',
  'products',
  'stock',
  'reviews',
  'orders',
  'order_lines',
  'shipments',
];

test.each(tables)('two seeds fill %s alike', async (table) => {
  const checksum = `SELECT count(*)::integer AS rows, sum(hashtextextended(t::text, 0)) AS sum FROM ${table} AS t`;
  const sum = await one<{ rows: number }>(checksum);
  expect(sum.rows).toBeGreaterThan(0);
  expect(await one(checksum, second)).toEqual(sum);
});

test('sizes follow the scale', () => {
  expect(sizeAt(1)).toEqual({
    users: 100_000,
    products: 10_000,
    reviews: 200_000,
    orders: 1_000_000,
  });
  expect(sizeAt(0.1).orders).toBe(100_000);
  expect(sizeAt(0.001)).toEqual({ users: 200, products: 200, reviews: 400, orders: 2000 });
});

test('there are about three lines an order, and totals are their sums', async () => {
  const { lines, wrong } = await one<{ lines: number; wrong: number }>(
    `SELECT (SELECT count(*) FROM order_lines)::float8 / (SELECT count(*) FROM orders) AS lines,
            (SELECT count(*)::integer FROM orders AS o WHERE total_cents IS DISTINCT FROM
               (SELECT sum(quantity * unit_price_cents) FROM order_lines WHERE order_id = o.id)) AS wrong`,
  );
  expect(lines).toBeGreaterThan(2.8);
  expect(lines).toBeLessThan(3.2);
  expect(wrong).toBe(0);
});

test('popularity in the data is what it says', async () => {
  // In a shop of 200 products, ranks 1 to 20 are the first tenth.
  const share = (shift: number): number => {
    const drawn = Array.from({ length: 10_000 }, (_, i) => popularRank(i / 10_000, 200, shift));
    return drawn.filter((rank) => rank <= 20).length / drawn.length;
  };
  const { products, users } = await one<{ products: number; users: number }>(
    `SELECT (SELECT count(*) FILTER (WHERE product_id <= 20)::float8 / count(*) FROM order_lines) AS products,
            (SELECT count(*) FILTER (WHERE user_id <= 20)::float8 / count(*) FROM orders) AS users`,
  );
  expect(Math.abs(products - share(productShift))).toBeLessThan(0.04);
  expect(Math.abs(users - share(customerShift))).toBeLessThan(0.04);
  expect(products).toBeGreaterThan(0.5);
});

test('ratings and review counts are those of the reviews', async () => {
  const { wrong } = await one<{ wrong: number }>(
    `SELECT count(*)::integer AS wrong FROM products AS p
     LEFT JOIN (SELECT product_id, count(*) AS count, round(avg(stars), 1)::real AS stars
                FROM reviews GROUP BY product_id) AS r ON r.product_id = p.id
     WHERE p.review_count <> coalesce(r.count, 0) OR p.rating <> coalesce(r.stars, 0)`,
  );
  expect(wrong).toBe(0);
});

test('names are told apart, and what follows the seed gets ids of its own', async () => {
  const names = await one<{ distinct: number; all: number }>(
    'SELECT count(DISTINCT name)::integer AS distinct, count(*)::integer AS all FROM products',
  );
  expect(names.distinct).toBe(names.all);
  const { id } = await one<{ id: number }>(
    `INSERT INTO orders (user_id, status, total_cents, ship_to) VALUES (1, 'paid', 1, 'x') RETURNING id`,
  );
  expect(id).toBe(sizeAt(0.002).orders + 1);
  await first.query('DELETE FROM orders WHERE id = $1', [id]);
});
