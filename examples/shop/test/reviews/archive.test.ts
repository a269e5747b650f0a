import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunningShop } from '../../src/start-shop.ts';
import { openShops, type Shops } from '../support/shops.ts';

let shops: Shops;
let numbered: RunningShop;
let keyset: RunningShop;

beforeAll(async () => {
  shops = await openShops();
  const database = await shops.databaseFor(new Set());
  numbered = await shops.start([], database);
  keyset = await shops.start(['deep-offset'], database);
});
afterAll(() => shops.stop());

const page = async (shop: RunningShop, path: string): Promise<string> =>
  (await fetch(shop.url + path)).text();
const reviewsIn = (text: string): string[] => text.match(/<li class="review">.*?<\/li>/gs) ?? [];
const linkIn = (text: string, rel: string): string | undefined =>
  new RegExp(`<a href="([^"]+)" rel="${rel}"`).exec(text)?.[1];

async function walk(shop: RunningShop): Promise<string[]> {
  const reviews: string[] = [];
  let next: string | undefined = '/reviews';
  while (next !== undefined) {
    const text: string = await page(shop, next);
    reviews.push(...reviewsIn(text));
    next = linkIn(text, 'next');
  }
  return reviews;
}

test('both ways of paging show all reviews in the same order', async () => {
  const reviews = await walk(numbered);
  expect(reviews.length).toBe(1000);
  expect(await walk(keyset)).toEqual(reviews);
});

test('both lead to the oldest reviews at once', async () => {
  const oldest = async (shop: RunningShop): Promise<string[]> =>
    reviewsIn(await page(shop, linkIn(await page(shop, '/reviews'), 'last') ?? ''));
  expect(await oldest(keyset)).toEqual(await oldest(numbered));
});
