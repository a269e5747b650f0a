import type { Queryable } from '../shop.ts';
import type { Fixes } from '../switches.ts';

/** A product nobody has bought yet. */
export interface UnsoldProduct {
  readonly id: number;
  readonly name: string;
  readonly createdAt: Date;
}

/** What came into the catalogue since a day and is in no order. */
export async function readUnsoldProducts(
  database: Queryable,
  fixes: Fixes,
  since: string,
): Promise<readonly UnsoldProduct[]> {
  const { rows } = fixes.has('not-in-subquery')
    ? await database.query<UnsoldProduct>(
        `SELECT id, name, created_at AS "createdAt"
         FROM products
         WHERE created_at >= $1
           AND NOT EXISTS (SELECT FROM order_lines AS l WHERE l.product_id = products.id)
         ORDER BY created_at DESC, id DESC`,
        [since],
      )
    : await database.query<UnsoldProduct>(
        `SELECT id, name, created_at AS "createdAt"
         FROM products
         WHERE created_at >= $1 AND id NOT IN (SELECT product_id FROM order_lines)
         ORDER BY created_at DESC, id DESC`,
        [since],
      );
  return rows;
}
