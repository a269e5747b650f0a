import { chanceFunctions } from './chance.ts';
import type { GeneratedSchema } from './source-database.ts';

/**
 * Users, orders and items, skewed: few users order most, few products sell most, failed orders are
 * rare, later orders are dearer. One partial and one expression index.
 *
 * @param scale 1 is 100,000 users, 1 million orders, 2 million items
 */
export function shop(scale: number): GeneratedSchema {
  const users = Math.round(100_000 * scale);
  const orders = Math.round(1_000_000 * scale);
  const items = Math.round(2_000_000 * scale);
  const products = Math.round(20_000 * scale);
  return {
    name: 'users, orders and items',
    statements: [
      'CREATE EXTENSION pg_trgm',
      chanceFunctions,
      `CREATE TABLE users (
        id integer PRIMARY KEY,
        email text NOT NULL,
        name text NOT NULL,
        country text NOT NULL,
        karma integer NOT NULL,
        joined_at timestamptz NOT NULL
      )`,
      `INSERT INTO users
       SELECT i, 'User.' || i || '@' || (ARRAY['example.com', 'Mail.example', 'post.example'])[skewed(i, 1, 3, 2)],
              'Name ' || skewed(i, 2, 9000, 2),
              (ARRAY['DE', 'US', 'FR', 'GB', 'IT', 'ES', 'PL', 'NL', 'SE', 'PT', 'AT', 'CH'])[skewed(i, 3, 12, 2.5)],
              skewed(i, 4, 5000, 4),
              timestamptz '2019-01-01 UTC' + i * (interval '1826 days' / ${users})
       FROM generate_series(1, ${users}) i`,
      `CREATE TABLE orders (
        id integer PRIMARY KEY,
        user_id integer NOT NULL,
        status text NOT NULL,
        total_cents integer NOT NULL,
        created_at timestamptz NOT NULL,
        shipped_at timestamptz,
        note text
      )`,
      `INSERT INTO orders
       SELECT i, skewed(i, 11, ${users}, 2.5), status,
              100 + skewed(i, 12, 90000, 3) + i * 10000 / ${orders}, at,
              CASE WHEN status = 'shipped' THEN at + chance(i, 14) * interval '9 days' END,
              CASE WHEN uniform(i, 15, 4) = 1 THEN 'please ' || md5(i::text) END
       FROM (
         SELECT i::bigint AS i,
                CASE WHEN u < 0.80 THEN 'shipped' WHEN u < 0.93 THEN 'paid' WHEN u < 0.985 THEN 'cancelled'
                     WHEN u < 0.997 THEN 'pending' WHEN u < 0.9995 THEN 'failed' ELSE 'refunded' END AS status,
                timestamptz '2021-01-01 UTC' + i * (interval '1095 days' / ${orders}) AS at
         FROM (SELECT i, chance(i, 13) AS u FROM generate_series(1, ${orders}) i) numbers) rows`,
      `CREATE TABLE items (
        id integer PRIMARY KEY,
        order_id integer NOT NULL,
        product_id integer NOT NULL,
        quantity smallint NOT NULL,
        price_cents integer NOT NULL
      )`,
      `INSERT INTO items
       SELECT i, least(${orders}, 1 + i / 2 + uniform(i, 21, 3)), skewed(i, 22, ${products}, 3),
              skewed(i, 23, 9, 4), 50 + skewed(i, 24, 30000, 3)
       FROM generate_series(1, ${items}) i`,
      'CREATE INDEX users_lower_email_idx ON users (lower(email))',
      'CREATE INDEX orders_user_id_idx ON orders (user_id)',
      'CREATE INDEX orders_created_at_idx ON orders (created_at)',
      "CREATE INDEX orders_failed_idx ON orders (created_at) WHERE status = 'failed'",
      'CREATE INDEX items_order_id_idx ON items (order_id)',
      'CREATE INDEX items_product_id_idx ON items (product_id)',
    ],
  };
}
