import type { Queryable } from '../shop.ts';

export interface Customer {
  readonly id: number;
  readonly name: string;
  readonly city: string;
  readonly createdAt: Date;
}

export async function findCustomer(database: Queryable, id: number): Promise<Customer | null> {
  const { rows } = await database.query<Customer>(
    'SELECT id, name, city, created_at AS "createdAt" FROM users WHERE id = $1',
    [id],
  );
  return rows[0] ?? null;
}

export interface RecentOrder {
  readonly id: number;
  readonly status: string;
  readonly totalCents: number;
  readonly createdAt: Date;
}

/** A customer's last orders, without their lines. */
export async function findRecentOrders(
  database: Queryable,
  userId: number,
): Promise<readonly RecentOrder[]> {
  const { rows } = await database.query<RecentOrder>(
    `SELECT id, status, total_cents AS "totalCents", created_at AS "createdAt"
     FROM orders
     WHERE user_id = $1
     ORDER BY created_at DESC, id DESC
     LIMIT 10`,
    [userId],
  );
  return rows;
}

/** The products in some orders. */
export async function findOrderedProducts(
  database: Queryable,
  orderIds: readonly number[],
): Promise<readonly number[]> {
  const { rows } = await database.query<{ product_id: number }>(
    'SELECT DISTINCT product_id FROM order_lines WHERE order_id = ANY($1) ORDER BY product_id',
    [orderIds],
  );
  return rows.map((row) => row.product_id);
}
