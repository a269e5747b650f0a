import type { Queryable } from '../shop.ts';

/** A product with everything its own page shows. */
export interface Product {
  readonly id: number;
  readonly categoryId: number;
  readonly name: string;
  readonly summary: string;
  readonly priceCents: number;
  readonly rating: number;
  readonly reviewCount: number;
  readonly description: string;
  readonly specification: Readonly<Record<string, string | number>>;
}

export async function findProduct(database: Queryable, id: number): Promise<Product | null> {
  const { rows } = await database.query<Product>(
    `SELECT id, category_id AS "categoryId", name, summary, price_cents AS "priceCents", rating,
            review_count AS "reviewCount", description, specification
     FROM products WHERE id = $1`,
    [id],
  );
  return rows[0] ?? null;
}
