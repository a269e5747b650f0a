import type { PoolClient } from 'pg';
import type { Queryable, Shop } from '../shop.ts';
import { inTransaction } from '../database/in-transaction.ts';

export interface WantedOrder {
  readonly productId: number;
  readonly quantity: number;
  /** The customer; null for a guest. */
  readonly userId: number | null;
}

export interface PlacedOrder {
  readonly id: number;
  readonly userId: number | null;
  readonly product: { readonly id: number; readonly name: string };
  readonly quantity: number;
  readonly totalCents: number;
}

/** Why an order cannot be placed. */
export type Refusal = 'no such product' | 'no such user' | 'sold out';

export type OrderOutcome =
  | { readonly placed: PlacedOrder; readonly email: string }
  | { readonly refused: Refusal };

/** Places an order; `confirm` tells the customer. */
export type PlaceOrder = (
  shop: Shop,
  wanted: WantedOrder,
  confirm: (order: PlacedOrder, email: string) => Promise<void>,
) => Promise<OrderOutcome>;

/**
 * One transaction around everything, so that no order is kept that is not paid and confirmed. The
 * stock row it locks first stays locked until the payment service and the mail server have answered,
 * and whoever wants the same product waits as long.
 */
export const placeOrderHoldingStock: PlaceOrder = async (shop, wanted, confirm) =>
  inTransaction(shop.pool, async function takeStock(client) {
    const stock = await client.query<{ quantity: number }>(
      'SELECT quantity FROM stock WHERE product_id = $1 FOR UPDATE',
      [wanted.productId],
    );
    const available = stock.rows[0]?.quantity;
    if (available === undefined) return { refused: 'no such product' };
    if (available < wanted.quantity) return { refused: 'sold out' };
    const order = await priced(client, wanted);
    if ('refused' in order) return order;
    await shop.outside.authorisePayment(order.totalCents);
    await client.query('UPDATE stock SET quantity = quantity - $2 WHERE product_id = $1', [
      wanted.productId,
      wanted.quantity,
    ]);
    const placed = await insert(client, order);
    await confirm(placed, order.email);
    return { placed, email: order.email };
  });

/**
 * Checks and pays first; the transaction then takes the stock only if it is still there, and lasts
 * three statements. The customer is told when the order is in the books.
 */
export const placeOrderBriefly: PlaceOrder = async (shop, wanted, confirm) => {
  const order = await priced(shop.pool, wanted);
  if ('refused' in order) return order;
  await shop.outside.authorisePayment(order.totalCents);
  const placed = await inTransaction(shop.pool, async (client) => {
    const stock = await client.query(
      'UPDATE stock SET quantity = quantity - $2 WHERE product_id = $1 AND quantity >= $2',
      [wanted.productId, wanted.quantity],
    );
    return stock.rowCount === 0 ? null : insert(client, order);
  });
  if (placed === null) return { refused: 'sold out' };
  await confirm(placed, order.email);
  return { placed, email: order.email };
};

interface PricedOrder extends Omit<PlacedOrder, 'id'> {
  readonly unitPriceCents: number;
  readonly shipTo: string;
  readonly email: string;
}

/** The order with its price and addresses, before anything is written. */
async function priced(
  database: Queryable,
  wanted: WantedOrder,
): Promise<PricedOrder | { readonly refused: Refusal }> {
  const { rows } = await database.query<{
    name: string;
    price_cents: number;
    email: string | null;
    ship_to: string | null;
  }>(
    `SELECT p.name, p.price_cents, u.email, u.street || ', ' || u.city AS ship_to
     FROM products AS p LEFT JOIN users AS u ON u.id = $2
     WHERE p.id = $1`,
    [wanted.productId, wanted.userId],
  );
  const product = rows[0];
  if (product === undefined) return { refused: 'no such product' };
  if (wanted.userId !== null && product.email === null) return { refused: 'no such user' };
  return {
    userId: wanted.userId,
    product: { id: wanted.productId, name: product.name },
    quantity: wanted.quantity,
    unitPriceCents: product.price_cents,
    totalCents: product.price_cents * wanted.quantity,
    shipTo: product.ship_to ?? 'Collected in the shop',
    email: product.email ?? 'guests@hearth-and-hand.example',
  };
}

async function insert(client: PoolClient, order: PricedOrder): Promise<PlacedOrder> {
  const { rows } = await client.query<{ id: number }>(
    `WITH placed AS (
       INSERT INTO orders (user_id, status, total_cents, ship_to)
       VALUES ($1, 'paid', $2, $3) RETURNING id)
     INSERT INTO order_lines (order_id, line, product_id, quantity, unit_price_cents)
     SELECT id, 1, $4, $5, $6 FROM placed
     RETURNING order_id AS id`,
    [
      order.userId,
      order.totalCents,
      order.shipTo,
      order.product.id,
      order.quantity,
      order.unitPriceCents,
    ],
  );
  const { userId, product, quantity, totalCents } = order;
  return { id: rows[0]?.id ?? 0, userId, product, quantity, totalCents };
}
