import { Client } from 'pg';
import {
  startPostgres,
  type PostgresOptions,
  type PostgresServer,
} from '../../src/lab/postgres.ts';

/** A small shop with skew: what the lab must plan like, and what tests run statements on. */
export interface Storefront {
  readonly server: PostgresServer;
  /** Connection string of the shop's own role, which may do anything there. */
  readonly url: string;
  readonly client: Client;
  close(): Promise<void>;
}

const schema = `
CREATE EXTENSION pg_trgm;
CREATE TYPE status AS ENUM ('new', 'paid', 'shipped', 'failed');
CREATE DOMAIN money_cents AS bigint CHECK (VALUE >= 0);
CREATE TABLE users (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  email text NOT NULL UNIQUE,
  name varchar(80) NOT NULL,
  biography text,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE products (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  description text NOT NULL,
  price_cents money_cents NOT NULL,
  price_euro numeric GENERATED ALWAYS AS (price_cents / 100.0) STORED,
  category_id integer
);
CREATE TABLE orders (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id integer NOT NULL REFERENCES users,
  status status NOT NULL,
  total_cents bigint NOT NULL,
  note text,
  placed_on date NOT NULL,
  updated_at timestamp NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE TABLE order_items (
  order_id integer NOT NULL REFERENCES orders,
  product_id integer NOT NULL REFERENCES products,
  quantity smallint NOT NULL,
  PRIMARY KEY (order_id, product_id)
);
CREATE INDEX orders_created_at_idx ON orders (created_at);
CREATE INDEX orders_placed_on_idx ON orders (placed_on);
CREATE INDEX orders_failed_idx ON orders (created_at) WHERE status = 'failed';
CREATE INDEX products_lower_name_idx ON products (lower(name));
CREATE VIEW paid_orders AS SELECT * FROM orders WHERE status = 'paid';
`;

/** Deterministic: a multiplicative hash of the row number stands for chance, squares for skew. */
const rows = `
INSERT INTO users (email, name, biography, created_at)
SELECT 'user' || i || '@Example.com', 'Name ' || i % 700, repeat('b', i % 90),
       timestamptz '2022-01-01 UTC' + i * interval '1 hour'
FROM generate_series(1, 12000) i;
INSERT INTO products (name, description, price_cents, category_id)
SELECT 'Product ' || md5(i::text), repeat(md5(i::text), 12), (i * 37) % 9000,
       CASE WHEN i % 5 = 0 THEN NULL ELSE i % 40 END
FROM generate_series(1, 3000) i;
INSERT INTO orders (user_id, status, total_cents, note, placed_on, updated_at, created_at)
SELECT 1 + (12000 * ((hash % 1000) / 1000.0) ^ 2)::int % 12000,
       (CASE WHEN hash % 100 < 70 THEN 'shipped' WHEN hash % 100 < 95 THEN 'paid'
             WHEN hash % 1000 < 990 THEN 'new' ELSE 'failed' END)::status,
       hash % 50000, CASE WHEN i % 3 = 0 THEN repeat('n', i % 60) END,
       moment::date, moment::timestamp, moment
FROM (SELECT i, (i * 2654435761 % 1000003)::int AS hash,
             timestamptz '2022-01-01 UTC' + i * interval '19 minutes' AS moment
      FROM generate_series(1, 80000) i) s;
INSERT INTO order_items
SELECT o.id, 1 + (o.id * 7919 + n * 104729) % 3000, 1 + (o.id + n) % 4
FROM orders o, generate_series(1, 3) n
ON CONFLICT DO NOTHING;
`;

/** What came in since statistics were gathered: beyond the end of the histogram. */
const later = `
INSERT INTO orders (user_id, status, total_cents, placed_on, updated_at, created_at)
SELECT 77, 'new', 100, '2026-06-01', '2026-06-01', timestamptz '2026-06-01' + i * interval '1 hour'
FROM generate_series(1, 60) i`;

/** Starts PostgreSQL, with more settings, and fills the shop; takes a few seconds. */
export async function startStorefront(
  settings: Readonly<Record<string, string>> = {},
  options: PostgresOptions = {},
): Promise<Storefront> {
  const server = await startPostgres({ ...options, settings: { autovacuum: 'off', ...settings } });
  const admin = new Client({ connectionString: server.url() });
  await admin.connect();
  await admin.query('CREATE DATABASE shop');
  await admin.end();
  const client = new Client({ connectionString: server.url('shop') });
  await client.connect();
  await client.query("SET TimeZone = 'UTC'");
  await client.query(schema);
  await client.query(rows);
  await client.query('VACUUM ANALYZE');
  await client.query(later);
  return {
    server,
    url: server.url('shop'),
    client,
    close: async () => {
      await client.end();
      await server.stop();
    },
  };
}

/** Statements such a shop sends, with parameters. */
export const workload: readonly (readonly [text: string, ...parameters: unknown[]])[] = [
  ['SELECT * FROM users WHERE id = $1', 77],
  ['SELECT id, name FROM users WHERE email = $1', 'user500@Example.com'],
  ['SELECT * FROM orders WHERE user_id = $1 ORDER BY created_at DESC LIMIT 20', 12],
  ['SELECT count(*) FROM orders WHERE status = $1', 'paid'],
  ['SELECT count(*) FROM orders WHERE status = $1', 'failed'],
  ["SELECT * FROM orders WHERE status = 'failed' ORDER BY created_at LIMIT 10"],
  ['SELECT * FROM orders WHERE created_at >= $1 AND created_at < $2', '2022-03-01', '2022-03-02'],
  ['SELECT * FROM orders WHERE created_at >= $1 AND created_at < $2', '2022-03-01', '2024-03-02'],
  ['SELECT sum(total_cents) FROM orders WHERE EXTRACT(YEAR FROM created_at) = $1', 2023],
  ['SELECT * FROM orders WHERE created_at >= $1', '2024-11-15'],
  ['SELECT * FROM products WHERE lower(name) = $1', 'product x'],
  ["SELECT * FROM products WHERE name LIKE '%abc%'"],
  ['SELECT * FROM products WHERE category_id = $1 ORDER BY price_cents LIMIT 30', 7],
  [
    `SELECT o.id, u.name FROM orders o JOIN users u ON u.id = o.user_id
     WHERE o.placed_on = $1`,
    '2023-05-05',
  ],
  [
    `SELECT p.name, sum(i.quantity) FROM order_items i JOIN products p ON p.id = i.product_id
     WHERE i.order_id = $1 GROUP BY p.id`,
    4711,
  ],
  [
    `SELECT p.id, p.name, count(*) AS sold FROM products p
     JOIN order_items i ON i.product_id = p.id JOIN orders o ON o.id = i.order_id
     WHERE o.created_at > $1 GROUP BY p.id ORDER BY sold DESC LIMIT 10`,
    '2024-10-01',
  ],
  [
    `SELECT u.id FROM users u WHERE NOT EXISTS
     (SELECT FROM orders o WHERE o.user_id = u.id) ORDER BY u.id LIMIT 50`,
  ],
  [
    `SELECT u.id, latest.id FROM users u, LATERAL
     (SELECT o.id FROM orders o WHERE o.user_id = u.id ORDER BY o.created_at DESC LIMIT 1) latest
     WHERE u.id < $1`,
    20,
  ],
  ['SELECT * FROM orders ORDER BY created_at DESC LIMIT 20 OFFSET 5000'],
  ['SELECT * FROM orders WHERE id = ANY ($1)', [1, 2, 3, 5, 8]],
  [`SELECT date_trunc('month', created_at), sum(total_cents) FROM orders GROUP BY 1 ORDER BY 1`],
  ['SELECT DISTINCT status FROM orders'],
  ['SELECT * FROM paid_orders WHERE total_cents > $1', 49_000],
  ['SELECT * FROM order_items WHERE product_id = $1', 5],
  ['UPDATE orders SET status = $1 WHERE id = $2', 'paid', 9],
  ['UPDATE orders SET note = NULL WHERE user_id = $1', 9],
  ['DELETE FROM order_items WHERE order_id = $1', 10],
  ['INSERT INTO order_items (order_id, product_id, quantity) VALUES ($1, $2, $3)', 1, 2, 3],
  [
    `WITH big AS (SELECT * FROM orders WHERE total_cents > 49500)
     SELECT u.name FROM users u JOIN big ON big.user_id = u.id WHERE u.created_at < $1`,
    '2022-06-01',
  ],
];
