import type { Queryable } from '../shop.ts';

export interface ShopFacts {
  readonly products: number;
  readonly customers: number;
}

/** How large the shop is. Ids are handed out in order and never deleted, so the last one tells. */
export async function readShopFacts(database: Queryable): Promise<ShopFacts> {
  const { rows } = await database.query<ShopFacts>(
    `SELECT (SELECT max(id) FROM products) AS products, (SELECT max(id) FROM users) AS customers`,
  );
  return rows[0] ?? { products: 0, customers: 0 };
}
