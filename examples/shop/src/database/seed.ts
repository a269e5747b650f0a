import type { Client } from 'pg';
import { customerShift, popularRankSql, productShift } from './popularity.ts';
import { constraintsAndIndexes, tables } from './schema.ts';
import {
  categories,
  cities,
  colours,
  firstNames,
  lastNames,
  materials,
  moods,
  opinions,
  sentences,
  streets,
  styles,
} from './words.ts';

/**
 * Version of schema and data. A template database of another version is never used, so raise it
 * with every change to the schema, the words or the statements here.
 */
export const seedVersion = 6;

export interface ShopSize {
  readonly users: number;
  readonly products: number;
  readonly reviews: number;
  readonly orders: number;
}

/** Scale 1 is a shop of some years: 3 order lines an order on average. */
const fullSize: ShopSize = {
  users: 100_000,
  products: 10_000,
  reviews: 200_000,
  orders: 1_000_000,
};

/** Below this the pages would have nothing to show. */
const smallestSize: ShopSize = { users: 200, products: 200, reviews: 400, orders: 2000 };

/** Rows by table at a scale of 0.001 to 1. */
export function sizeAt(scale: number): ShopSize {
  const at = (name: keyof ShopSize): number =>
    Math.max(smallestSize[name], Math.round(fullSize[name] * scale));
  return {
    users: at('users'),
    products: at('products'),
    reviews: at('reviews'),
    orders: at('orders'),
  };
}

/**
 * Fills an empty database, without writing a row from this process. Everything is computed in
 * PostgreSQL from hashes of row numbers, so the same version and scale give the same data.
 *
 * Tables are made, filled and indexed in one transaction: with `wal_level = minimal` PostgreSQL
 * then writes no log for them.
 */
export async function seed(
  client: Client,
  scale: number,
  onProgress: (message: string) => void,
): Promise<void> {
  await client.query('BEGIN');
  await client.query("SET LOCAL work_mem = '256MB'");
  await client.query("SET LOCAL maintenance_work_mem = '256MB'");
  await client.query("SET LOCAL TimeZone = 'UTC'");
  await client.query(drawingFunctions);
  await client.query(tables);
  for (const [what, statement] of fillingStatements(sizeAt(scale))) {
    onProgress(`filling ${what}`);
    await client.query(statement);
  }
  onProgress('indexing');
  for (const statement of constraintsAndIndexes) await client.query(statement);
  await client.query('DROP FUNCTION pick, draw');
  await client.query('COMMIT');
  onProgress('gathering statistics');
  await client.query('VACUUM (FREEZE, ANALYZE)');
}

/**
 * Pseudo-randomness that depends on nothing but a row number and a salt: `draw` is uniform in
 * [0, 1), `pick` uniform in 1..n.
 */
const drawingFunctions = `
  CREATE FUNCTION draw(key bigint, salt bigint) RETURNS float8
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (hashint8extended(key, salt) & 4294967295)::float8 / 4294967296::float8;
  CREATE FUNCTION pick(key bigint, salt bigint, n integer) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN 1 + floor(draw(key, salt) * n)::integer;
`;

const opened = "timestamptz '2021-01-01 00:00:00+00'";
/** Days from the opening to the last seeded order, at the end of 2025. */
const daysOpen = 1825;

/** A moment that grows with `id`, ever faster: the shop sells more each year. */
function moment(id: string, count: number): string {
  return `${opened} + power(${id}::float8 / ${count}, 0.7) * interval '${daysOpen} days'`;
}

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const array = (texts: readonly string[]): string => `(ARRAY[${texts.map(literal).join(', ')}])`;
/** An SQL expression: one of the texts, drawn by `key`. */
const oneOf = (texts: readonly string[], key: string, salt: number): string =>
  `${array(texts)}[pick(${key}, ${salt}, ${texts.length})]`;

/** The price of a product, from €5.40 to €204.90. */
const priceOf = (productId: string): string => `(490 + pick(${productId}, 31, 400) * 50)`;

const productOf = (key: string, salt: number, { products }: ShopSize): string =>
  popularRankSql(`draw(${key}, ${salt})`, products, productShift);
const userOf = (key: string, salt: number, { users }: ShopSize): string =>
  popularRankSql(`draw(${key}, ${salt})`, users, customerShift);

const nouns = categories.flatMap((category) => category.nouns);
const nounsPerCategory = nouns.length / categories.length;
const combinations = nouns.length * materials.length * styles.length;
/** A prime, so that multiplying by it visits each combination of words once. */
const stride = 7919;

function fillingStatements(size: ShopSize): readonly (readonly [what: string, sql: string])[] {
  const { users, products, reviews, orders } = size;
  return [
    [
      'settings and categories',
      `INSERT INTO settings VALUES
         ('shop name', 'Hearth & Hand'),
         ('banner', 'Free delivery on orders over €60'),
         ('free delivery from (cents)', '6000'),
         ('support e-mail', 'help@hearth-and-hand.example');
       INSERT INTO categories
         SELECT position, name, lower(noun)
         FROM unnest(${array(categories.map(({ name }) => name))},
                     ${array(categories.map(({ nouns }) => nouns[0]))})
              WITH ORDINALITY AS c(name, noun, position)`,
    ],
    [
      `${users} users`,
      `INSERT INTO users (id, name, email, street, city, created_at)
       SELECT id, first || ' ' || last,
              lower(first || '.' || regexp_replace(last, '[^A-Za-z]', '', 'g')) || id || '@customers.example',
              ${oneOf(streets, 'id', 13)} || ' ' || pick(id, 14, 180),
              ${oneOf(cities, 'id', 15)},
              ${moment('id', users)}
       FROM (SELECT id, ${oneOf(firstNames, 'id', 11)} AS first, ${oneOf(lastNames, 'id', 12)} AS last
             FROM generate_series(1, ${users}) AS id) AS named`,
    ],
    [
      `${reviews} reviews`,
      `INSERT INTO reviews (id, product_id, user_id, stars, body, created_at)
       SELECT id, ${productOf('id', 21, size)}, ${userOf('id', 22, size)},
              ${array(['5', '5', '5', '5', '4', '4', '4', '3', '2', '1'])}[pick(id, 23, 10)]::smallint,
              ${oneOf(opinions, 'id', 24)} || ' ' || ${oneOf(opinions, 'id', 25)} || ' ' || ${oneOf(opinions, 'id', 26)},
              ${moment('id', reviews)}
       FROM generate_series(1, ${reviews}) AS id`,
    ],
    [
      `${products} products`,
      `INSERT INTO products
         (id, category_id, name, summary, price_cents, rating, review_count, tags, created_at,
          description, manual, specification)
       SELECT id, 1 + (noun_index / ${nounsPerCategory}),
              style || ' ' || material || ' ' || noun,
              'A ' || mood || ' ' || lower(noun) || ' in ' || colour || ' ' || lower(material) || '. ' || opening,
              ${priceOf('id')},
              coalesce(round(r.stars, 1), 0), coalesce(r.count, 0),
              ARRAY[lower(noun), lower(material), lower(style), colour, mood,
                    ${oneOf(moods, 'id', 32)}, ${oneOf(colours, 'id', 33)},
                    'price-' || ${priceOf('id')} / 2000],
              ${moment('id', products)},
              d.description, repeat(d.description || E'\\n\\n', 4),
              jsonb_build_object(
                'material', material, 'colour', colour, 'style', style,
                'widthMm', 100 + pick(id, 34, 1900), 'heightMm', 50 + pick(id, 35, 1800),
                'depthMm', 30 + pick(id, 36, 900), 'weightGrams', 90 + pick(id, 37, 40000),
                'origin', ${oneOf(cities, 'id', 38)}, 'care', opening, 'warrantyYears', pick(id, 39, 10))
       FROM (SELECT id, noun_index, ${array(nouns)}[1 + noun_index] AS noun,
                    ${array(materials)}[1 + j % ${materials.length}] AS material,
                    ${array(styles)}[1 + j / ${materials.length} % ${styles.length}] AS style,
                    ${oneOf(colours, 'id', 40)} AS colour, ${oneOf(moods, 'id', 41)} AS mood,
                    ${oneOf(sentences, 'id', 42)} AS opening
             FROM (SELECT id, j, j / ${materials.length * styles.length} AS noun_index
                   FROM (SELECT id, id * ${stride} % ${combinations} AS j
                         FROM generate_series(1, ${products}) AS id) AS strided) AS indexed) AS named
       CROSS JOIN LATERAL (
         SELECT string_agg(${oneOf(sentences, 'id * 100 + part', 43)}, ' ' ORDER BY part) AS description
         FROM generate_series(1, 60) AS part) AS d
       LEFT JOIN (SELECT product_id, avg(stars) AS stars, count(*) AS count
                  FROM reviews GROUP BY product_id) AS r ON r.product_id = id
       ORDER BY id`,
    ],
    [
      'the stock',
      `INSERT INTO stock SELECT id, 1000000 FROM generate_series(1, ${products}) AS id`,
    ],
    [
      `the lines of ${orders} orders`,
      `INSERT INTO order_lines (order_id, line, product_id, quantity, unit_price_cents)
       SELECT order_id, line, product_id, pick(key, 52, 3), ${priceOf('product_id')}
       FROM (SELECT order_id, line, order_id::bigint * 8 + line AS key,
                    ${productOf('order_id::bigint * 8 + line', 51, size)} AS product_id
             FROM generate_series(1, ${orders}) AS order_id
             CROSS JOIN LATERAL generate_series(1, pick(order_id, 53, 5)) AS line) AS drawn`,
    ],
    [
      `${orders} orders`,
      `INSERT INTO orders (id, user_id, status, total_cents, ship_to, created_at)
       SELECT drawn.id, drawn.user_id,
              ${oneOf(['delivered', 'delivered', 'delivered', 'delivered', 'shipped', 'returned', 'cancelled'], 'drawn.id', 62)},
              totals.cents, u.street || ', ' || u.city,
              ${moment('drawn.id', orders)}
       FROM (SELECT id, ${userOf('id', 61, size)} AS user_id
             FROM generate_series(1, ${orders}) AS id) AS drawn
       JOIN users AS u ON u.id = drawn.user_id
       JOIN (SELECT order_id, sum(quantity * unit_price_cents) AS cents
             FROM order_lines GROUP BY order_id) AS totals ON totals.order_id = drawn.id
       ORDER BY drawn.id`,
    ],
    [
      'the shipments',
      `INSERT INTO shipments (order_id, carrier, tracking_code, shipped_at)
       SELECT id, ${oneOf(['Pigeon Post', 'Green Van', 'Canal Freight'], 'id', 71)},
              to_hex(hashint8extended(id, 72)), created_at + pick(id, 73, 60) * interval '1 hour'
       FROM orders WHERE status <> 'cancelled' ORDER BY id`,
    ],
    [
      'the identities',
      `SELECT setval(pg_get_serial_sequence('users', 'id'), ${users}),
              setval(pg_get_serial_sequence('products', 'id'), ${products}),
              setval(pg_get_serial_sequence('reviews', 'id'), ${reviews}),
              setval(pg_get_serial_sequence('orders', 'id'), ${orders})`,
    ],
  ];
}
