import { inTransaction } from '../database/in-transaction.ts';
import type { Shop } from '../shop.ts';

/** A label that replaces the one on a parcel. */
export interface ShippingLabel {
  readonly orderId: number;
  readonly trackingCode: string;
}

/** Has the carrier print a new label for a parcel; null when the order has none. */
export function reprintLabel(shop: Shop, orderId: number): Promise<ShippingLabel | null> {
  const reprint = shop.fixes.has('idle-in-transaction') ? printThenBook : printWhileBooking;
  return reprint(shop, orderId);
}

/** The transaction stays open while the carrier prints, and keeps its connection from everyone. */
function printWhileBooking(shop: Shop, orderId: number): Promise<ShippingLabel | null> {
  return inTransaction(shop.pool, async (client) => {
    const parcel = await client.query(
      'SELECT tracking_code FROM shipments WHERE order_id = $1 FOR UPDATE',
      [orderId],
    );
    if (parcel.rowCount === 0) return null;
    const trackingCode = await shop.outside.printLabel(orderId);
    await client.query('UPDATE shipments SET tracking_code = $2 WHERE order_id = $1', [
      orderId,
      trackingCode,
    ]);
    return { orderId, trackingCode };
  });
}

/** The database is asked before and told afterwards; in between it has nothing to keep. */
async function printThenBook(shop: Shop, orderId: number): Promise<ShippingLabel | null> {
  const parcel = await shop.pool.query('SELECT FROM shipments WHERE order_id = $1', [orderId]);
  if (parcel.rowCount === 0) return null;
  const trackingCode = await shop.outside.printLabel(orderId);
  await shop.pool.query('UPDATE shipments SET tracking_code = $2 WHERE order_id = $1', [
    orderId,
    trackingCode,
  ]);
  return { orderId, trackingCode };
}
