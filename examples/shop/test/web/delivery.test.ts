import { request, type IncomingMessage } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningShop } from '../../src/start-shop.ts';
import { openShops, type Shops } from '../support/shops.ts';

let shops: Shops;
let sinful: RunningShop;
let cacheable: RunningShop;
let compressed: RunningShop;
let lean: RunningShop;
let bounded: RunningShop;

beforeAll(async () => {
  shops = await openShops();
  const database = await shops.databaseFor(new Set());
  sinful = await shops.start([], database);
  cacheable = await shops.start(['http-cache'], database);
  compressed = await shops.start(['compression'], database);
  lean = await shops.start(['front-end'], database);
  bounded = await shops.start(['memory'], database);
});
afterAll(() => shops.stop());

/** One reply as it came over the wire. */
async function ask(
  shop: RunningShop,
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: IncomingMessage['headers']; body: Buffer }> {
  const reply = await new Promise<IncomingMessage>((resolve, reject) => {
    request(shop.url + path, { headers }, resolve)
      .once('error', reject)
      .end();
  });
  const chunks: Buffer[] = [];
  for await (const chunk of reply) chunks.push(chunk as Buffer);
  return { status: reply.statusCode ?? 0, headers: reply.headers, body: Buffer.concat(chunks) };
}

const assetIn = (body: Buffer, name: string): string =>
  new RegExp(`"(/assets/${name}[^"]*)"`).exec(body.toString())?.[1] ?? '';

test('the sinful shop sends neither validators nor lifetimes nor anything compressed', async () => {
  for (const path of ['/', '/api/users/1/orders', '/assets/shop.js']) {
    const { headers } = await ask(sinful, path, { 'accept-encoding': 'br, gzip' });
    expect(headers.etag).toBeUndefined();
    expect(headers['last-modified']).toBeUndefined();
    expect(headers['cache-control']).toBeUndefined();
    expect(headers['content-encoding']).toBeUndefined();
  }
});

describe('with http-cache fixed', () => {
  test.each(['/', '/products/1', '/api/users/1/orders', '/assets/rest.css'])(
    '%s is asked again for nothing',
    async (path) => {
      const first = await ask(cacheable, path);
      expect(first.status).toBe(200);
      expect(first.headers['cache-control']).toMatch(/no-cache/);
      const again = await ask(cacheable, path, { 'if-none-match': first.headers.etag ?? '' });
      expect(again.status).toBe(304);
      expect(again.body.length).toBe(0);
      expect(again.headers.etag).toBe(first.headers.etag);
      const other = await ask(cacheable, path, { 'if-none-match': 'W/"other"' });
      expect(other.status).toBe(200);
      expect(other.body.equals(first.body)).toBe(true);
    },
  );

  test('assets by their versioned address live a year', async () => {
    const page = await ask(cacheable, '/products/1');
    for (const name of ['shop.js', 'rest.css', 'category-']) {
      const { status, headers } = await ask(cacheable, assetIn(page.body, name));
      expect({ name, status, lifetime: headers['cache-control'] }).toEqual({
        name,
        status: 200,
        lifetime: 'public, max-age=31536000, immutable',
      });
    }
  });

  test('what fails is not kept', async () => {
    expect((await ask(cacheable, '/products/999999')).headers['cache-control']).toBeUndefined();
  });
});

describe('with compression fixed', () => {
  test.each(['/', '/api/users/1/orders', '/assets/countries.js'])(
    '%s comes as the client takes it',
    async (path) => {
      const plain = await ask(compressed, path);
      expect(plain.headers['content-encoding']).toBeUndefined();
      const br = await ask(compressed, path, { 'accept-encoding': 'gzip, br' });
      expect(br.headers['content-encoding']).toBe('br');
      expect(br.headers.vary).toBe('accept-encoding');
      expect(brotliDecompressSync(br.body).equals(plain.body)).toBe(true);
      const gzip = await ask(compressed, path, { 'accept-encoding': 'gzip, br;q=0' });
      expect(gzip.headers['content-encoding']).toBe('gzip');
      expect(gunzipSync(gzip.body).equals(plain.body)).toBe(true);
    },
  );

  test.each(['/assets/category-1.png', '/healthz'])('%s is left as it is', async (path) => {
    const reply = await ask(compressed, path, { 'accept-encoding': 'br' });
    expect(reply.headers['content-encoding']).toBeUndefined();
  });
});

describe('the head of a page', () => {
  const head = (body: Buffer): string => body.toString().split('</head>')[0] ?? '';

  test('blocks the first paint with every sin', async () => {
    const text = head((await ask(sinful, '/products/1')).body);
    expect(text.match(/<script src="[^"]+">/g)?.length).toBe(2);
    expect(text.match(/<link rel="stylesheet"/g)?.length).toBe(2);
  });

  test('blocks nothing when fixed, and images but the first are lazy and sized', async () => {
    const { body } = await ask(lean, '/products/1');
    expect(head(body)).not.toMatch(/<script src="[^"]+">/);
    expect(head(body)).not.toContain('<link rel="stylesheet"');
    expect(head(body)).toMatch(/<style>\s*:root/);
    const images = body.toString().match(/<img\s[^>]+>/g) ?? [];
    expect(images.length).toBeGreaterThan(3);
    expect(images.every((image) => /width="640"\s+height="480"/.test(image))).toBe(true);
    expect(images.filter((image) => !image.includes('loading="lazy"')).length).toBe(1);
  });
});

test('the support desk finds any reply, or the last 200 when the journal is bounded', async () => {
  const first = new Map<RunningShop, string>();
  for (const shop of [sinful, bounded]) {
    const { headers } = await ask(shop, '/api/about');
    first.set(shop, String(headers['x-request-id']));
    for (let count = 0; count < 200; count += 1) await ask(shop, '/healthz');
  }
  const journal = async (shop: RunningShop): Promise<number> =>
    (await ask(shop, `/support/replies/${first.get(shop)}`)).status;
  expect(await journal(sinful)).toBe(200);
  expect(await journal(bounded)).toBe(404);
});
