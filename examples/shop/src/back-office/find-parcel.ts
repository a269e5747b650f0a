import type { Queryable } from '../shop.ts';
import type { Fixes } from '../switches.ts';

export interface Parcel {
  readonly orderId: number;
  readonly carrier: string;
  readonly trackingCode: string;
  readonly status: string;
}

const columns = 's.order_id AS "orderId", s.carrier, s.tracking_code AS "trackingCode", o.status';
const tables = 'shipments AS s JOIN orders AS o ON o.id = s.order_id';

/** Finds the parcel whose tracking code, or whose order's number, a customer reads out. */
export async function findParcel(
  database: Queryable,
  fixes: Fixes,
  read: string,
): Promise<Parcel | null> {
  // No order has the number 0.
  const orderId = /^\d{1,9}$/.test(read) ? Number(read) : 0;
  const { rows } = fixes.has('or-across-columns')
    ? await database.query<Parcel>(
        `SELECT ${columns} FROM ${tables} WHERE s.tracking_code = $1
         UNION ALL
         SELECT ${columns} FROM ${tables} WHERE o.id = $2 AND s.tracking_code <> $1`,
        [read, orderId],
      )
    : await database.query<Parcel>(
        `SELECT ${columns} FROM ${tables} WHERE s.tracking_code = $1 OR o.id = $2`,
        [read, orderId],
      );
  return rows[0] ?? null;
}
