import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { consumers } from '../../src/outside/outside-services.ts';
import type { RunningShop } from '../../src/start-shop.ts';
import type { SwitchName } from '../../src/switches.ts';
import { openShops, type Shops } from '../support/shops.ts';

let shops: Shops;
beforeAll(async () => {
  shops = await openShops();
});
afterAll(() => shops.stop());

const variants: readonly (readonly SwitchName[])[] = [
  [],
  ['lock-contention'],
  ['jobs'],
  ['events'],
  ['lock-contention', 'jobs'],
  ['lock-contention', 'jobs', 'events'],
];

describe.each(variants.map((fixes) => ({ name: fixes.join(' and ') || 'nothing', fixes })))(
  'with $name fixed',
  ({ fixes }) => {
    let shop: RunningShop;
    let database: Client;

    beforeAll(async () => {
      shops.world.mails.length = 0;
      shops.world.events.length = 0;
      const url = await shops.databaseFor(new Set());
      shop = await shops.start(fixes, url);
      database = new Client({ connectionString: url });
      await database.connect();
    });
    afterAll(async () => {
      await database.end();
      await shop.stop();
    });

    const post = (body: unknown): Promise<Response> =>
      fetch(`${shop.url}/orders`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const stockOf = async (productId: number): Promise<number> => {
      const { rows } = await database.query<{ quantity: number }>(
        'SELECT quantity FROM stock WHERE product_id = $1',
        [productId],
      );
      return rows[0]?.quantity ?? -1;
    };

    test('an order takes the stock, enters the books and is told to everyone', async () => {
      const before = await stockOf(3);
      const reply = await post({ productId: 3, quantity: 2, userId: 7 });
      expect(reply.status).toBe(201);
      const order = (await reply.json()) as { id: number; totalCents: number };

      expect(await stockOf(3)).toBe(before - 2);
      const { rows } = await database.query(
        `SELECT o.user_id, o.total_cents, l.product_id, l.quantity
         FROM orders AS o JOIN order_lines AS l ON l.order_id = o.id WHERE o.id = $1`,
        [order.id],
      );
      expect(rows).toEqual([
        { user_id: 7, total_cents: order.totalCents, product_id: 3, quantity: 2 },
      ]);

      // What is done after the reply is done when the shop has stopped.
      await shop.stop();
      const { rows: customer } = await database.query<{ email: string }>(
        'SELECT email FROM users WHERE id = 7',
      );
      expect(new Set(shops.world.mails)).toEqual(
        new Set([customer[0]?.email, 'purchasing@hearth-and-hand.example']),
      );
      expect(shops.world.mails.length).toBe(2);
      const { events } = shops.world;
      expect(events.map(({ consumer }) => consumer).sort()).toEqual([...consumers].sort());
      expect(events[0]?.body).toEqual({ type: 'order.created', data: order });
      shop = await shops.start(fixes, databaseUrlOf(database));
    });

    test('what is sold out is refused, and nobody gets more than there is', async () => {
      await database.query('UPDATE stock SET quantity = 5 WHERE product_id = 4');
      const replies = await Promise.all(
        Array.from({ length: 9 }, () => post({ productId: 4, quantity: 1 })),
      );
      const statuses = replies.map(({ status }) => status).sort((a, b) => a - b);
      expect(statuses).toEqual([201, 201, 201, 201, 201, 409, 409, 409, 409]);
      expect(await stockOf(4)).toBe(0);
    });

    test.each([
      [{ productId: 999_999, quantity: 1 }, 404],
      [{ productId: 1, quantity: 1, userId: 999_999 }, 404],
      [{ productId: 1, quantity: 0 }, 400],
      [{ productId: 1, quantity: 11 }, 400],
      [{ quantity: 1 }, 400],
    ])('%j is refused with %i and changes nothing', async (body, status) => {
      const before = await stockOf(1);
      expect((await post(body)).status).toBe(status);
      expect(await stockOf(1)).toBe(before);
    });

    test('a form leads back to the product', async () => {
      const reply = await fetch(`${shop.url}/orders`, {
        method: 'POST',
        redirect: 'manual',
        body: new URLSearchParams({ productId: '2', quantity: '1', country: 'DE' }),
      });
      expect(reply.status).toBe(303);
      const page = await fetch(new URL(reply.headers.get('location') ?? '', shop.url));
      expect(await page.text()).toMatch(/Thank you! Your order has number \d+/);
    });
  },
);

function databaseUrlOf(client: Client): string {
  return `postgresql://${client.user}@${client.host}:${client.port}/${client.database}`;
}
