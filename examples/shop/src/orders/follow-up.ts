import type { Shop } from '../shop.ts';
import { formatPrice } from '../web/format.ts';
import type { PlacedOrder } from './place-order.ts';

/** Tells the customer, by e-mail, that the order was placed. */
export async function sendConfirmation(
  shop: Shop,
  order: PlacedOrder,
  email: string,
): Promise<void> {
  await shop.mailer.send({
    to: email,
    subject: `Your order ${order.id}`,
    text:
      `Thank you!\n\n${order.quantity} × ${order.product.name}: ${formatPrice(order.totalCents)}\n\n` +
      `We will write again when it is on its way.\n`,
  });
}

/** Builds the report purchasing works with, how the product has sold so far, and mails it. */
export async function reportSales(shop: Shop, order: PlacedOrder): Promise<void> {
  const { rows } = await shop.pool.query<{ orders: string; units: string; revenue: string }>(
    `SELECT count(DISTINCT order_id) AS orders, sum(quantity) AS units,
            sum(quantity * unit_price_cents) / 100 AS revenue
     FROM order_lines
     WHERE product_id = $1`,
    [order.product.id],
  );
  await shop.mailer.send({
    to: 'purchasing@hearth-and-hand.example',
    subject: `Sales of ${order.product.name} after order ${order.id}`,
    text: `Orders: ${rows[0]?.orders}\nUnits: ${rows[0]?.units}\nRevenue: €${rows[0]?.revenue}\n`,
  });
}
