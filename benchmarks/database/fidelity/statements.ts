/** A statement with the values of its parameters. */
export interface BenchmarkStatement {
  readonly text: string;
  readonly parameters: readonly unknown[];
}

const statement = (text: string, ...parameters: readonly unknown[]): BenchmarkStatement => ({
  text,
  parameters,
});

/** The workload of the fidelity figures: everything a web application asks of three tables. */
export const shopStatements: readonly BenchmarkStatement[] = [
  // Points and short ranges.
  statement('SELECT * FROM users WHERE id = $1', 4711),
  statement('SELECT * FROM users WHERE lower(email) = $1', 'user.4711@example.com'),
  statement('SELECT id, total_cents FROM orders WHERE user_id = $1', 12),
  statement('SELECT id, total_cents FROM orders WHERE user_id = $1', 70_000),
  statement('SELECT * FROM orders WHERE id IN (3, 3000, 300000)'),
  statement('SELECT * FROM items WHERE order_id = $1', 5000),
  statement("SELECT * FROM orders WHERE created_at >= '2023-12-01' AND created_at < '2023-12-03'"),
  // Filters no index serves.
  statement("SELECT count(*) FROM orders WHERE status = 'pending'"),
  statement("SELECT count(*) FROM orders WHERE status = 'shipped' AND total_cents > 60000"),
  statement("SELECT id FROM users WHERE name LIKE 'Name 12%'"),
  statement('SELECT * FROM orders WHERE note IS NOT NULL AND total_cents < 300'),
  // The partial index.
  statement("SELECT * FROM orders WHERE status = 'failed' ORDER BY created_at DESC LIMIT 20"),
  statement("SELECT count(*) FROM orders WHERE status = 'failed' AND created_at > '2023-06-01'"),
  // ORDER BY and LIMIT.
  statement('SELECT * FROM orders ORDER BY created_at DESC LIMIT 50'),
  statement('SELECT * FROM orders WHERE user_id = $1 ORDER BY created_at DESC LIMIT 10', 3),
  statement('SELECT * FROM orders WHERE total_cents > 98000 ORDER BY created_at LIMIT 100'),
  statement('SELECT * FROM orders ORDER BY created_at DESC LIMIT 20 OFFSET 40000'),
  statement('SELECT * FROM users ORDER BY karma DESC LIMIT 10'),
  // Groups.
  statement('SELECT status, count(*), sum(total_cents) FROM orders GROUP BY status'),
  statement('SELECT user_id, count(*) FROM orders GROUP BY user_id HAVING count(*) > 100'),
  statement(
    "SELECT date_trunc('month', created_at) AS month, sum(total_cents) FROM orders GROUP BY 1 ORDER BY 1",
  ),
  statement('SELECT DISTINCT product_id FROM items WHERE order_id < 20000'),
  statement(
    'SELECT product_id, sum(quantity) FROM items GROUP BY product_id ORDER BY 2 DESC LIMIT 10',
  ),
  // Joins.
  statement(
    `SELECT u.name, o.total_cents FROM users u JOIN orders o ON o.user_id = u.id
     WHERE lower(u.email) = $1`,
    'user.99@example.com',
  ),
  statement(
    `SELECT o.id, i.product_id, i.quantity FROM orders o JOIN items i ON i.order_id = o.id
     WHERE o.user_id = $1`,
    55,
  ),
  statement(
    `SELECT u.country, sum(i.price_cents * i.quantity) FROM users u
     JOIN orders o ON o.user_id = u.id JOIN items i ON i.order_id = o.id
     WHERE o.created_at >= '2023-12-25' GROUP BY u.country`,
  ),
  statement(
    `SELECT u.country, count(*) FROM users u JOIN orders o ON o.user_id = u.id
     WHERE o.status = 'paid' GROUP BY u.country ORDER BY 2 DESC`,
  ),
  statement(
    `SELECT o.id FROM items i JOIN orders o ON o.id = i.order_id
     WHERE i.product_id = $1 AND o.status = 'cancelled'`,
    900,
  ),
  // Semi-joins and anti-joins.
  statement(
    'SELECT count(*) FROM users u WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.user_id = u.id)',
  ),
  statement(
    `SELECT o.id FROM orders o LEFT JOIN items i ON i.order_id = o.id
     WHERE i.id IS NULL AND o.created_at > '2023-12-20'`,
  ),
  statement(
    `SELECT u.id FROM users u WHERE u.karma > 4900
     AND u.id IN (SELECT user_id FROM orders WHERE status = 'refunded')`,
  ),
  // LATERAL.
  statement(
    `SELECT u.id, latest.id FROM users u CROSS JOIN LATERAL (
       SELECT o.id FROM orders o WHERE o.user_id = u.id ORDER BY o.created_at DESC LIMIT 1) latest
     WHERE u.country = 'PT' AND u.karma < 3`,
  ),
  // Writes.
  statement('UPDATE orders SET note = $2 WHERE user_id = $1', 800, 'checked'),
  statement("DELETE FROM items WHERE order_id IN (SELECT id FROM orders WHERE status = 'failed')"),
  statement(
    `UPDATE users SET karma = karma + 1 WHERE id IN (
       SELECT user_id FROM orders WHERE created_at > '2023-12-31 12:00')`,
  ),
];
