import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadArtifacts, openRecording } from '../../src/artifacts/recording.ts';
import type { RunResult } from '../../src/artifacts/run-result.ts';
import { startTarget } from '../../src/target/start-target.ts';
import type { RunningTarget } from '../../src/target/target.ts';
import { freePort, siteCommand } from '../fixtures/site.ts';
import { CommandLine, type Ended } from './amdahl.ts';
import { orVoid } from './or-void.ts';

/** One run of the site, and what the other commands make of its recording. */
describe('a run', () => {
  let commandLine: CommandLine;
  let run: Ended;
  let recording: string;

  beforeAll(async () => {
    commandLine = await CommandLine.create();
    recording = join(commandLine.directory, 'recording');
    const port = await freePort();
    await writeFile(
      join(commandLine.directory, 'amdahl.config.ts'),
      `export default {
        app: ${JSON.stringify(siteCommand)},
        env: { PORT: '${port}' },
        url: 'http://127.0.0.1:${port}/',
        profile: { model: 'closed', users: 3, warmup: '500ms', duration: '2s' },
        cpuProfile: '1s',
        objectives: 'p95 < 30s',
      };`,
    );
    run = await commandLine.run(['run', '--out', recording, '--html', 'copy.html']);
  });

  afterAll(async () => {
    await commandLine.end();
  });

  test('ends well, with the report on standard output and progress on standard error', async () => {
    expect(run.stderr).toMatch(/starting the app[^]*looking for routes[^]*starting the users/);
    expect(run.stdout).toMatch(/^Amdahl  http/);
    expect(run.stdout).toContain(`Report: ${join(recording, 'report.html')}`);
    expect(run.exitCode).toBe(await orVoid(0, recording));
  });

  test('leaves a complete recording', async () => {
    const manifest = JSON.parse(await readFile(join(recording, 'recording.json'), 'utf8')) as {
      state: string;
      artifacts: { name: string; status: string }[];
    };
    expect(manifest.state).toBe('complete');
    expect(
      Object.fromEntries(manifest.artifacts.map(({ name, status }) => [name, status])),
    ).toEqual({
      target: 'ok',
      routes: 'ok',
      load: 'ok',
      agent: 'ok',
      responses: 'ok',
      cpuProfile: 'ok',
      locks: 'absent',
      catalog: 'absent',
      plans: 'absent',
      experiments: 'absent',
    });
    expect((await readdir(recording)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('leaves the report as a page, also where it was asked for', async () => {
    const page = await readFile(join(recording, 'report.html'), 'utf8');
    expect(page).toMatch(/^<!doctype html>/i);
    expect(await readFile(join(commandLine.directory, 'copy.html'), 'utf8')).toBe(page);
  });

  test('replays to the same findings, without the app', async () => {
    const replay = async (): Promise<RunResult> =>
      JSON.parse((await commandLine.run(['report', recording, '--json'])).stdout) as RunResult;
    const first = await replay();
    expect(first.routes.map(({ route }) => route)).toContain('GET /search');
    expect(first.findings.map(({ id }) => id).join()).toContain('render-blocking');
    expect(await replay()).toEqual(first);
  });

  test('is reported again as text and as Markdown', async () => {
    const { exitCode, stdout } = await commandLine.run(['report', recording, '--markdown', 'r.md']);
    expect(exitCode).toBe(0);
    expect(run.stdout).toContain(stdout.trim().split('\n')[0]);
    expect(await readFile(join(commandLine.directory, 'r.md'), 'utf8')).toMatch(/^# /);
  });

  test('is audited again, audit by audit', async () => {
    const { exitCode, stdout } = await commandLine.run(['audit', recording]);
    expect(exitCode).toBe(await orVoid(0, recording));
    expect(stdout).toMatch(/^✖ render-blocking/m);
    expect(stdout).toMatch(/^\? missing-index.*\n +not measured: /m);
    const json = await commandLine.run(['audit', recording, '--json']);
    expect(JSON.parse(json.stdout)).toContainEqual(
      expect.objectContaining({ audit: 'render-blocking', status: 'found' }),
    );
  });

  test('is never recorded over', async () => {
    const again = await commandLine.run(['run', '--out', recording]);
    expect(again.exitCode).toBe(2);
    expect(again.stderr).toContain('AMDAHL_RECORDING_EXISTS');
  });

  test('whose report cannot be written where it was asked for says so', async () => {
    const { exitCode, stderr } = await commandLine.run([
      'report',
      recording,
      '--html',
      'no/such/folder.html',
    ]);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('AMDAHL_CLI_CANNOT_WRITE');
  });
});

describe('a run of a script', () => {
  let commandLine: CommandLine;

  beforeAll(async () => {
    commandLine = await CommandLine.create();
    await writeFile(
      join(commandLine.directory, 'users.ts'),
      `import { constant, defineLoad } from '@amdahl/load';
       export default defineLoad({
         users: {
           visitor: {
             thinkTime: constant('20ms'),
             tasks: {
               home: ({ http }) => http.get('/'),
               product: ({ http, random, check }) =>
                 http.get('/products/' + random.integer(1, 9), { name: '/products/:id' })
                   .then((reply) => check('found', reply.status === 200)),
               order: ({ http }) => http.post('/orders', { json: { productId: 1 } }),
             },
           },
         },
       });`.replace('@amdahl/load', import.meta.resolve('@amdahl/load')),
    );
  });

  afterAll(async () => {
    await commandLine.end();
  });

  test('prints pure JSON, lists what the script visited, and misses an objective with exit code 1', async () => {
    const port = await freePort();
    const { exitCode, stdout } = await commandLine.run([
      'run',
      '--app',
      siteCommand,
      '--env',
      `PORT=${port}`,
      '--url',
      `http://127.0.0.1:${port}/`,
      '--script',
      'users.ts',
      '--users',
      '2',
      '--warmup',
      '0s',
      '--duration',
      '2s',
      '--no-cpu-profile',
      '--json',
      '--objective',
      'GET /products/:id: p95 < 1us',
    ]);
    const result = JSON.parse(stdout) as RunResult;
    expect(exitCode).toBe(await orVoid(1, result.recording));
    expect(result.routes.find(({ route }) => route === 'GET /products/:id')?.band).toBe('poor');
    const { routes, responses, cpuProfile } = await loadArtifacts(
      await openRecording(result.recording),
    );
    expect(routes.status === 'ok' && routes.value.source).toBe('script');
    expect(routes.status === 'ok' && routes.value.routes.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['GET /', 'GET /products/:id', 'POST /orders']),
    );
    expect(cpuProfile.status).toBe('absent');
    expect(responses.status === 'ok' && responses.value.responses.map(({ url }) => url)).toEqual(
      expect.arrayContaining([
        `http://127.0.0.1:${port}/`,
        expect.stringMatching(/\/products\/\d$/),
        `http://127.0.0.1:${port}/assets/site.css`,
      ]),
    );
  });

  test('as a load alone prints a table and whether it can be believed', async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/`;
    const site = await startTarget({
      app: siteCommand,
      cwd: commandLine.directory,
      env: { PORT: String(port) },
      url,
      readyPath: '/',
      readyTimeoutMs: 20_000,
    });
    const load = ['load', 'users.ts', '--url', url, '--users', '2', '--duration', '1s'];
    const { exitCode, stdout } = await commandLine.run([...load, '--warmup', '0s']);
    expect(stdout).toMatch(/^GET \/products\/:id +\d+ +0 /m);
    expect(stdout).toMatch(/^✔ found: \d+ of \d+$/m);
    expect(stdout).toMatch(/^verdict: /m);
    expect([0, 3]).toContain(exitCode);
    await site.stop();
  });
});

describe('a service seen from outside only', () => {
  let commandLine: CommandLine;
  let url: string;
  let site: RunningTarget;

  beforeAll(async () => {
    commandLine = await CommandLine.create();
    const port = await freePort();
    url = `http://127.0.0.1:${port}/`;
    site = await startTarget({
      app: siteCommand,
      cwd: commandLine.directory,
      env: { PORT: String(port) },
      url,
      readyPath: '/',
      readyTimeoutMs: 20_000,
    });
  });

  afterAll(async () => {
    await site.stop();
    await commandLine.end();
  });

  test.each([
    ['because it already runs', [], 'not started by Amdahl'],
    ['because the agent is left out', ['--no-agent'], '--no-agent'],
  ])('%s is measured, and left running', async (_, more, reason) => {
    const call = ['run', '--url', url, '--users', '2', '--warmup', '0s', '--duration', '1s'];
    const { stdout } = await commandLine.run([...call, '--json', ...more]);
    const { recording } = JSON.parse(stdout) as RunResult;
    const { load, agent, cpuProfile, routes } = await loadArtifacts(await openRecording(recording));
    expect(routes.status === 'ok' && routes.value.source).toBe('discovered');
    expect(load.status).toBe('ok');
    expect(agent).toEqual({ status: 'absent', reason: expect.stringContaining(reason) });
    expect(cpuProfile.status).toBe('absent');
    expect((await fetch(url)).status).toBe(200);
  });
});
