import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixable, type SwitchName } from '../src/switches.ts';
import { changesSchema, openShops, type Shops } from './support/shops.ts';

/** Every kind of page and a few of its variations. */
const paths = [
  '/',
  '/products/1',
  '/products/150',
  '/search?q=walnut',
  '/search?q=Oak%20Lamp',
  '/search?q=100%25',
  '/users/1',
  '/users/77',
  '/users/1/orders',
  '/users/77/orders',
  '/reviews',
  '/reports/sales',
  '/reports/sales?year=2024',
  '/reports/sales?year=2000',
  '/api/about',
  '/api/products/1',
  '/api/search?q=walnut',
  '/api/users/1/orders',
  '/api/orders/1',
  '/api/orders/4',
  '/api/reports/sales?year=2024',
  '/back-office/unsold?since=2021-01-01',
  '/back-office/parcels?q=4',
  '/back-office/scans/4',
  '/back-office/categories/3/sold',
  '/healthz',
  '/openapi.json',
  '/assets/shop.js',
  '/assets/rest.css',
  '/assets/countries.js',
  '/assets/category-3.png',
];

/** Fixes that change what a page shows, and are looked at one by one elsewhere. */
const visible: ReadonlySet<SwitchName> = new Set(['large-result', 'deep-offset', 'front-end']);

let shops: Shops;
let database: string;
const contents = new Map<string, string>();

beforeAll(async () => {
  shops = await openShops();
  database = await shops.databaseFor(new Set());
  const shop = await shops.start([], database);
  for (const path of paths) {
    const reply = await fetch(shop.url + path);
    contents.set(path, `${reply.status} ${await reply.text()}`);
  }
});

afterAll(() => shops.stop());

test.each(paths)('with every sin, %s answers', (path) => {
  expect(contents.get(path)).toMatch(/^200 .{2}/s);
});

test.each(paths)('with every fix, %s answers', async (path) => {
  const shop = await allFixed();
  expect((await fetch(shop.url + path)).status).toBe(200);
});

let fixedShop: ReturnType<Shops['start']> | undefined;
const allFixed = (): ReturnType<Shops['start']> => (fixedShop ??= shops.start(fixable));

/** What each page answers with one sin fixed. */
async function contentsWith(name: SwitchName): Promise<ReadonlyMap<string, string>> {
  const shop = await shops.start([name], changesSchema(name) ? undefined : database);
  const answers = new Map<string, string>();
  for (const path of paths) {
    const reply = await fetch(shop.url + path);
    answers.set(path, `${reply.status} ${await reply.text()}`);
  }
  await shop.stop();
  return answers;
}

test.each(fixable.filter((name) => !visible.has(name)))(
  'with %s fixed, every page shows what it showed before',
  async (name) => {
    const fixed = await contentsWith(name);
    expect(paths.filter((path) => fixed.get(path) !== contents.get(path))).toEqual([]);
  },
);

test.each([...visible])('with %s fixed, every page answers', async (name) => {
  const fixed = await contentsWith(name);
  expect(paths.filter((path) => fixed.get(path)?.startsWith('200 ') !== true)).toEqual([]);
});

test('the OpenAPI document describes GET routes that answer with its examples', async () => {
  const shop = await allFixed();
  const { paths: described } = (await (await fetch(`${shop.url}/openapi.json`)).json()) as {
    paths: Record<
      string,
      { get: { parameters: { name: string; in: string; example?: string | number }[] } }
    >;
  };
  expect(Object.keys(described)).toEqual(
    expect.arrayContaining([
      '/',
      '/products/{id}',
      '/search',
      '/users/{id}/orders',
      '/reports/sales',
    ]),
  );
  const failing: string[] = [];
  for (const [template, { get }] of Object.entries(described)) {
    const url = new URL(
      template.replaceAll(/\{(\w+)\}/g, (_match, name: string) =>
        String(get.parameters.find((parameter) => parameter.name === name)?.example),
      ),
      shop.url,
    );
    for (const parameter of get.parameters) {
      if (parameter.in === 'query' && parameter.example !== undefined) {
        url.searchParams.set(parameter.name, String(parameter.example));
      }
    }
    if ((await fetch(url)).status !== 200) failing.push(template);
  }
  expect(failing).toEqual([]);
});

test('what is not there gets a page for people and JSON for programs', async () => {
  const shop = await allFixed();
  const page = await fetch(`${shop.url}/products/999999`, { headers: { accept: 'text/html' } });
  expect(page.status).toBe(404);
  expect(await page.text()).toContain('There is nothing here.');
  const api = await fetch(`${shop.url}/api/products/999999`);
  expect(api.status).toBe(404);
  expect(await api.json()).toEqual({ error: 'There is nothing here.' });
});

test.each(['/products/0', '/products/abc', '/products/99999999999', '/search', '/search?q=a'])(
  '%s is refused as a bad request',
  async (path) => {
    const shop = await allFixed();
    expect((await fetch(shop.url + path)).status).toBe(400);
  },
);
