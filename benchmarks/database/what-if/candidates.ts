import type { IndexKey } from 'amdahl/lab';

/** An index that might be built, and the statement it would be built for. */
export interface WhatIf {
  readonly kind: string;
  readonly table: string;
  readonly method?: 'gin';
  readonly keys: readonly IndexKey[];
  readonly include?: readonly string[];
  readonly predicate?: string;
  readonly text: string;
  readonly parameters: readonly unknown[];
}

const column = (name: string): IndexKey => ({ column: name });

/**
 * Those with expressions come last: they need an ANALYZE once they are built, which draws a new
 * sample of the table, and predictions for what follows would be held against other statistics than
 * they were made from.
 */
export const whatIfs: readonly WhatIf[] = [
  {
    kind: 'range',
    table: 'orders',
    keys: [column('total_cents')],
    text: 'SELECT * FROM orders WHERE total_cents > $1',
    parameters: [97_000],
  },
  {
    kind: 'composite: equality, sort',
    table: 'orders',
    keys: [column('status'), column('created_at')],
    text: "SELECT * FROM orders WHERE status = 'pending' ORDER BY created_at LIMIT 50",
    parameters: [],
  },
  {
    kind: 'composite: equality, range',
    table: 'users',
    keys: [column('country'), column('joined_at')],
    text: "SELECT id, name FROM users WHERE country = $1 AND joined_at >= '2023-09-01'",
    parameters: ['FR'],
  },
  {
    kind: 'descending',
    table: 'orders',
    keys: [column('user_id'), { column: 'created_at', descending: true, nullsFirst: true }],
    text: 'SELECT * FROM orders WHERE user_id = $1 ORDER BY created_at DESC LIMIT 10',
    parameters: [2],
  },
  {
    kind: 'mixed directions',
    table: 'orders',
    keys: [{ column: 'total_cents', descending: true, nullsFirst: true }, column('id')],
    text: 'SELECT id, total_cents FROM orders ORDER BY total_cents DESC, id LIMIT 100',
    parameters: [],
  },
  {
    kind: 'INCLUDE',
    table: 'items',
    keys: [column('product_id')],
    include: ['quantity', 'price_cents'],
    text: 'SELECT sum(quantity * price_cents) FROM items WHERE product_id = $1',
    parameters: [2],
  },
  {
    kind: 'INCLUDE, join',
    table: 'items',
    keys: [column('order_id')],
    include: ['price_cents'],
    text: `SELECT o.user_id, sum(i.price_cents) FROM orders o JOIN items i ON i.order_id = o.id
      WHERE o.created_at >= '2023-12-20' GROUP BY o.user_id`,
    parameters: [],
  },
  {
    kind: 'covering, group',
    table: 'orders',
    keys: [column('user_id'), column('status')],
    text: "SELECT user_id, count(*) FROM orders WHERE status = 'cancelled' GROUP BY user_id",
    parameters: [],
  },
  {
    kind: 'partial, rare',
    table: 'orders',
    keys: [column('created_at')],
    predicate: "status = 'refunded'",
    text: "SELECT * FROM orders WHERE status = 'refunded' ORDER BY created_at DESC LIMIT 100",
    parameters: [],
  },
  {
    kind: 'partial, a fifth',
    table: 'orders',
    keys: [column('user_id')],
    predicate: 'shipped_at IS NULL',
    text: 'SELECT user_id, count(*) FROM orders WHERE shipped_at IS NULL AND user_id < $1 GROUP BY user_id',
    parameters: [200],
  },
  {
    kind: 'GIN, trigrams',
    table: 'users',
    method: 'gin',
    keys: [{ column: 'email', operatorClass: 'gin_trgm_ops' }],
    text: "SELECT id FROM users WHERE email LIKE '%4711%'",
    parameters: [],
  },
  {
    kind: 'expression, distinct values',
    table: 'users',
    keys: [{ expression: 'lower(name)' }],
    text: 'SELECT id FROM users WHERE lower(name) = $1',
    parameters: ['name 5000'],
  },
  {
    kind: 'expression, a day',
    table: 'orders',
    keys: [{ expression: "((created_at AT TIME ZONE 'UTC')::date)" }],
    text: "SELECT * FROM orders WHERE ((created_at AT TIME ZONE 'UTC')::date) = '2023-03-05'",
    parameters: [],
  },
  {
    kind: 'expression, few values',
    table: 'orders',
    keys: [{ expression: "date_part('month', created_at AT TIME ZONE 'UTC')" }],
    text: "SELECT sum(total_cents) FROM orders WHERE date_part('month', created_at AT TIME ZONE 'UTC') = 2",
    parameters: [],
  },
];
