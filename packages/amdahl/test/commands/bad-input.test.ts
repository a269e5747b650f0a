import { createServer } from 'node:http';
import { once } from 'node:events';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startPostgres } from '../../src/lab/postgres.ts';
import { loadArtifacts, openRecording } from '../../src/artifacts/recording.ts';
import { freePort, siteCommand } from '../fixtures/site.ts';
import { CommandLine } from './amdahl.ts';

let commandLine: CommandLine;
let port: number;
let url: string;
let recording: string;

beforeEach(async () => {
  commandLine = await CommandLine.create();
  port = await freePort();
  url = `http://127.0.0.1:${port}/`;
  recording = join(commandLine.directory, 'recording');
});

afterEach(async () => {
  await commandLine.end();
});

/** A short run of the site, with more options. */
function runOf(...more: readonly string[]): readonly string[] {
  return [
    'run',
    '--app',
    siteCommand,
    '--env',
    `PORT=${port}`,
    '--url',
    url,
    '--out',
    recording,
    '--users',
    '2',
    '--warmup',
    '0s',
    '--duration',
    '1s',
    '--no-cpu-profile',
    ...more,
  ];
}

function foundIn(stderr: string): string {
  return /^ {2}found +(.*)/m.exec(stderr)?.[1] ?? '';
}

test('a replica that cannot be read ends the run before its load, and leaves nothing', async () => {
  const server = await startPostgres();
  try {
    const { exitCode, stderr } = await commandLine.run(
      runOf('--db', server.url(), '--replica', 'postgresql://me:hunter2@127.0.0.1:1/postgres'),
    );
    expect(stderr).toContain('AMDAHL_DATABASE_UNREACHABLE');
    expect(stderr).toContain('the replica postgresql://me:***@127.0.0.1:1/postgres');
    expect(stderr).not.toContain('hunter2');
    expect(exitCode).toBe(3);
    await expect(readdir(recording)).rejects.toThrow(/ENOENT/);
  } finally {
    await server.stop();
  }
});

describe('an app', () => {
  test('that never gets ready', async () => {
    const { exitCode, stderr } = await commandLine.run(
      runOf('--env', 'STATUS=503', '--ready-timeout', '15s'),
    );
    expect(exitCode).toBe(3);
    expect(stderr).toContain('AMDAHL_TARGET_NOT_READY');
    expect(foundIn(stderr)).toContain('status 503');
    expect(await readdir(commandLine.directory)).toEqual([]);
  });

  test('that listens elsewhere: its agent tells where', async () => {
    const elsewhere = await freePort();
    const { exitCode, stderr } = await commandLine.run(
      runOf('--env', `PORT=${elsewhere}`, '--ready-timeout', '15s'),
    );
    expect(exitCode).toBe(3);
    expect(stderr).toContain('AMDAHL_TARGET_NOT_READY');
    expect(stderr).toContain(`--url http://127.0.0.1:${elsewhere}/`);
  });

  test('that ends at its start', async () => {
    const { exitCode, stderr } = await commandLine.run(runOf('--env', 'FAIL_AT_START=no licence'));
    expect(exitCode).toBe(3);
    expect(stderr).toContain('AMDAHL_TARGET_NOT_STARTED');
    expect(foundIn(stderr)).toContain('cannot start: no licence');
    expect(await readdir(commandLine.directory)).toEqual([]);
  });

  test('whose port is taken', async () => {
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    const { exitCode, stderr } = await commandLine.run(runOf());
    server.close();
    expect(exitCode).toBe(3);
    expect(stderr).toContain('AMDAHL_TARGET_PORT_TAKEN');
  });

  test('that dies mid-run: what was measured is reported and kept', async () => {
    const { exitCode, stdout, stderr } = await commandLine.run(
      runOf('--env', 'DIE_AFTER_REQUESTS=90', '--duration', '60s', '--users', '4'),
    );
    expect(exitCode).toBe(3);
    expect(stderr).toContain('AMDAHL_TARGET_DIED');
    expect(foundIn(stderr)).toContain('exit code 7');
    expect(stderr).toContain(`What was measured is kept in ${recording}`);
    expect(stdout).toMatch(/^Amdahl  http/);
    const { manifest, artifacts } = await openedRecording();
    expect(manifest.state).toBe('interrupted');
    expect(artifacts.load).toMatchObject({
      status: 'ok',
      value: { result: { interrupted: true } },
    });
    expect(artifacts.responses).toMatchObject({
      status: 'absent',
      reason: expect.stringContaining('exit code 7'),
    });
  });
});

test('a service that refuses connections', async () => {
  const { exitCode, stderr } = await commandLine.run(['run', '--url', url]);
  expect(exitCode).toBe(3);
  expect(stderr).toContain('AMDAHL_TARGET_UNREACHABLE');
  expect(foundIn(stderr)).toContain('refused');
  expect(await readdir(commandLine.directory)).toEqual(['.amdahl']);
});

test('a service without a single route to visit', async () => {
  const { exitCode, stderr } = await commandLine.run(
    runOf('--ready-path', '/about', '--url', `${url}missing`, '--exclude', '/api/*'),
  );
  expect(exitCode).toBe(3);
  expect(stderr).toContain('AMDAHL_TARGET_NO_ROUTES');
  const { artifacts } = await openedRecording();
  expect(artifacts.routes).toMatchObject({
    value: {
      routes: [],
      leftOut: expect.arrayContaining([{ url: '/missing', reason: 'answers 404' }]),
    },
  });
});

test.each([
  ['is missing', null, 'AMDAHL_LOAD_BAD_SCRIPT'],
  ['throws', `throw new Error('no luck');`, 'AMDAHL_LOAD_BAD_SCRIPT'],
])('a script that %s', async (_, text, code) => {
  if (text !== null) await writeFile(join(commandLine.directory, 'users.ts'), text);
  const { exitCode, stderr } = await commandLine.run(runOf('--script', 'users.ts'));
  expect(exitCode).toBe(2);
  expect(stderr).toContain(code);
});

describe('a database', () => {
  test('that cannot be reached is told before the load; the run goes on without it', async () => {
    const closed = await freePort();
    const { stdout, stderr } = await commandLine.run(
      runOf('--db', `postgres://shop:s3cret@127.0.0.1:${closed}/shop`),
    );
    expect(stderr).toMatch(/AMDAHL_DATABASE_UNREACHABLE[^]*starting the users/);
    expect(stderr).not.toContain('s3cret');
    expect(stdout).toMatch(/^Amdahl  http/);
    const { artifacts } = await openedRecording();
    expect(artifacts.load.status).toBe('ok');
    expect(artifacts.target).toMatchObject({ status: 'ok', value: { database: null } });
    expect(artifacts.catalog).toMatchObject({
      status: 'failed',
      error: { code: 'AMDAHL_DATABASE_UNREACHABLE' },
    });
  });

  test('that lets nobody in is told before the load; the run goes on without it', async () => {
    const postgres = await startPostgres();
    try {
      const closed = new URL(postgres.url('nowhere'));
      const { stderr } = await commandLine.run(runOf('--db', closed.href));
      expect(stderr).toMatch(/AMDAHL_DATABASE_REFUSED[^]*"nowhere"[^]*starting the users/);
      const { artifacts } = await openedRecording();
      expect(artifacts.load.status).toBe('ok');
      expect(artifacts.catalog).toMatchObject({
        status: 'failed',
        error: { code: 'AMDAHL_DATABASE_REFUSED' },
      });
    } finally {
      await postgres.stop();
    }
  });
});

describe('a recording', () => {
  test('that finds the disk full keeps what was written before', async () => {
    // A limit on the size of files stands for a full disk: no file may grow beyond 8 × 512 bytes.
    const { exitCode, stderr } = await commandLine.run(runOf(), {
      prefix: ['/bin/sh', '-c', 'ulimit -f 8; exec "$@"', 'sh'],
    });
    expect(exitCode).toBe(3);
    expect(stderr).toContain('AMDAHL_RECORDING_NOT_WRITTEN');
    expect(foundIn(stderr)).toMatch(/kept: target, routes/);
    const { manifest, artifacts } = await openedRecording();
    expect(manifest.state).toBe('recording');
    expect(artifacts.routes.status).toBe('ok');
    expect((await readdir(recording)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('that cannot be begun ends the run before the app is started', async () => {
    const { exitCode, stderr } = await commandLine.run(runOf('--out', '/proc/nowhere/run'));
    expect(exitCode).toBe(3);
    expect(stderr).toContain('AMDAHL_RECORDING_NOT_WRITTEN');
    expect(stderr).not.toContain('starting the app');
  });

  test('that is damaged is refused by the name of the file', async () => {
    await commandLine.run(runOf());
    const file = join(recording, 'agent.json');
    await writeFile(file, (await readFile(file, 'utf8')).slice(0, -20));
    const { exitCode, stderr } = await commandLine.run(['report', recording]);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('AMDAHL_RECORDING_DAMAGED');
    expect(stderr).toContain(file);
  });
});

async function openedRecording(): Promise<{
  readonly manifest: Awaited<ReturnType<typeof openRecording>>['manifest'];
  readonly artifacts: Awaited<ReturnType<typeof loadArtifacts>>;
}> {
  const opened = await openRecording(recording);
  return { manifest: opened.manifest, artifacts: await loadArtifacts(opened) };
}
