import type { Fixes } from '../switches.ts';
import type { Queryable } from '../shop.ts';

export interface Review {
  readonly id: number;
  readonly stars: number;
  readonly body: string;
  readonly createdAt: Date;
  readonly author: string;
  readonly product: { readonly id: number; readonly name: string };
}

export interface ReviewPage {
  readonly reviews: readonly Review[];
  /** Id after which the next page starts; null on the last one. */
  readonly next: number | null;
}

export interface ReviewRow {
  readonly id: number;
  readonly stars: number;
  readonly body: string;
  readonly created_at: Date;
  readonly author: string;
  readonly product_id: number;
  readonly product_name: string;
}

/** What a review shows; ids are handed out in order of time, so they order reviews by age. */
export const reviewColumns = `r.id, r.stars, r.body, r.created_at, u.name AS author,
  p.id AS product_id, p.name AS product_name`;

export const reviewTables = `reviews AS r
  JOIN users AS u ON u.id = r.user_id
  JOIN products AS p ON p.id = r.product_id`;

export async function latestReviews(
  database: Queryable,
  count: number,
): Promise<readonly Review[]> {
  const { rows } = await database.query<ReviewRow>(
    `SELECT ${reviewColumns} FROM ${reviewTables} ORDER BY r.id DESC LIMIT $1`,
    [count],
  );
  return rows.map(toReview);
}

const reviewsPerProductPage = 10;

/** The reviews of one product, newest first. */
export async function reviewsOf(
  database: Queryable,
  fixes: Fixes,
  productId: number,
  before: number | undefined,
): Promise<ReviewPage> {
  if (!fixes.has('large-result')) {
    const { rows } = await database.query<ReviewRow>(
      `SELECT ${reviewColumns} FROM ${reviewTables}
       WHERE r.product_id = $1
       ORDER BY r.created_at DESC, r.id DESC`,
      [productId],
    );
    return { reviews: rows.map(toReview), next: null };
  }
  const position =
    before === undefined
      ? ''
      : 'AND (r.created_at, r.id) < (SELECT created_at, id FROM reviews WHERE id = $3)';
  const { rows } = await database.query<ReviewRow>(
    `SELECT ${reviewColumns} FROM ${reviewTables}
     WHERE r.product_id = $1 ${position}
     ORDER BY r.created_at DESC, r.id DESC
     LIMIT $2`,
    [productId, reviewsPerProductPage + 1, ...(before === undefined ? [] : [before])],
  );
  // One row more than a page holds tells whether there is a next one.
  const reviews = rows.slice(0, reviewsPerProductPage).map(toReview);
  return { reviews, next: rows.length > reviews.length ? (reviews.at(-1)?.id ?? null) : null };
}

export function toReview(row: ReviewRow): Review {
  return {
    id: row.id,
    stars: row.stars,
    body: row.body,
    createdAt: row.created_at,
    author: row.author,
    product: { id: row.product_id, name: row.product_name },
  };
}
