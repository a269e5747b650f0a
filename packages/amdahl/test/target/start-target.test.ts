import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { groupIsAlive } from '../../src/target/process-group.ts';
import { acceptsConnections } from '../../src/target/readiness.ts';
import { startTarget, type TargetOptions } from '../../src/target/start-target.ts';
import type { RunningTarget } from '../../src/target/target.ts';
import { freePort, isRunning, processesWith, siteCommand } from '../fixtures/site.ts';

let url: string;
let started: RunningTarget[];
/** In the environment of everything a test starts. */
const marker = randomUUID();

beforeEach(async () => {
  url = `http://127.0.0.1:${await freePort()}/`;
  started = [];
});

afterEach(async () => {
  for (const target of started) await target.stop();
  assert.deepEqual(processesWith('STARTED_BY', marker), []);
});

function options(changes: Partial<TargetOptions> = {}): TargetOptions {
  return {
    app: siteCommand,
    cwd: process.cwd(),
    url,
    readyPath: '/about',
    readyTimeoutMs: 20_000,
    ...changes,
    env: { PORT: new URL(url).port, STARTED_BY: marker, ...changes.env },
  };
}

async function start(changes: Partial<TargetOptions> = {}): Promise<RunningTarget> {
  const target = await startTarget(options(changes), { NODE_OPTIONS: '--no-warnings' });
  started.push(target);
  return target;
}

function childOf(output: readonly string[]): number {
  return Number(output.find((line) => line.startsWith('child '))?.slice(6));
}

describe('an app that works', () => {
  test('is ready, and everything it started ends with it', async () => {
    const target = await start({ env: { CHILD: '1' } });
    expect(target.url).toBe(url.slice(0, -1));
    expect(target.readyAfterMs).toBeGreaterThan(0);
    expect((await fetch(url)).status).toBe(200);
    await expect.poll(() => childOf(target.output())).toBeGreaterThan(0);
    const child = childOf(target.output());
    expect(isRunning(child)).toBe(true);

    await target.stop();
    expect(isRunning(child)).toBe(false);
    expect(groupIsAlive(target.pid as number)).toBe(false);
    await target.stop();
  });

  test('keeps its own NODE_OPTIONS beside those of the instruments', async () => {
    const target = await start({ env: { NODE_OPTIONS: '--enable-source-maps' } });
    await expect
      .poll(() => target.output().join('\n'))
      .toContain('with --enable-source-maps --no-warnings');
  });

  test('is killed when it does not listen to SIGTERM', async () => {
    const target = await start({ env: { IGNORE_TERM: '1' } });
    await target.stop();
    expect(groupIsAlive(target.pid as number)).toBe(false);
  });

  test('says when it dies', async () => {
    const target = await start();
    await fetch(`${url}die`).catch(() => undefined);
    expect(await target.died).toEqual({ exitCode: 7, signal: null });
  });
});

describe('an app that does not work', () => {
  test('ends before it is ready: its exit code and last words are told', async () => {
    await expect(start({ env: { FAIL_AT_START: 'no licence' } })).rejects.toMatchObject({
      code: 'AMDAHL_TARGET_NOT_STARTED',
      found: expect.stringMatching(/exit code 3 .*cannot start: no licence/),
    });
  });

  test('is a command that does not exist', async () => {
    await expect(start({ app: 'no-such-command-here' })).rejects.toMatchObject({
      code: 'AMDAHL_TARGET_NOT_STARTED',
      found: expect.stringContaining('exit code 127'),
    });
  });

  test('never gets ready: the last status is told, and it is stopped', async () => {
    await expect(start({ env: { STATUS: '503' }, readyTimeoutMs: 8_000 })).rejects.toMatchObject({
      code: 'AMDAHL_TARGET_NOT_READY',
      found: expect.stringContaining('status 503'),
      details: { output: [expect.stringContaining('listening on')] },
    });
  });

  test('is stopped when the wait for it is interrupted', async () => {
    const controller = new AbortController();
    const starting = startTarget(options({ env: { STATUS: '503' } }), {}, controller.signal);
    await expect.poll(() => acceptsConnections(url)).toBe(true);
    controller.abort(new Error('interrupted'));
    await expect(starting).rejects.toThrow('interrupted');
  });

  test('has a working directory that does not exist', async () => {
    await expect(start({ cwd: '/no/such/folder' })).rejects.toMatchObject({
      code: 'AMDAHL_TARGET_NOT_STARTED',
      found: expect.stringContaining('/no/such/folder'),
    });
  });
});

test('a port somebody else listens on is told before the app is started', async () => {
  const server = createServer((_, response) => response.end('mine'));
  server.listen(Number(new URL(url).port), '127.0.0.1');
  await once(server, 'listening');
  await expect(start()).rejects.toMatchObject({ code: 'AMDAHL_TARGET_PORT_TAKEN' });
  expect(await (await fetch(url)).text()).toBe('mine');
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

describe('a service started by somebody else', () => {
  test('is told to be missing when connections are refused', async () => {
    await expect(start({ app: null })).rejects.toMatchObject({
      code: 'AMDAHL_TARGET_UNREACHABLE',
      found: expect.stringContaining('refused'),
    });
  });

  test('is left running', async () => {
    const server = createServer((_, response) => response.end('mine'));
    server.listen(Number(new URL(url).port), '127.0.0.1');
    await once(server, 'listening');
    const target = await start({ app: null });
    await target.stop();
    expect(target.pid).toBeNull();
    expect(await (await fetch(url)).text()).toBe('mine');
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
});

describe('when this process ends without stopping its target', () => {
  const script = fileURLToPath(new URL('../fixtures/start-and-wait.ts', import.meta.url));

  test.each([
    ['is killed', 'wait'],
    ['crashes', 'crash'],
    ['exits', 'exit'],
  ])('because it %s, the app is gone', async (_, how) => {
    const workbench = spawn(process.execPath, [script, how, siteCommand, url], {
      env: {
        ...process.env,
        NODE_OPTIONS: '--conditions=@amdahl/source',
        STARTED_BY: marker,
      },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const exited = once(workbench, 'exit');
    const [line] = (await once(createInterface(workbench.stdout), 'line')) as [string];
    const { pid, output } = JSON.parse(line) as { pid: number; output: string[] };
    const child = childOf(output);
    if (how === 'wait') workbench.kill('SIGKILL');
    await exited;
    await expect.poll(() => groupIsAlive(pid) || isRunning(child), { timeout: 30_000 }).toBe(false);
    // The guard itself leaves last.
    await expect.poll(() => processesWith('STARTED_BY', marker)).toEqual([]);
  });
});
