import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openShops, type Shops } from './support/shops.ts';

let shops: Shops;
beforeAll(async () => {
  shops = await openShops();
});
afterAll(() => shops.stop());

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

function startMain(environment: Record<string, string>): ChildProcess {
  return spawn(process.execPath, ['--conditions=@amdahl/source', main], {
    env: { PATH: process.env['PATH'], PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function textOf(stream: NodeJS.ReadableStream | null): Promise<string> {
  let text = '';
  for await (const chunk of stream?.setEncoding('utf8') ?? []) text += String(chunk);
  return text;
}

test.each(['SIGTERM', 'SIGINT'] as const)('serves until %s and ends in order', async (signal) => {
  const child = startMain({ DATABASE_URL: await shops.databaseFor(new Set()) });
  const [line] = (await once(child.stdout?.setEncoding('utf8') ?? child, 'data')) as [string];
  const url = /^shop listening on (http:\/\/127\.0\.0\.1:\d+)\n$/.exec(line)?.[1];
  expect((await fetch(`${url}/products/1`)).status).toBe(200);
  const exit = once(child, 'exit');
  child.kill(signal);
  expect(await exit).toEqual([0, null]);
  await expect(fetch(`${url}/`)).rejects.toThrow('fetch failed');
});

test.each([
  [{ SHOP_FIX: 'everything' }, 'found "everything"'],
  [{ PORT: 'http' }, 'Expected PORT to be a number; found "http"'],
  [{ DATABASE_URL: 'postgresql://127.0.0.1:1/x' }, 'ECONNREFUSED'],
])('%j is refused with a message', async (environment, message) => {
  const child = startMain(environment);
  const [error, [code]] = await Promise.all([textOf(child.stderr), once(child, 'exit')]);
  expect(error).toContain(message);
  expect(code).toBe(2);
});

test('a server without a shop is seeded, and left as it was found', async () => {
  const server = new URL(await shops.databaseFor(new Set()));
  server.pathname = '/postgres';
  const child = startMain({ DATABASE_URL: server.href, SHOP_SCALE: '0.005', SHOP_FIX: 'all' });
  const [line] = (await once(child.stdout?.setEncoding('utf8') ?? child, 'data')) as [string];
  expect(line).toMatch(/^shop listening/);
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await exit).toEqual([0, null]);
});
