import type { Queryable, Shop } from '../shop.ts';
import { toOrder, type LineRow, type OrderRow, type ShipmentRow } from './order-rows.ts';
import type { Order } from './order.ts';

/** What the app shows of an order under way. */
export interface OrderStatus {
  readonly id: number;
  readonly summary: string;
  readonly parcel: { readonly carrier: string; readonly trackingCode: string } | null;
  readonly order: Order;
}

/** Reads how an order is doing; null when there is no such order. */
export async function readOrderStatus(shop: Shop, orderId: number): Promise<OrderStatus | null> {
  const read = shop.fixes.has('duplicate-read') ? readOnce : readForEachPart;
  return read(shop.pool, orderId);
}

/** Every part of the answer looks the order up for itself. */
async function readForEachPart(database: Queryable, orderId: number): Promise<OrderStatus | null> {
  const order = await findOrder(database, orderId);
  if (order === null) return null;
  const summarised = await findOrder(database, orderId);
  const sent = await findOrder(database, orderId);
  return {
    id: orderId,
    summary: summarise(summarised ?? order),
    parcel: parcelOf(sent ?? order),
    order,
  };
}

/** The order is read once and passed on. */
async function readOnce(database: Queryable, orderId: number): Promise<OrderStatus | null> {
  const order = await findOrder(database, orderId);
  if (order === null) return null;
  return { id: orderId, summary: summarise(order), parcel: parcelOf(order), order };
}

function summarise({ status, lines }: Order): string {
  const pieces = lines.reduce((sum, { quantity }) => sum + quantity, 0);
  return `${pieces} ${pieces === 1 ? 'piece' : 'pieces'}, ${status}`;
}

function parcelOf({ shipment }: Order): OrderStatus['parcel'] {
  return shipment && { carrier: shipment.carrier, trackingCode: shipment.trackingCode };
}

/** A line of the order, with the order and its shipment beside it; none is there before it is sent. */
type StatusRow = OrderRow &
  LineRow & { [column in keyof Omit<ShipmentRow, 'order_id'>]: ShipmentRow[column] | null };

async function findOrder(database: Queryable, orderId: number): Promise<Order | null> {
  const { rows } = await database.query<StatusRow>(
    `SELECT o.id, o.status, o.total_cents, o.created_at, o.id AS order_id,
            l.product_id, p.name AS product_name, l.quantity, l.unit_price_cents,
            s.carrier, s.tracking_code, s.shipped_at
     FROM orders AS o
     JOIN order_lines AS l ON l.order_id = o.id
     JOIN products AS p ON p.id = l.product_id
     LEFT JOIN shipments AS s ON s.order_id = o.id
     WHERE o.id = $1
     ORDER BY l.line`,
    [orderId],
  );
  const [first] = rows;
  if (first === undefined) return null;
  const { order_id: id, carrier, tracking_code: trackingCode, shipped_at: shippedAt } = first;
  const isSent = carrier !== null && trackingCode !== null && shippedAt !== null;
  return toOrder(
    first,
    rows,
    isSent
      ? { order_id: id, carrier, tracking_code: trackingCode, shipped_at: shippedAt }
      : undefined,
  );
}
