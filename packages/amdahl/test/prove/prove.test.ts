import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import type { SideOptions } from '../../src/prove/measure-slice.ts';
import { prove, type ProveOptions } from '../../src/prove/prove.ts';
import { freePort } from '../fixtures/site.ts';

// An experiment is a dozen loads, each in a fresh worker thread, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const server = fileURLToPath(new URL('fixtures/server.ts', import.meta.url));
const command = `"${process.execPath}" "${server}"`;

async function isFree(url: string): Promise<boolean> {
  const probe = createServer().listen(Number(new URL(url).port), '127.0.0.1');
  try {
    await once(probe, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    probe.close();
  }
}

/** Two sides of one service on one port, told apart by their environment. */
async function sides(
  a: Readonly<Record<string, string>>,
  b: Readonly<Record<string, string>>,
): Promise<Readonly<Record<'a' | 'b', SideOptions>>> {
  const port = await freePort();
  const side = (env: Readonly<Record<string, string>>): SideOptions => ({
    command,
    env: { PORT: String(port), ...env },
    url: `http://127.0.0.1:${port}`,
  });
  return { a: side(a), b: side(b) };
}

const shared: Omit<ProveOptions, 'sides'> = {
  cwd: fileURLToPath(new URL('.', import.meta.url)),
  readyPath: '/ready',
  readyTimeoutMs: 20_000,
  profile: { model: 'closed', users: 4, duration: '500ms', warmup: '50ms' },
  workers: 1,
  seed: 1,
  scenario: () =>
    Promise.resolve({
      kind: 'requests',
      requests: [
        { name: 'GET /', method: 'GET', paths: ['/'], weight: 3 },
        { name: 'GET /other', method: 'GET', paths: ['/other'], weight: 1 },
      ],
      thinkTimeMs: 0,
    }),
  script: null,
  rounds: 6,
  margin: 0.05,
  focus: null,
  prediction: null,
};

const temporaryDirectory = mkdtempSync(join(tmpdir(), 'amdahl-prove-'));
afterAll(() => rmSync(temporaryDirectory, { recursive: true }));

describe('an experiment with two commands', () => {
  test('finds the quicker one faster, on every route, and leaves nothing running', async () => {
    const both = await sides({ DELAY_MS: '30' }, { DELAY_MS: '4' });
    const proof = await prove({ ...shared, sides: both });
    expect(proof).toMatchObject({ problem: null, interrupted: false });
    expect(proof.slices).toHaveLength(12);
    expect(proof.overall.answer).toBe('faster');
    expect(proof.overall.response.meanMs.difference?.high).toBeLessThan(0);
    expect(proof.routes.map(({ route, answer }) => [route, answer])).toEqual([
      ['GET /', 'faster'],
      ['GET /other', 'faster'],
    ]);
    expect(proof.overall.ratePerSecond.ratio?.low).toBeGreaterThan(1);
    expect(proof.overall.cpuPerRequestUs === null).toBe(process.platform !== 'linux');
    expect(await isFree(both.a.url)).toBe(true);
  });

  test('keeps finished rounds when a side dies, and says why it ended', async () => {
    const flag = join(temporaryDirectory, 'die');
    const env = { DELAY_MS: '5', DIE_IF_EXISTS: flag };
    let slices = 0;
    const proof = await prove({
      ...shared,
      sides: await sides(env, env),
      onSlice: () => {
        slices += 1;
        if (slices === 6) writeFileSync(flag, '');
      },
    });
    expect(proof.problem?.code).toBe('AMDAHL_TARGET_DIED');
    expect(proof.problem?.message).toContain('exit code 7');
    expect(proof.interrupted).toBe(false);
    expect(proof.slices).toHaveLength(6);
    expect(proof.overall.answer).toBe('not-enough-data');
  });

  test('keeps finished rounds when interrupted', async () => {
    const controller = new AbortController();
    const both = await sides({ DELAY_MS: '5' }, { DELAY_MS: '5' });
    let slices = 0;
    const proof = await prove({
      ...shared,
      sides: both,
      signal: controller.signal,
      onSlice: () => {
        slices += 1;
      },
      onProgress: ({ load }) => {
        if (slices === 3 && load !== null) controller.abort();
      },
    });
    expect(proof).toMatchObject({ interrupted: true, problem: null });
    expect(proof.slices).toHaveLength(3);
    expect(await isFree(both.a.url)).toBe(true);
  });
});

describe('an experiment that cannot begin', () => {
  test('says which command does not start', async () => {
    const both = await sides({}, {});
    const broken = { ...both.a, command: 'exit 3' };
    await expect(prove({ ...shared, sides: { a: broken, b: broken } })).rejects.toMatchObject({
      code: 'AMDAHL_TARGET_NOT_STARTED',
      message: expect.stringContaining('exit code 3') as string,
    });
  });

  test.each([
    ['rounds', { rounds: 0 }],
    ['rounds', { rounds: 2.5 }],
    ['a margin', { margin: 0 }],
    ['a margin', { margin: 1 }],
  ])('refuses %s that cannot be used: %o', async (_, wrong) => {
    await expect(prove({ ...shared, sides: await sides({}, {}), ...wrong })).rejects.toMatchObject({
      code: 'AMDAHL_PROVE_BAD_OPTION',
      exitCode: 2,
    });
  });

  test('refuses a route the load never visits, naming those it does', async () => {
    await expect(
      prove({ ...shared, sides: await sides({}, {}), focus: 'GET /nowhere' }),
    ).rejects.toMatchObject({
      code: 'AMDAHL_PROVE_UNKNOWN_ROUTE',
      message: expect.stringMatching(/GET \/, GET \/other|GET \/other, GET \//) as string,
    });
  });
});

describe('an experiment with two running services', () => {
  const started: ChildProcess[] = [];

  afterEach(async () => {
    for (const child of started.splice(0)) {
      child.kill();
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    }
  });

  async function running(env: Readonly<Record<string, string>>): Promise<SideOptions> {
    const port = await freePort();
    const child = spawn(process.execPath, [server], {
      env: { ...process.env, PORT: String(port), ...env },
    });
    started.push(child);
    const url = `http://127.0.0.1:${port}`;
    for (;;) {
      if (
        await fetch(url).then(
          (reply) => reply.ok,
          () => false,
        )
      )
        break;
      await new Promise((resolve) => setImmediate(resolve));
    }
    return { command: null, env: {}, url };
  }

  test('finds the slower one slower and leaves both running', async () => {
    const [a, b] = [await running({ DELAY_MS: '4' }), await running({ DELAY_MS: '60' })];
    const profile = { model: 'closed', users: 4, duration: '1s', warmup: '50ms' } as const;
    const proof = await prove({ ...shared, profile, sides: { a, b } });
    expect(proof.overall).toMatchObject({ answer: 'slower', cpuPerRequestUs: null });
    expect((await fetch(a.url)).ok).toBe(true);
    expect((await fetch(b.url)).ok).toBe(true);
  });

  test('finds no difference between a service and itself', async () => {
    const side = await running({ DELAY_MS: '10' });
    // Slices of half a second differ by chance on a busy machine; hardly by a factor of two.
    const proof = await prove({ ...shared, sides: { a: side, b: side }, margin: 0.9 });
    expect(['same', 'not-enough-data']).toContain(proof.overall.answer);
    expect(proof.overall.errors).toEqual({ aShare: 0, bShare: 0, failsMore: false });
  });

  test('does not call one faster that fails', async () => {
    const a = await running({ DELAY_MS: '30' });
    const b = await running({ DELAY_MS: '4', FAIL_SHARE: '0.2' });
    const proof = await prove({ ...shared, sides: { a, b } });
    expect(proof.overall.errors.failsMore).toBe(true);
    expect(proof.overall.answer).toBe('not-enough-data');
  });

  test('says which one does not answer', async () => {
    const a = await running({});
    const b = { command: null, env: {}, url: `http://127.0.0.1:${await freePort()}` };
    await expect(prove({ ...shared, sides: { a, b } })).rejects.toMatchObject({
      code: 'AMDAHL_TARGET_UNREACHABLE',
    });
  });
});
