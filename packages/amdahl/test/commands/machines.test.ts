import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { runLoad, serveWorker, type LoadResult, type Verdict } from '@amdahl/load';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { hasRedis, redisHint, startRedis, type RedisServer } from '../fixtures/redis-server.ts';
import { freePort } from '../fixtures/site.ts';
import { CommandLine, type RunningCommand } from './amdahl.ts';

// Four machines are as many processes to start.
vi.setConfig({ testTimeout: 180_000 });

let commandLine: CommandLine;
let redis: RedisServer;
let server: Server;
let baseUrl: string;
let served: number;
let workers: RunningCommand[];

const script = `import { defineLoad } from '@amdahl/load';
import { path } from './path.ts';
const visit = async ({ http, pause }) => { await http.get(path); await pause('20ms'); };
export default defineLoad({ users: { visitor: { tasks: { visit } } } });
`;

beforeEach(async () => {
  if (!hasRedis) return;
  commandLine = await CommandLine.create();
  redis = await startRedis();
  served = 0;
  workers = [];
  server = createServer((_, response) => {
    served += 1;
    response.end('fine');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  await writeFile(join(commandLine.directory, 'users.ts'), script);
  await writeFile(join(commandLine.directory, 'path.ts'), `export const path = '/products';\n`);
});

afterEach(async () => {
  if (!hasRedis) return;
  for (const worker of workers) worker.kill('SIGTERM');
  await Promise.all(workers.map((worker) => worker.ended));
  server.closeAllConnections();
  server.close();
  await redis.end();
  await commandLine.end();
});

async function startWorkers(count: number): Promise<void> {
  // What a killed one leaves of its copy of the script lies in a folder that is taken away.
  const env = { TMPDIR: commandLine.directory };
  workers = Array.from({ length: count }, () => commandLine.start(['worker', redis.url], { env }));
  await Promise.all(workers.map((worker) => worker.says(/waiting for a run/)));
}

async function requestsServed(count: number): Promise<void> {
  await vi.waitFor(() => expect(served).toBeGreaterThan(count), { timeout: 60_000, interval: 20 });
}

function redisCli(...args: readonly string[]): string {
  return execFileSync('redis-cli', ['-u', redis.url, ...args], { encoding: 'utf8' }).trim();
}

async function secondsTold(csv: string): Promise<number> {
  const [, ...seconds] = (await readFile(join(commandLine.directory, csv), 'utf8'))
    .trim()
    .split('\n');
  return seconds.length;
}

function startLoad(duration: string, machines: number, ...more: readonly string[]): RunningCommand {
  const given =
    `load users.ts --url ${baseUrl} --users 8 --warmup 0s --duration ${duration} ` +
    `--workers ${redis.url} --machines ${machines} --json`;
  return commandLine.start([...given.split(' '), ...more]);
}

function read(stdout: string): { readonly result: LoadResult; readonly verdict: Verdict } {
  const outcome = JSON.parse(stdout) as { readonly result: LoadResult; readonly verdict: Verdict };
  const { started, succeeded, failed, aborted } = outcome.result.counts;
  expect(started).toBe(succeeded + failed + aborted);
  return outcome;
}

const requests = {
  kind: 'requests' as const,
  thinkTimeMs: 10,
  requests: [{ name: '/', method: 'GET', paths: ['/'], weight: 1 }],
};
const profile = { model: 'closed' as const, users: 4, duration: '300ms' as const };

describe.skipIf(!hasRedis)(`machines that meet at a Redis${redisHint}`, () => {
  test('go on without the one that is killed, and stay ready for the next run', async () => {
    await startWorkers(4);
    const load = startLoad('10s', 4, '--csv', 'seconds.csv');
    await workers[2]?.says(/share/);
    // Killed once two whole seconds of it were told: each is written when all workers told theirs.
    await vi.waitFor(async () => expect(await secondsTold('seconds.csv')).toBeGreaterThan(1), {
      timeout: 60_000,
      interval: 50,
    });
    workers[2]?.kill('SIGKILL');
    const lost = read((await load.ended).stdout);
    expect(lost.result.missing).toMatchObject([{ share: 0.25 }]);
    expect(lost.result.missing?.[0]?.atMs).toBeGreaterThan(0);
    expect(lost.result.missing?.[0]?.atMs).toBeLessThan(10_000);
    expect(lost.result.missing?.[0]?.reason).toContain('sign of life');
    expect(lost.result.generator.workers).toBe(4);
    expect(lost.result.counts.started).toBeLessThanOrEqual(served);
    expect(lost.verdict.kind).not.toBe('valid');
    expect(lost.verdict.reasons.map(({ check }) => check)).toContain('lost-workers');

    const before = served;
    const whole = await startLoad('1s', 3).ended;
    const { result, verdict } = read(whole.stdout);
    expect(whole.exitCode).toBe(verdict.kind === 'void' ? 3 : 0);
    expect(result.missing).toBeUndefined();
    expect(result.requests.map(({ name }) => name)).toEqual(['GET /products']);
    // Each request is counted once, by exactly one of the workers.
    expect(result.counts.started).toBe(served - before);
  });

  test('stop and still report when the run is interrupted', async () => {
    await startWorkers(2);
    const load = startLoad('1h', 2);
    await load.says(/measuring/);
    await requestsServed(50);
    load.kill('SIGINT');
    const { exitCode, stdout } = await load.ended;
    expect(exitCode).toBe(130);
    const { result } = read(stdout);
    expect(result).toMatchObject({ interrupted: true });
    expect(result.missing).toBeUndefined();
    expect(result.counts.succeeded).toBeGreaterThan(0);
    await Promise.all(workers.map((worker) => worker.says(/done/)));
    expect(redisCli('KEYS', '*')).toBe('amdahl:load:offers');
    expect(redisCli('XLEN', 'amdahl:load:offers')).toBe('0');
  });

  test('are waited for in vain only so long', async () => {
    const remote = { redisUrl: redis.url, machines: 2, waitMs: 5_000 };
    const lone = serveWorker({ redisUrl: redis.url, once: true });
    await expect(
      runLoad({ baseUrl, scenario: requests, profile, workers: remote }),
    ).rejects.toMatchObject({
      code: 'AMDAHL_LOAD_TOO_FEW_MACHINES',
      details: { expected: 2, found: 1 },
    });
    await lone;
  });

  test('are refused when of another version', async () => {
    await startWorkers(1);
    const offer = { run: 'older', index: 0, version: '0.0.1', untilMs: Date.now() + 60_000 };
    redisCli('XADD', 'amdahl:load:offers', '*', 'json', JSON.stringify(offer));
    await workers[0]?.says(/refused a run of version 0\.0\.1/);
    workers[0]?.kill('SIGTERM');
    await workers[0]?.ended;
    const run = runLoad({
      baseUrl,
      scenario: requests,
      profile,
      workers: { redisUrl: redis.url, machines: 1 },
    });
    run.catch(() => {});
    const reports = await vi.waitFor(
      () => {
        const key = redisCli('KEYS', '*:reports');
        expect(key).not.toBe('');
        return key;
      },
      { timeout: 20_000 },
    );
    const refused = { type: 'refused', index: 0, machine: 'old:1', version: '0.0.1' };
    redisCli('XADD', reports, '*', 'json', JSON.stringify(refused));
    await expect(run).rejects.toMatchObject({
      code: 'AMDAHL_LOAD_VERSION_MISMATCH',
      details: { machine: 'old:1', version: '0.0.1' },
    });
  });

  test('refuse a Redis that is not there, or not for them', async () => {
    const port = await freePort();
    const absent = await commandLine.run(['worker', `redis://127.0.0.1:${port}/0`]);
    expect(absent).toMatchObject({ exitCode: 3 });
    expect(absent.stderr).toContain('AMDAHL_LOAD_REDIS_UNREACHABLE');
    const guarded = await startRedis('secret');
    try {
      const redisUrl = guarded.url.replace('//', '//:wrong@');
      await expect(serveWorker({ redisUrl })).rejects.toMatchObject({
        code: 'AMDAHL_LOAD_REDIS_REFUSED',
      });
      await expect(serveWorker({ redisUrl: guarded.url })).rejects.toMatchObject({
        code: 'AMDAHL_LOAD_REDIS_REFUSED',
      });
    } finally {
      await guarded.end();
    }
  });
});
