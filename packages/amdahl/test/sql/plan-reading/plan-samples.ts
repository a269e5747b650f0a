import type { Client } from 'pg';

/** Every kind of node that PostgreSQL prints in its own way, from the storefront of the lab's tests. */
export interface PlanSample {
  readonly sql: string;
  /** Settings that bring the planner to the node. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Options besides ANALYZE and BUFFERS. */
  readonly options?: string;
}

/** Lets the planner use workers for tables as small as the storefront's. */
export const parallel: Readonly<Record<string, string>> = {
  parallel_setup_cost: '0',
  parallel_tuple_cost: '0',
  min_parallel_table_scan_size: '0',
  min_parallel_index_scan_size: '0',
};

export const planSamples: readonly PlanSample[] = [
  { sql: 'SELECT * FROM users WHERE id = 77' },
  { sql: "SELECT * FROM orders WHERE user_id = 12 AND note <> 'a: b -> c, d'" },
  { sql: `SELECT status, count(*) FROM orders GROUP BY status ORDER BY 1`, settings: parallel },
  {
    sql: `SELECT status, count(*) FROM orders GROUP BY status`,
    settings: parallel,
    options: 'VERBOSE',
  },
  { sql: 'SELECT * FROM orders ORDER BY total_cents, note DESC', settings: { work_mem: '256kB' } },
  {
    sql: 'SELECT count(*) FROM orders o JOIN order_items i ON i.order_id = o.id',
    settings: { work_mem: '64kB', enable_mergejoin: 'off', enable_nestloop: 'off' },
  },
  {
    sql: 'SELECT user_id, note, count(*) FROM orders GROUP BY 1, 2',
    settings: { work_mem: '64kB', enable_sort: 'off' },
  },
  {
    sql: `WITH big AS MATERIALIZED (SELECT * FROM orders WHERE total_cents > 49500)
      SELECT u.name, (SELECT max(created_at) FROM orders x WHERE x.user_id = u.id) FROM users u
      WHERE u.id IN (SELECT user_id FROM big)
        AND u.created_at < (SELECT min(created_at) + interval '1 year' FROM users WHERE name > 'N')
        AND u.id NOT IN (SELECT user_id FROM big WHERE note IS NULL)`,
  },
  {
    sql: `SELECT id FROM orders WHERE user_id = 12 UNION ALL
      SELECT id FROM users WHERE email = 'none' UNION ALL SELECT 1 WHERE now() < '2000-01-01'`,
  },
  {
    sql: `SELECT * FROM orders WHERE created_at > '2023-01-01' AND placed_on < '2023-05-01'`,
    settings: { work_mem: '64kB', enable_seqscan: 'off', enable_indexscan: 'off' },
  },
  {
    sql: `SELECT * FROM orders WHERE placed_on = '2023-01-01' OR id = 5`,
    settings: { enable_seqscan: 'off' },
  },
  {
    sql: `INSERT INTO order_items (order_id, product_id, quantity) VALUES (1, 2, 3)
      ON CONFLICT (order_id, product_id) DO UPDATE SET quantity = 4`,
  },
  { sql: `UPDATE "Odd ""Names""" SET "a, b" = 'x' WHERE "a, b" = 'y'` },
  { sql: 'DELETE FROM users WHERE id = 11999' },
  { sql: 'DELETE FROM order_items WHERE order_id = 10' },
  {
    sql: 'SELECT row_number() OVER (PARTITION BY user_id ORDER BY id) FROM orders WHERE id < 500 LIMIT 5',
  },
  {
    sql: `SELECT u.id, l.id FROM users u, LATERAL (SELECT o.id FROM orders o
      WHERE o.user_id = u.id ORDER BY o.created_at DESC LIMIT 1) l WHERE u.id < 20`,
  },
  {
    sql: 'SELECT o.id, u.name FROM orders o JOIN users u ON u.id = o.user_id',
    settings: { enable_hashjoin: 'off', enable_mergejoin: 'off' },
  },
  { sql: 'SELECT * FROM users u FULL JOIN orders o ON o.user_id = u.id AND o.id < 5' },
  {
    sql: 'SELECT count(*) FROM users u WHERE NOT EXISTS (SELECT FROM orders o WHERE o.user_id = u.id)',
  },
  {
    sql: 'SELECT * FROM users u LEFT JOIN orders o ON o.id = u.id ORDER BY u.id',
    settings: { enable_hashjoin: 'off', enable_nestloop: 'off' },
  },
  { sql: 'SELECT count(*) FROM generate_series(1, 10) g, (VALUES (1), (2)) v(x) WHERE g.g > v.x' },
  {
    sql: 'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT * FROM t',
  },
  { sql: `SELECT created_at FROM orders WHERE created_at > '2026-05-01'` },
  { sql: 'SELECT 1 UNION SELECT 2 EXCEPT SELECT 3' },
  { sql: 'SELECT * FROM orders ORDER BY created_at, id LIMIT 30' },
  { sql: 'SELECT id, user_id FROM orders ORDER BY created_at DESC LIMIT 3', options: 'TIMING OFF' },
  {
    sql: `SELECT * FROM "Odd ""Names""" AS "the alias" WHERE "a, b" LIKE 'two
lines: here%' ORDER BY "a, b", upper("a, b")`,
  },
  {
    sql: 'SELECT DISTINCT ON (user_id) user_id, id FROM orders WHERE id < 2000 ORDER BY user_id, id DESC',
  },
];

/** A table whose names need quotes, in the same transaction as the sample. */
const oddTable = `CREATE TABLE "Odd ""Names""" ("a, b" text)`;

/** Explains a sample and takes back whatever it did. */
export async function explainSample(
  client: Client,
  { sql, settings = {}, options }: PlanSample,
  format: 'TEXT' | 'JSON',
): Promise<string> {
  const all = [
    'ANALYZE',
    'BUFFERS',
    ...(options === undefined ? [] : [options]),
    `FORMAT ${format}`,
  ];
  await client.query('BEGIN');
  try {
    if (sql.includes('Odd')) await client.query(oddTable);
    for (const [name, value] of Object.entries(settings)) {
      await client.query(`SET LOCAL ${name} = '${value}'`);
    }
    const { rows } = await client.query<{ 'QUERY PLAN': unknown }>(
      `EXPLAIN (${all.join(', ')}) ${sql}`,
    );
    const lines = rows.map((row) => row['QUERY PLAN']);
    return format === 'TEXT' ? lines.join('\n') : JSON.stringify(lines[0]);
  } finally {
    await client.query('ROLLBACK');
  }
}
