import type { Queryable } from '../shop.ts';
import type { Fixes } from '../switches.ts';
import { toOrder, type LineRow, type OrderRow, type ShipmentRow } from './order-rows.ts';
import type { Order, OrderHistory } from './order.ts';

const ordersPerPage = 20;

/** Reads a customer's orders with their lines and shipments, newest first, from after the order `before`. */
export async function listOrders(
  database: Queryable,
  fixes: Fixes,
  userId: number,
  before: number | undefined,
): Promise<OrderHistory> {
  const loadParts = fixes.has('n-plus-one') ? loadEagerly : loadOneByOne;
  if (!fixes.has('large-result')) {
    return { orders: await loadParts(database, await findAll(database, userId)), next: null };
  }
  const rows = await findPage(database, userId, before);
  const shown = rows.slice(0, ordersPerPage);
  return {
    orders: await loadParts(database, shown),
    next: rows.length > shown.length ? (shown.at(-1)?.id ?? null) : null,
  };
}

async function findAll(database: Queryable, userId: number): Promise<readonly OrderRow[]> {
  const { rows } = await database.query<OrderRow>(
    `SELECT id, status, total_cents, created_at
     FROM orders
     WHERE user_id = $1
     ORDER BY created_at DESC, id DESC`,
    [userId],
  );
  return rows;
}

/** One row more than a page holds, to see whether there is a next one. */
async function findPage(
  database: Queryable,
  userId: number,
  before: number | undefined,
): Promise<readonly OrderRow[]> {
  const position =
    before === undefined
      ? ''
      : 'AND (created_at, id) < (SELECT created_at, id FROM orders WHERE id = $3)';
  const { rows } = await database.query<OrderRow>(
    `SELECT id, status, total_cents, created_at
     FROM orders
     WHERE user_id = $1 ${position}
     ORDER BY created_at DESC, id DESC
     LIMIT $2`,
    [userId, ordersPerPage + 1, ...(before === undefined ? [] : [before])],
  );
  return rows;
}

/** Asks for each order's lines and shipment when it comes to the order. */
async function loadOneByOne(
  database: Queryable,
  rows: readonly OrderRow[],
): Promise<readonly Order[]> {
  const orders: Order[] = [];
  for (const row of rows) {
    const lines = await database.query<LineRow>(
      `SELECT l.order_id, l.product_id, p.name AS product_name, l.quantity, l.unit_price_cents
       FROM order_lines AS l JOIN products AS p ON p.id = l.product_id
       WHERE l.order_id = $1
       ORDER BY l.line`,
      [row.id],
    );
    const shipments = await database.query<ShipmentRow>(
      'SELECT order_id, carrier, tracking_code, shipped_at FROM shipments WHERE order_id = $1',
      [row.id],
    );
    orders.push(toOrder(row, lines.rows, shipments.rows[0]));
  }
  return orders;
}

/** Asks for the lines and the shipments of all orders, in one statement each. */
async function loadEagerly(
  database: Queryable,
  rows: readonly OrderRow[],
): Promise<readonly Order[]> {
  const ids = rows.map((row) => row.id);
  const [lines, shipments] = await Promise.all([
    database.query<LineRow>(
      `SELECT l.order_id, l.product_id, p.name AS product_name, l.quantity, l.unit_price_cents
       FROM order_lines AS l JOIN products AS p ON p.id = l.product_id
       WHERE l.order_id = ANY($1)
       ORDER BY l.order_id, l.line`,
      [ids],
    ),
    database.query<ShipmentRow>(
      'SELECT order_id, carrier, tracking_code, shipped_at FROM shipments WHERE order_id = ANY($1)',
      [ids],
    ),
  ]);
  const linesOf = Map.groupBy(lines.rows, (line) => line.order_id);
  const shipmentOf = new Map(shipments.rows.map((shipment) => [shipment.order_id, shipment]));
  return rows.map((row) => toOrder(row, linesOf.get(row.id) ?? [], shipmentOf.get(row.id)));
}
