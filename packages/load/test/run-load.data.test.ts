import { once } from 'node:events';
import { expect, test } from 'vitest';
import { httpServer } from './support/http-server.ts';
import { checkedRun, histogram, requestNamed, script } from './support/run.ts';

test('feeds users with rows, each of its own, until they run out', async () => {
  const urls: URL[] = [];
  const baseUrl = await httpServer((request, response) => {
    urls.push(new URL(request.url ?? '', 'http://server'));
    response.end();
  });
  const result = await checkedRun({
    baseUrl,
    scenario: script('feeding.ts'),
    profile: { model: 'closed', users: 9, duration: '1s' },
    workers: 3,
  });
  const ids = urls.flatMap(({ pathname }) => /^\/n\/(\d+)$/.exec(pathname)?.[1] ?? []);
  expect(new Set(ids).size).toBe(ids.length);
  const names = urls.flatMap(({ searchParams }) => searchParams.get('name') ?? []);
  expect(names.sort()).toEqual(['Ada', 'Grace', 'Hopper, G.']);
  expect(new Set(urls.flatMap(({ searchParams }) => searchParams.get('word') ?? []))).toEqual(
    new Set(['tea', 'cup']),
  );
  // Each of the five users asks for one more than there is, says so once, and leaves it at that.
  expect(result.counts.taskErrors).toBe(5);
  expect(result.taskErrorSamples?.[0]?.message).toContain('each of its 3 rows');
  expect(requestNamed(result, 'GET /other').count).toBeGreaterThan(10);
});

test('arrivals go on when there are no more rows', async () => {
  const baseUrl = await httpServer((_, response) => response.end());
  const result = await checkedRun({
    baseUrl,
    scenario: script('feeding.ts'),
    profile: { model: 'open', arrivals: [{ fromPerSecond: 40, toPerSecond: 40, duration: '4s' }] },
  });
  expect(result.counts.taskErrors).toBeGreaterThan(0);
  expect(result.generator.unstartedArrivals).toBe(0);
});

test('sets up once, hands the data to all users, and tears down once', async () => {
  const seen: string[] = [];
  const baseUrl = await httpServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    response.end(request.url === '/seed' ? '[7, 8, 9]' : '');
  });
  const result = await checkedRun({
    baseUrl,
    scenario: script('hooked.ts'),
    profile: { model: 'closed', users: 4, duration: '1s' },
    workers: 2,
  });
  expect(seen[0]).toBe('POST /seed');
  expect(seen.at(-1)).toBe('DELETE /seed?count=3');
  expect(seen.filter((text) => text.includes('/seed'))).toHaveLength(2);
  // Their requests are in no figure.
  expect(result.requests.map(({ name }) => name).sort()).toEqual([
    'GET /cart',
    'GET /first',
    'GET /products/:id',
    'POST /pay',
  ]);
  const products = new Set(seen.filter((text) => text.startsWith('GET /products/')));
  expect([...products].sort()).toEqual(['GET /products/7', 'GET /products/8', 'GET /products/9']);
  expect(result.counts.taskErrors).toBe(0);

  const custom = Object.fromEntries((result.custom ?? []).map((each) => [each.name, each]));
  const checkout = custom['checkout'];
  expect(checkout).toMatchObject({ kind: 'group' });
  expect(histogram(checkout?.values).min).toBeGreaterThanOrEqual(5_000);
  expect(custom['items']).toMatchObject({ kind: 'counter', total: 3 * (checkout?.count ?? 0) });
  expect(custom['basket']).toMatchObject({ kind: 'trend', count: checkout?.count });
  expect(histogram(custom['basket']?.values).max).toBe(12_503);
});

test('a setup that throws ends the run with its place', async () => {
  const run = checkedRun({
    baseUrl: await httpServer((_, response) => response.end()),
    scenario: script('failing-setup.ts'),
    profile: { model: 'closed', users: 1, duration: '1s' },
  });
  await expect(run).rejects.toMatchObject({ code: 'AMDAHL_LOAD_HOOK_FAILED' });
  await expect(run).rejects.toThrow(/no database .*failing-setup\.ts:5/);
});

test('a teardown that throws is told, and the figures are kept', async () => {
  const result = await checkedRun({
    baseUrl: await httpServer((_, response) => response.end()),
    scenario: script('failing-teardown.ts'),
    profile: { model: 'closed', users: 1, duration: '300ms' },
  });
  expect(result.teardownError).toMatch(/not tidy .*failing-teardown\.ts:5/);
  expect(result.counts.succeeded).toBeGreaterThan(0);
});

test('a setup that was given up is not torn down', async () => {
  const controller = new AbortController();
  const seen: string[] = [];
  const baseUrl = await httpServer((request) => {
    // Never answered.
    seen.push(`${request.method}`);
    controller.abort();
  });
  const result = await checkedRun({
    baseUrl,
    scenario: script('hooked.ts'),
    profile: { model: 'closed', users: 1, duration: '1h' },
    signal: controller.signal,
  });
  expect(result.interrupted).toBe(true);
  expect(result.teardownError).toBeUndefined();
  expect(seen).toEqual(['POST']);
});

test('tears down also after a run that was stopped', async () => {
  const controller = new AbortController();
  const torn = new EventTarget();
  const tornDown = once(torn, 'down');
  const baseUrl = await httpServer((request, response) => {
    if (request.method === 'DELETE') torn.dispatchEvent(new Event('down'));
    if (request.url === '/first') controller.abort();
    response.end(request.url === '/seed' ? '[1, 2, 3]' : '');
  });
  const result = await checkedRun({
    baseUrl,
    scenario: script('hooked.ts'),
    profile: { model: 'closed', users: 1, duration: '1h' },
    signal: controller.signal,
  });
  await tornDown;
  expect(result.interrupted).toBe(true);
});
