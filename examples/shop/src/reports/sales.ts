import type { Queryable } from '../shop.ts';
import type { Fixes } from '../switches.ts';

/** What became of a year's orders. */
export interface Sales {
  readonly status: string;
  readonly orders: number;
  readonly revenueCents: number;
}

/** The orders of a year (UTC) by their status, the most frequent first. */
export async function readSales(
  database: Queryable,
  fixes: Fixes,
  year: number,
): Promise<readonly Sales[]> {
  const { rows } = fixes.has('non-sargable')
    ? await database.query<Sales>(
        `SELECT status, count(*)::integer AS orders, sum(total_cents)::float8 AS "revenueCents"
         FROM orders
         WHERE created_at >= $1 AND created_at < $2
         GROUP BY status
         ORDER BY orders DESC, status`,
        [`${year}-01-01`, `${year + 1}-01-01`],
      )
    : await database.query<Sales>(
        `SELECT status, count(*)::integer AS orders, sum(total_cents)::float8 AS "revenueCents"
         FROM orders
         WHERE EXTRACT(YEAR FROM created_at) = $1
         GROUP BY status
         ORDER BY orders DESC, status`,
        [year],
      );
  return rows;
}
