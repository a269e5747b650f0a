import type { Order, OrderLine, Shipment } from './order.ts';

/** Rows as the order history's statements return them, and what becomes of them. */

export interface OrderRow {
  readonly id: number;
  readonly status: string;
  readonly total_cents: number;
  readonly created_at: Date;
}

export interface LineRow {
  readonly order_id: number;
  readonly product_id: number;
  readonly product_name: string;
  readonly quantity: number;
  readonly unit_price_cents: number;
}

export interface ShipmentRow {
  readonly order_id: number;
  readonly carrier: string;
  readonly tracking_code: string;
  readonly shipped_at: Date;
}

export function toOrder(
  row: OrderRow,
  lines: readonly LineRow[],
  shipment: ShipmentRow | undefined,
): Order {
  return {
    id: row.id,
    status: row.status,
    totalCents: row.total_cents,
    createdAt: row.created_at,
    lines: lines.map(toLine),
    shipment: shipment === undefined ? null : toShipment(shipment),
  };
}

function toLine(row: LineRow): OrderLine {
  return {
    product: { id: row.product_id, name: row.product_name },
    quantity: row.quantity,
    unitPriceCents: row.unit_price_cents,
  };
}

function toShipment(row: ShipmentRow): Shipment {
  return {
    carrier: row.carrier,
    trackingCode: row.tracking_code,
    shippedAt: row.shipped_at,
  };
}
