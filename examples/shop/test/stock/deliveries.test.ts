import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningShop } from '../../src/start-shop.ts';
import type { SwitchName } from '../../src/switches.ts';
import { openShops, type Shops } from '../support/shops.ts';

let shops: Shops;
beforeAll(async () => {
  shops = await openShops();
});
afterAll(() => shops.stop());

const variants: readonly (readonly SwitchName[])[] = [[], ['chatty-transaction']];

describe.each(variants.map((fixes) => ({ name: fixes.join() || 'nothing', fixes })))(
  'with $name fixed',
  ({ fixes }) => {
    let shop: RunningShop;
    let database: Client;

    beforeAll(async () => {
      const url = await shops.databaseFor(new Set());
      shop = await shops.start(fixes, url);
      database = new Client({ connectionString: url });
      await database.connect();
    });
    afterAll(async () => {
      await database.end();
      await shop.stop();
    });

    const deliver = (products: unknown): Promise<Response> =>
      fetch(`${shop.url}/deliveries`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ products }),
      });
    const stock = async (): Promise<ReadonlyMap<number, number>> => {
      const { rows } = await database.query<{ product_id: number; quantity: number }>(
        'SELECT product_id, quantity FROM stock',
      );
      return new Map(rows.map((row) => [row.product_id, row.quantity]));
    };

    test('a delivery adds to the stock, a product named twice with both amounts', async () => {
      const before = await stock();
      const reply = await deliver([
        { productId: 7, quantity: 5 },
        { productId: 3, quantity: 1 },
        { productId: 7, quantity: 2 },
        { productId: 999_999, quantity: 9 },
      ]);
      expect(reply.status).toBe(201);
      expect(await reply.json()).toEqual({ booked: 2 });
      const added = [...(await stock())].flatMap(([id, quantity]) => {
        const more = quantity - (before.get(id) ?? 0);
        return more === 0 ? [] : [[id, more]];
      });
      expect(added.toSorted(([a = 0], [b = 0]) => a - b)).toEqual([
        [3, 1],
        [7, 7],
      ]);
    });

    test.each([[[]], [[{ productId: 1, quantity: 0 }]], [[{ productId: 1 }]], ['everything']])(
      '%j is refused',
      async (products) => {
        expect((await deliver(products)).status).toBe(400);
      },
    );

    test('a delivery that does not fit is not booked at all', async () => {
      await database.query('UPDATE stock SET quantity = 2147483647 WHERE product_id = 9');
      const before = await stock();
      const reply = await deliver([
        { productId: 8, quantity: 1 },
        { productId: 9, quantity: 1 },
      ]);
      expect(reply.status).toBe(500);
      expect(await stock()).toEqual(before);
    });
  },
);
