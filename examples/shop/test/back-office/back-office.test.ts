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

const office: readonly SwitchName[] = [
  'not-in-subquery',
  'or-across-columns',
  'implicit-cast',
  'random-order',
  'existence-count',
  'deadlock',
  'idle-in-transaction',
];
const variants = [
  { name: 'nothing', fixes: [] },
  { name: 'the back office', fixes: office },
] satisfies readonly { readonly name: string; readonly fixes: readonly SwitchName[] }[];

describe.each(variants)('with $name fixed', ({ fixes }) => {
  let shop: RunningShop;
  let database: Client;

  beforeAll(async () => {
    const url = await shops.databaseFor(new Set(fixes));
    shop = await shops.start(fixes, url);
    database = new Client({ connectionString: url });
    await database.connect();
  });
  afterAll(async () => {
    await database.end();
    await shop.stop();
  });

  const ask = (path: string, init?: RequestInit): Promise<Response> =>
    fetch(`${shop.url}/back-office${path}`, init);
  const answer = async (path: string): Promise<unknown> => (await ask(path)).json();
  const exchange = (returnedId: number, wantedId: number): Promise<Response> =>
    ask('/exchanges', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ returnedId, wantedId }),
    });
  const read = async <Row extends object>(sql: string): Promise<Row[]> =>
    (await database.query<Row>(sql)).rows;

  test('what nobody bought is listed, newest first', async () => {
    await database.query(
      `INSERT INTO products (id, category_id, name, summary, price_cents, rating, review_count,
         tags, created_at, description, manual, specification)
       SELECT id, 1, 'Novelty ' || id, '', 100, 0, 0, '{}', '2026-01-01'::date + id - 9000, '', '', '{}'
       FROM generate_series(9001, 9003) AS id`,
    );
    await database.query('INSERT INTO order_lines VALUES (1, 9, 9002, 1, 100)');
    expect(await answer('/unsold?since=2026-01-01')).toMatchObject([
      { id: 9003, name: 'Novelty 9003' },
      { id: 9001, name: 'Novelty 9001' },
    ]);
  });

  test('a parcel is found by its code and by the number of its order', async () => {
    const [parcel] = await read<{ order_id: number; tracking_code: string }>(
      'SELECT order_id, tracking_code FROM shipments ORDER BY order_id LIMIT 1',
    );
    const expected = { orderId: parcel?.order_id, trackingCode: parcel?.tracking_code };
    expect(await answer(`/parcels?q=${parcel?.tracking_code}`)).toMatchObject(expected);
    expect(await answer(`/parcels?q=${parcel?.order_id}`)).toMatchObject(expected);
    expect((await ask('/parcels?q=nothing')).status).toBe(404);
  });

  test('a scanned number leads to its order', async () => {
    expect(await answer('/scans/12')).toMatchObject({ id: 12 });
    expect((await ask('/scans/999999999')).status).toBe(404);
    expect((await ask('/scans/012')).status).toBe(400);
  });

  test('the screen shows different reviews of the shop', async () => {
    const voices = (await answer('/voices')) as { id: number; body: string }[];
    expect(new Set(voices.map(({ id }) => id)).size).toBe(5);
    const shown = await read(
      `SELECT FROM reviews WHERE id IN (${voices.map(({ id }) => id).join()})`,
    );
    expect(shown.length).toBe(5);
  });

  test('a category is known to sell or not', async () => {
    await database.query("INSERT INTO categories VALUES (99, 'Empty', 'empty')");
    expect(await answer('/categories/2/sold')).toEqual({ sold: true });
    expect(await answer('/categories/99/sold')).toEqual({ sold: false });
  });

  test('a label printed again brings a new tracking code', async () => {
    const [parcel] = await read<{ id: number }>(
      'SELECT order_id AS id FROM shipments ORDER BY order_id DESC LIMIT 1',
    );
    const reply = await ask(`/orders/${parcel?.id}/label`, { method: 'POST' });
    expect(await reply.json()).toEqual({ orderId: parcel?.id, trackingCode: 'new-code' });
    expect(
      await read(`SELECT tracking_code FROM shipments WHERE order_id = ${parcel?.id}`),
    ).toEqual([{ tracking_code: 'new-code' }]);
    expect((await ask('/orders/999999999/label', { method: 'POST' })).status).toBe(404);
  });

  test.each([
    [5, 3],
    [3, 5],
  ])('an exchange of %i for %i moves one piece of each', async (returned, wanted) => {
    const stock = async (id: number): Promise<number> => {
      const [row] = await read<{ quantity: number }>(
        `SELECT quantity FROM stock WHERE product_id = ${id}`,
      );
      return row?.quantity ?? 0;
    };
    const before = [await stock(returned), await stock(wanted)] as const;
    expect((await exchange(returned, wanted)).status).toBe(204);
    expect([await stock(returned), await stock(wanted)]).toEqual([before[0] + 1, before[1] - 1]);
  });

  test('an exchange for something unknown books nothing', async () => {
    const [before] = await read('SELECT sum(quantity) FROM stock');
    expect((await exchange(4, 999_999)).status).toBe(404);
    expect((await exchange(999_999, 4)).status).toBe(404);
    expect(await read('SELECT sum(quantity) FROM stock')).toEqual([before]);
  });

  test('nobody is to keep an answer', async () => {
    expect((await ask('/voices')).headers.get('cache-control')).toBe('no-store');
  });
});

test('exchanges in opposite directions go through together once they lock in one order', async () => {
  const shop = await shops.start(['deadlock']);
  const pairs = Array.from({ length: 60 }, (_, index) => (index % 2 === 0 ? [6, 7] : [7, 6]));
  const replies = await Promise.all(
    pairs.map(([returnedId, wantedId]) =>
      fetch(`${shop.url}/back-office/exchanges`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ returnedId, wantedId }),
      }),
    ),
  );
  expect([...new Set(replies.map(({ status }) => status))]).toEqual([204]);
});
