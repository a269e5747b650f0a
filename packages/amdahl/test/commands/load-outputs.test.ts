import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { decodeFromCompressedBase64 } from 'hdr-histogram-js';
import type { LoadResult } from '@amdahl/load';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { freePort } from '../fixtures/site.ts';
import { CommandLine } from './amdahl.ts';

let commandLine: CommandLine;

beforeEach(async () => {
  commandLine = await CommandLine.create();
  await writeFile(
    join(commandLine.directory, 'users.mjs'),
    "export default { users: { v: { tasks: { t: ({ http }) => http.get('/home') } } } };",
  );
});

afterEach(async () => {
  await commandLine.end();
});

async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const load = (port: number, ...flags: readonly string[]): readonly string[] => [
  'load',
  'users.mjs',
  '--url',
  `http://127.0.0.1:${port}`,
  '--rate',
  '50',
  '--warmup',
  '0s',
  ...flags,
];

const written = (name: string): Promise<string> =>
  readFile(join(commandLine.directory, name), 'utf8');

test('writes each second to files, and the summary at the end', async () => {
  const port = await serve((_, response) => response.end());
  const files = [
    '--csv',
    'a.csv',
    '--hdr',
    'a.hlog',
    '--junit',
    'a.xml',
    '--markdown',
    'a.md',
    '--html',
    'a.html',
  ];
  const objective = ['--objective', 'mean < 1us', '--duration', '3s', '--json'];
  const { stdout } = await commandLine.run(load(port, ...files, ...objective));
  const { result } = JSON.parse(stdout) as { result: LoadResult };
  const { started, succeeded, failed, aborted } = result.counts;
  expect(started).toBe(succeeded + failed + aborted);

  const [header, ...lines] = (await written('a.csv')).trim().split('\n');
  const names = header?.split(',') ?? [];
  const seconds = lines.map((line) =>
    Object.fromEntries(line.split(',').map((cell, index) => [names[index], Number(cell)])),
  );
  expect(seconds.map(({ done }) => done)).toEqual(result.series.map(({ done }) => done));
  expect(seconds.map(({ offset_ms }) => offset_ms)).toEqual([0, 1_000, 2_000]);
  expect(seconds[0]?.['epoch_ms']).toBe(result.startedAtEpochMs);

  const log = (await written('a.hlog')).trim().split('\n');
  expect(log[0]).toBe('#[Histogram log format version 1.3]');
  const intervals = log.filter((line) => /^\d/.test(line)).map((line) => line.split(','));
  expect(intervals).toHaveLength(3);
  const counts = intervals.map(
    ([, , , text]) => decodeFromCompressedBase64(text as string).totalCount,
  );
  expect(counts).toEqual(result.series.map(({ done }) => done));

  const xml = await written('a.xml');
  expect(xml).toContain('tests="2" failures=');
  expect(xml).toContain('name="mean &lt; 1us"');
  expect(xml).toMatch(/<failure message="found [\d.]+ .?s">/);
  const page = await written('a.html');
  expect(page).toContain('<h2>Objectives</h2>');
  expect(page).not.toMatch(/<(?:link|script|img|iframe)[^>]+(?:src|href)="(?!data:|#)/);
  const markdown = await written('a.md');
  expect(markdown).toMatch(/^\| ✖ \| `mean < 1us` \| [\d.]+ .?s \|$/m);
  expect(markdown).toContain('| GET /home | ');
});

test('serves figures to be scraped, and sends them to a collector', async () => {
  const bodies: string[] = [];
  const collector = await serve((request, response) => {
    request.setEncoding('utf8').on('data', (text: string) => bodies.push(text));
    request.on('end', () =>
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}'),
    );
  });
  const port = await serve((_, response) => response.end());
  const scrapePort = await freePort();
  const otlp = ['--otlp', `http://127.0.0.1:${collector}/v1/metrics`];
  const command = commandLine.start(
    load(port, '--duration', '5m', '--prometheus', `${scrapePort}`, ...otlp),
  );
  await vi.waitFor(
    async () => {
      const reply = await fetch(`http://127.0.0.1:${scrapePort}/metrics`);
      const text = await reply.text();
      expect(text).toMatch(/^amdahl_load_requests_total\{?.*\}? [1-9]\d*/m);
      expect(text).toMatch(/amdahl_load_response_time_seconds\{quantile="0.99".*\} \d+\.\d+/);
    },
    { timeout: 60_000, interval: 200 },
  );
  await vi.waitFor(() => expect(bodies.join('')).toContain('amdahl_load_requests'), {
    timeout: 60_000,
  });
  command.kill('SIGINT');
  expect((await command.ended).exitCode).toBe(130);
});

test('a collector that is down does not disturb the run', async () => {
  const port = await serve((_, response) => response.end());
  const { stdout, exitCode } = await commandLine.run(
    load(port, '--duration', '2s', '--otlp', 'http://127.0.0.1:1/v1/metrics'),
  );
  expect(stdout).toContain('GET /home');
  expect([0, 3]).toContain(exitCode);
});

test('what cannot be written is said before the run', async () => {
  const taken = await serve((_, response) => response.end());
  const folder = await commandLine.run(load(taken, '--csv', '.'));
  expect(folder.exitCode).toBe(2);
  expect(folder.stderr).toContain('--csv');
  const port = await commandLine.run(load(taken, '--prometheus', `${taken}`));
  expect(port.exitCode).toBe(2);
  expect(port.stderr).toContain('--prometheus');
  const url = await commandLine.run(load(taken, '--otlp', 'nowhere'));
  expect(url.exitCode).toBe(2);
  expect(url.stderr).toContain('--otlp');
});

test('an interrupted run keeps the seconds it has', async () => {
  const port = await serve((_, response) => response.end());
  const command = commandLine.start(load(port, '--duration', '50s', '--csv', 'a.csv'));
  await vi.waitFor(
    async () => expect((await written('a.csv')).trim().split('\n').length).toBeGreaterThan(2),
    { timeout: 60_000, interval: 200 },
  );
  command.kill('SIGINT');
  const { exitCode } = await command.ended;
  expect(exitCode).toBe(130);
  const [header, ...lines] = (await written('a.csv')).trim().split('\n');
  expect(lines.every((line) => line.split(',').length === header?.split(',').length)).toBe(true);
});
