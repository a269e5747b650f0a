import { inTransaction } from '../database/in-transaction.ts';
import type { Shop } from '../shop.ts';

/** A customer brings one piece of a product back and takes one of another. */
export interface Exchange {
  readonly returnedId: number;
  readonly wantedId: number;
}

/**
 * Books an exchange into the stock, both sides of it or none.
 *
 * @throws Error with the status 404 when the shop does not sell one of the two
 */
export async function exchangeProduct(
  shop: Shop,
  { returnedId, wantedId }: Exchange,
): Promise<void> {
  const asTold = [
    { productId: returnedId, pieces: 1 },
    { productId: wantedId, pieces: -1 },
  ];
  // Whoever exchanges the same two products the other way round then locks them in this order, too.
  const inOneOrder = asTold.toSorted((a, b) => a.productId - b.productId);
  const changes = shop.fixes.has('deadlock') ? inOneOrder : asTold;
  await inTransaction(shop.pool, async (client) => {
    for (const { productId, pieces } of changes) {
      const { rowCount } = await client.query(
        'UPDATE stock SET quantity = quantity + $2 WHERE product_id = $1',
        [productId, pieces],
      );
      if (rowCount === 0) {
        throw Object.assign(new Error(`Expected a product; found ${productId}.`), {
          statusCode: 404,
        });
      }
    }
  });
}
