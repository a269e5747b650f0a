import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { LoadResult } from '@amdahl/load';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { chromiumHint, chromiumPath, launchChromium } from '../fixtures/chromium.ts';
import { CommandLine, type RunningCommand } from './amdahl.ts';

let commandLine: CommandLine;
let url: string;
let underWay = 0;
const server = createServer(async (_request, response) => {
  underWay += 1;
  await pause(30);
  underWay -= 1;
  response.end();
});

beforeEach(async () => {
  commandLine = await CommandLine.create();
  await writeFile(
    join(commandLine.directory, 'users.mjs'),
    "export default { users: { v: { tasks: { t: ({ http }) => http.get('/home') } } } };",
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await commandLine.end();
});

/** Starts the page and answers with its address. */
async function open(): Promise<{ readonly command: RunningCommand; readonly page: string }> {
  const flags = ['--url', url, '--users', '3', '--duration', '1m', '--warmup', '0s', '--json'];
  const command = commandLine.start(['load', 'users.mjs', ...flags, '--ui']);
  const [, page = ''] = await command.says(/Open (http:\S+)/);
  return { command, page };
}

const post = (address: string, body: object = {}): Promise<Response> =>
  fetch(address, { method: 'POST', body: JSON.stringify(body) });

async function updates(page: string): Promise<() => Promise<Record<string, unknown>>> {
  const { body } = await fetch(`${page}events`);
  const reader = (body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream());
  const chunks = reader[Symbol.asyncIterator]();
  let text = '';
  return async () => {
    while (!text.includes('\n\n')) text += ((await chunks.next()) as { value: string }).value;
    const [event = '', ...rest] = text.split('\n\n');
    text = rest.join('\n\n');
    return JSON.parse(event.replace(/^data: /, '')) as Record<string, unknown>;
  };
}

test('runs are started, changed, stopped and started again', async () => {
  const { command, page } = await open();
  const next = await updates(page);
  expect(await next()).toMatchObject({ state: 'idle', users: 3, hasResult: false });
  expect((await post(`${page}start`)).status).toBe(204);
  await vi.waitFor(() => expect(underWay).toBe(3), { timeout: 60_000, interval: 5 });
  expect((await post(`${page}users`, { users: 9 })).status).toBe(204);
  await vi.waitFor(() => expect(underWay).toBe(9), { timeout: 60_000, interval: 5 });
  expect((await post(`${page}users`, { users: 0 })).status).toBe(400);
  await vi.waitFor(async () => expect((await next())['html']).toContain('Response time'), {
    timeout: 60_000,
  });
  await post(`${page}stop`);
  await vi.waitFor(async () => expect(await next()).toMatchObject({ state: 'ended' }), {
    timeout: 60_000,
  });
  const first = (await (await fetch(`${page}result.json`)).json()) as { result: LoadResult };
  expect(first.result.userChanges?.map(({ users }) => users)).toEqual([9]);
  await post(`${page}start`);
  await vi.waitFor(() => expect(underWay).toBe(9), { timeout: 60_000, interval: 5 });
  await post(`${page}close`);
  const { stdout, exitCode } = await command.ended;
  expect(exitCode).toBe(130);
  const { result } = JSON.parse(stdout) as { result: LoadResult };
  const { started, succeeded, failed, aborted } = result.counts;
  expect(started).toBe(succeeded + failed + aborted);
  expect(result.startedAtEpochMs).toBeGreaterThan(first.result.startedAtEpochMs);
});

test('nobody else reaches the page', async () => {
  const { command, page } = await open();
  const { origin, pathname } = new URL(page);
  expect((await fetch(`${origin}/`)).status).toBe(403);
  const guess = pathname.startsWith('/0') ? '1' : '0';
  expect((await fetch(`${origin}/${guess}${pathname.slice(2)}`)).status).toBe(403);
  const foreign = await fetch(`${page}start`, {
    method: 'POST',
    headers: { origin: 'http://evil.example' },
  });
  expect(foreign.status).toBe(403);
  expect((await fetch(`${page}nothing`)).status).toBe(404);
  expect((await fetch(`${page}result.json`)).status).toBe(404);
  command.kill('SIGINT');
  expect((await command.ended).exitCode).toBe(0);
});

test('a shape and the page do not go together, nor does a port that is taken', async () => {
  const always = ['load', 'users.mjs', '--url', url];
  const both = await commandLine.run([...always, '--ui', '--shape', 'load']);
  expect(both.exitCode).toBe(2);
  expect(both.stderr).toContain('either --shape or --ui');
  const taken = await commandLine.run([...always, '--ui', new URL(url).port]);
  expect(taken.exitCode).toBe(2);
  expect(taken.stderr).toContain('a free port as --ui');
});

describe.skipIf(chromiumPath === null)(`in Chromium${chromiumHint}`, () => {
  test('buttons and slider lead the run', async () => {
    const { command, page: address } = await open();
    const browser = await launchChromium();
    try {
      const page = await browser.newPage({ viewport: { width: 360, height: 800 } });
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error') problems.push(message.text());
      });
      await page.goto(address);
      await page.getByRole('button', { name: 'Start' }).click();
      await vi.waitFor(() => expect(underWay).toBe(3), { timeout: 60_000, interval: 5 });
      await page.locator('#slider').fill('20');
      await vi.waitFor(() => expect(underWay).toBe(20), { timeout: 60_000, interval: 5 });
      await page.getByText('Second by second').waitFor();
      const width = await page.evaluate('document.documentElement.scrollWidth');
      expect(width).toBeLessThanOrEqual(360);
      await page.getByRole('button', { name: 'Stop' }).click();
      await page.getByRole('heading', { name: 'Requests' }).waitFor();
      await page.getByRole('button', { name: 'Close' }).click();
      await command.ended;
      expect(problems.filter((text) => !text.includes('ERR_'))).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
