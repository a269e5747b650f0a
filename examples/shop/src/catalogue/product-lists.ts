import type { Fixes } from '../switches.ts';
import type { Queryable } from '../shop.ts';

/** A product as lists show it. */
export interface ProductCard {
  readonly id: number;
  readonly categoryId: number;
  readonly name: string;
  readonly summary: string;
  readonly priceCents: number;
  readonly rating: number;
  readonly reviewCount: number;
}

interface ProductRow {
  readonly id: number;
  readonly category_id: number;
  readonly name: string;
  readonly summary: string;
  readonly price_cents: number;
  readonly rating: number;
  readonly review_count: number;
}

/** Lists of products. */
export interface ProductLists {
  /** What sold most in the season. */
  bestSellers(): Promise<readonly ProductCard[]>;
  newArrivals(): Promise<readonly ProductCard[]>;
  /** Popular products of a category, without the one that is looked at. */
  related(categoryId: number, productId: number): Promise<readonly ProductCard[]>;
  /** In the order of the ids given. */
  byIds(ids: readonly number[]): Promise<readonly ProductCard[]>;
  /** Products whose name or summary contains the text, popular ones first. */
  search(text: string): Promise<readonly ProductCard[]>;
}

/** The days the homepage's best sellers are counted over; the campaign team moves it. */
const season = { from: '2025-12-22', until: '2026-01-01' };

const cardColumns =
  'p.id, p.category_id, p.name, p.summary, p.price_cents, p.rating, p.review_count';

export function createProductLists(database: Queryable, fixes: Fixes): ProductLists {
  const columns = fixes.has('select-star') ? cardColumns : 'p.*';
  return {
    bestSellers: async () => {
      const { rows } = await database.query<ProductRow>(
        `SELECT ${columns}
         FROM (SELECT l.product_id, sum(l.quantity) AS sold
               FROM orders AS o JOIN order_lines AS l ON l.order_id = o.id
               WHERE o.created_at >= $1 AND o.created_at < $2
               GROUP BY l.product_id
               ORDER BY sold DESC, l.product_id
               LIMIT 12) AS best
         JOIN products AS p ON p.id = best.product_id
         ORDER BY best.sold DESC, p.id`,
        [season.from, season.until],
      );
      return rows.map(toCard);
    },
    newArrivals: async () => {
      const { rows } = await database.query<ProductRow>(
        `SELECT ${columns} FROM products AS p ORDER BY p.created_at DESC, p.id DESC LIMIT 8`,
      );
      return rows.map(toCard);
    },
    related: async (categoryId, productId) => {
      const { rows } = await database.query<ProductRow>(
        `SELECT ${columns} FROM products AS p
         WHERE p.category_id = $1 AND p.id <> $2
         ORDER BY p.review_count DESC, p.id
         LIMIT 4`,
        [categoryId, productId],
      );
      return rows.map(toCard);
    },
    byIds: async (ids) => {
      const { rows } = await database.query<ProductRow>(
        `SELECT ${columns} FROM products AS p WHERE p.id = ANY($1)`,
        [ids],
      );
      const cards = new Map(rows.map((row) => [row.id, toCard(row)]));
      return ids.flatMap((id) => cards.get(id) ?? []);
    },
    search: async (text) => {
      const { rows } = await database.query<ProductRow>(
        `SELECT ${columns} FROM products AS p
         WHERE p.name ILIKE $1 OR p.summary ILIKE $1
         ORDER BY p.review_count DESC, p.id
         LIMIT 48`,
        [`%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`],
      );
      return rows.map(toCard);
    },
  };
}

function toCard(row: ProductRow): ProductCard {
  return {
    id: row.id,
    categoryId: row.category_id,
    name: row.name,
    summary: row.summary,
    priceCents: row.price_cents,
    rating: row.rating,
    reviewCount: row.review_count,
  };
}
