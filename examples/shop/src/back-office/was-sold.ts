import type { Queryable } from '../shop.ts';
import type { Fixes } from '../switches.ts';

/** Whether anything of a category was ever sold; one of which nothing was may be closed. */
export async function wasSold(
  database: Queryable,
  fixes: Fixes,
  categoryId: number,
): Promise<boolean> {
  const { rows } = fixes.has('existence-count')
    ? await database.query<{ sold: boolean }>(
        `SELECT EXISTS (
           SELECT FROM order_lines AS l JOIN products AS p ON p.id = l.product_id
           WHERE p.category_id = $1) AS sold`,
        [categoryId],
      )
    : await database.query<{ sold: boolean }>(
        `SELECT count(*) > 0 AS sold
         FROM order_lines AS l JOIN products AS p ON p.id = l.product_id
         WHERE p.category_id = $1`,
        [categoryId],
      );
  return rows[0]?.sold === true;
}
