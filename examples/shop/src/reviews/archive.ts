import type { Queryable } from '../shop.ts';
import { reviewColumns, reviewTables, toReview, type Review, type ReviewRow } from './reviews.ts';

/** One page of all reviews, newest first, with the addresses of its neighbours. */
export interface ArchivePage {
  readonly reviews: readonly Review[];
  readonly older: string | null;
  readonly oldest: string;
}

const pageSize = 20;

/** Numbered pages: each one reads, joins and throws away everything before it. */
export async function readNumberedPage(database: Queryable, page: number): Promise<ArchivePage> {
  const [counted, { rows }] = await Promise.all([
    database.query<{ count: number }>('SELECT count(*)::integer AS count FROM reviews'),
    database.query<ReviewRow>(
      `SELECT ${reviewColumns} FROM ${reviewTables}
       ORDER BY r.created_at DESC, r.id DESC
       LIMIT $1 OFFSET $2`,
      [pageSize, (page - 1) * pageSize],
    ),
  ]);
  const lastPage = Math.max(1, Math.ceil((counted.rows[0]?.count ?? 0) / pageSize));
  return {
    reviews: rows.map(toReview),
    older: page < lastPage ? `/reviews?page=${page + 1}` : null,
    oldest: `/reviews?page=${lastPage}`,
  };
}

/** Where a page starts: after the newest, after a given review, or at the other end. */
export interface ArchivePosition {
  readonly before?: number;
  readonly oldest?: boolean;
}

/** Pages that start where the last one ended: the index leads straight to their first row. */
export async function readKeysetPage(
  database: Queryable,
  position: ArchivePosition,
): Promise<ArchivePage> {
  const { text, values } = keysetStatement(position);
  const { rows } = await database.query<ReviewRow>(text, values);
  const shown = rows.slice(0, pageSize).map(toReview);
  const reviews = position.oldest === true ? shown.toReversed() : shown;
  const last = reviews.at(-1);
  return {
    reviews,
    older:
      position.oldest === true || rows.length <= pageSize || last === undefined
        ? null
        : `/reviews?before=${last.id}`,
    oldest: '/reviews?oldest=true',
  };
}

function keysetStatement({ before, oldest = false }: ArchivePosition): {
  text: string;
  values: number[];
} {
  const select = `SELECT ${reviewColumns} FROM ${reviewTables}`;
  if (oldest) {
    return { text: `${select} ORDER BY r.created_at, r.id LIMIT $1`, values: [pageSize] };
  }
  if (before === undefined) {
    return {
      text: `${select} ORDER BY r.created_at DESC, r.id DESC LIMIT $1`,
      values: [pageSize + 1],
    };
  }
  return {
    text: `${select}
     WHERE (r.created_at, r.id) < (SELECT created_at, id FROM reviews WHERE id = $1)
     ORDER BY r.created_at DESC, r.id DESC
     LIMIT $2`,
    values: [before, pageSize + 1],
  };
}
