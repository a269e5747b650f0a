import { fileURLToPath } from 'node:url';
import { runLoad } from '@amdahl/load';
import { afterAll, beforeAll, expect, test } from 'vitest';
import config from '../amdahl.config.ts';
import { openShops, type Shops } from './support/shops.ts';

let shops: Shops;
beforeAll(async () => {
  shops = await openShops();
});
afterAll(() => shops.stop());

const at = (file: string): string => fileURLToPath(new URL(`../${file}`, import.meta.url));

test('busy shoppers get what they ask for', async () => {
  const shop = await shops.start([]);
  const result = await runLoad({
    baseUrl: shop.url,
    scenario: { kind: 'script', file: at(config.script ?? '') },
    profile: { model: 'closed', users: 30, duration: '3s' },
  });
  expect(result.counts.failed).toBe(0);
  expect(result.counts.taskErrors).toBe(0);
  expect(result.checks.every(({ failed }) => failed === 0)).toBe(true);
  expect(result.requests.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['GET /', 'GET /products/:id', 'POST /orders', 'GET /users/:id/orders']),
  );
  await shop.stop();
});

test('so do those of the plain storefront', async () => {
  const shop = await shops.start([]);
  const result = await runLoad({
    baseUrl: shop.url,
    scenario: { kind: 'script', file: at('users/storefront.ts') },
    profile: { model: 'closed', users: 60, duration: '2s' },
  });
  expect(result.counts.failed).toBe(0);
  expect(result.checks.every(({ failed }) => failed === 0)).toBe(true);
  await shop.stop();
});
