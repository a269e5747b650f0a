import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadArtifacts, openRecording } from '../../src/artifacts/recording.ts';
import { freePort, siteCommand } from '../fixtures/site.ts';
import { CommandLine, type RunningCommand } from './amdahl.ts';

let commandLine: CommandLine;
let recording: string;

beforeEach(async () => {
  commandLine = await CommandLine.create();
  recording = join(commandLine.directory, 'recording');
});

afterEach(async () => {
  await commandLine.end();
});

/** A run that would take minutes. */
async function startRun(...more: readonly string[]): Promise<RunningCommand> {
  const port = await freePort();
  return commandLine.start([
    'run',
    '--app',
    siteCommand,
    '--env',
    `PORT=${port}`,
    '--url',
    `http://127.0.0.1:${port}/`,
    '--env',
    'CHILD=1',
    '--out',
    recording,
    '--users',
    '2',
    '--duration',
    '5m',
    '--warmup',
    '1s',
    ...more,
  ]);
}

describe('Ctrl-C', () => {
  test('while the app starts leaves nothing', async () => {
    const run = await startRun('--env', 'STATUS=503');
    await run.says(/starting the app/);
    run.kill('SIGINT');
    const { stderr, ...ended } = await run.ended;
    expect(ended).toEqual({ exitCode: 130, signal: null, stdout: '' });
    expect(stderr).toContain('AMDAHL_CLI_INTERRUPTED');
    expect(await readdir(commandLine.directory)).toEqual([]);
  });

  test('while routes are looked for keeps what there is', async () => {
    const run = await startRun();
    await run.says(/looking for routes/);
    run.kill('SIGINT');
    const { exitCode, stderr } = await run.ended;
    expect(exitCode).toBe(130);
    expect(stderr).toContain('AMDAHL_CLI_INTERRUPTED');
    const artifacts = await loadArtifacts(await openRecording(recording));
    expect(artifacts.target.status).toBe('ok');
  });

  test.each<[NodeJS.Signals]>([['SIGINT'], ['SIGTERM'], ['SIGHUP']])(
    'under load (%s) reports and keeps what was measured',
    async (signal) => {
      const run = await startRun();
      await run.says(/^measuring/m);
      run.kill(signal);
      const { exitCode, stdout, stderr } = await run.ended;
      expect(exitCode).toBe(130);
      expect(stderr).toContain('AMDAHL_CLI_INTERRUPTED');
      expect(stderr).toContain(`What was measured is kept in ${recording}`);
      expect(stdout).toMatch(/^Amdahl  http/);
      const opened = await openRecording(recording);
      expect(opened.manifest.state).toBe('interrupted');
      const artifacts = await loadArtifacts(opened);
      expect(artifacts.load).toMatchObject({
        status: 'ok',
        value: { result: { interrupted: true } },
      });
      expect(artifacts.agent.status).toBe('ok');
      expect(artifacts.cpuProfile).toMatchObject({ status: 'absent' });
    },
  );

  test('while the CPU is profiled keeps the whole load', async () => {
    const run = await startRun('--duration', '1s', '--warmup', '0s', '--cpu-profile', '5m');
    await run.says(/profiling the CPU/);
    run.kill('SIGINT');
    const { exitCode, stdout } = await run.ended;
    expect(exitCode).toBe(130);
    expect(stdout).toMatch(/^Amdahl  http/);
    const artifacts = await loadArtifacts(await openRecording(recording));
    expect(artifacts.load).toMatchObject({ value: { result: { interrupted: false } } });
  });

  test('twice ends at once, also when the app does not want to', async () => {
    const run = await startRun('--env', 'IGNORE_TERM=1');
    await run.says(/starting the users/);
    run.kill('SIGINT');
    await run.says(/once more to stop at once/);
    run.kill('SIGINT');
    expect((await run.ended).exitCode).toBe(130);
  });
});

test('a killed workbench leaves no process and no socket, and a recording that opens', async () => {
  const run = await startRun();
  await run.says(/starting the users/);
  run.kill('SIGKILL');
  expect((await run.ended).exitCode).toBeNull();
  await commandLine.expectNothingLeft();
  const opened = await openRecording(recording);
  expect(opened.manifest.state).toBe('recording');
  const artifacts = await loadArtifacts(opened);
  expect(artifacts.routes.status).toBe('ok');
  expect(artifacts.load).toMatchObject({ status: 'absent' });
});
