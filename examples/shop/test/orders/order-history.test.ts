import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OrderHistory } from '../../src/orders/order.ts';
import type { RunningShop } from '../../src/start-shop.ts';
import { openShops, type Shops } from '../support/shops.ts';

let shops: Shops;
let whole: RunningShop;
let paged: RunningShop;

beforeAll(async () => {
  shops = await openShops();
  const database = await shops.databaseFor(new Set());
  whole = await shops.start([], database);
  paged = await shops.start(['large-result'], database);
});
afterAll(() => shops.stop());

const history = async (shop: RunningShop, query = ''): Promise<OrderHistory> =>
  (await (await fetch(`${shop.url}/api/users/1/orders${query}`)).json()) as OrderHistory;

test('the pages together are the whole history, in its order', async () => {
  const all = await history(whole);
  expect(all.orders.length).toBeGreaterThan(40);
  expect(all.next).toBeNull();

  let page = await history(paged);
  expect(page.orders.length).toBe(20);
  const collected = [...page.orders];
  while (page.next !== null) {
    page = await history(paged, `?before=${page.next}`);
    collected.push(...page.orders);
  }
  expect(collected).toEqual(all.orders);
});

test('the page for people links to the next one', async () => {
  const text = await (await fetch(`${paged.url}/users/1/orders`)).text();
  expect(text).toMatch(/href="\/users\/1\/orders\?before=\d+" rel="next"/);
});

test("a product's reviews come in pages that together are all of them", async () => {
  const ids = (text: string): string[] => text.match(/<li class="review">.*?<\/li>/gs) ?? [];
  const all = ids(await (await fetch(`${whole.url}/products/1`)).text());
  expect(all.length).toBeGreaterThan(20);

  const collected: string[] = [];
  let next: string | undefined = '/products/1';
  while (next !== undefined) {
    const text: string = await (await fetch(paged.url + next)).text();
    expect(ids(text).length).toBeLessThanOrEqual(10);
    collected.push(...ids(text));
    next = /href="(\/products\/1\?before=\d+)#reviews"/.exec(text)?.[1];
  }
  expect(collected).toEqual(all);
});
