import type { PoolClient } from 'pg';
import { inTransaction } from '../database/in-transaction.ts';
import type { Shop } from '../shop.ts';

/** A line of a supplier's delivery note. */
export interface DeliveredProduct {
  readonly productId: number;
  readonly quantity: number;
}

/**
 * Adds what a supplier delivered to the stock; all of it or, when something fails, nothing. Answers
 * how many products were booked: those the shop does not sell are left out.
 */
export async function receiveDelivery(
  shop: Shop,
  delivered: readonly DeliveredProduct[],
): Promise<number> {
  const book = shop.fixes.has('chatty-transaction') ? bookAtOnce : bookOneByOne;
  return inTransaction(shop.pool, (client) => book(client, byProduct(delivered)));
}

/** Each product once, in the order in which every delivery locks the stock. */
function byProduct(delivered: readonly DeliveredProduct[]): readonly DeliveredProduct[] {
  const quantities = new Map<number, number>();
  for (const { productId, quantity } of delivered) {
    quantities.set(productId, (quantities.get(productId) ?? 0) + quantity);
  }
  return [...quantities]
    .map(([productId, quantity]) => ({ productId, quantity }))
    .sort((a, b) => a.productId - b.productId);
}

/** Books a product when it comes to its line of the note. */
async function bookOneByOne(
  client: PoolClient,
  delivered: readonly DeliveredProduct[],
): Promise<number> {
  let booked = 0;
  for (const { productId, quantity } of delivered) {
    const { rowCount } = await client.query(
      'UPDATE stock SET quantity = quantity + $2 WHERE product_id = $1',
      [productId, quantity],
    );
    booked += rowCount ?? 0;
  }
  return booked;
}

/** Books the whole note in one statement. */
async function bookAtOnce(
  client: PoolClient,
  delivered: readonly DeliveredProduct[],
): Promise<number> {
  const { rowCount } = await client.query(
    `UPDATE stock SET quantity = stock.quantity + given.quantity
     FROM unnest($1::integer[], $2::integer[]) AS given (product_id, quantity)
     WHERE stock.product_id = given.product_id`,
    [delivered.map(({ productId }) => productId), delivered.map(({ quantity }) => quantity)],
  );
  return rowCount ?? 0;
}
