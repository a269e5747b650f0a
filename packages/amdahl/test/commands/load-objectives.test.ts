import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { LoadResult, Verdict } from '@amdahl/load';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { loadExitCode } from '../../src/commands/load-exit-code.ts';
import { CommandLine, type Ended } from './amdahl.ts';

let commandLine: CommandLine;

beforeEach(async () => {
  commandLine = await CommandLine.create();
  await writeFile(
    join(commandLine.directory, 'users.mjs'),
    `export default { users: { visitor: { tasks: { visit: async ({ http, check }) => {
      const reply = await http.get('/home');
      check('answered', reply.status === 200);
    } } } } };`,
  );
});

afterEach(async () => {
  await commandLine.end();
});

async function load(listener: RequestListener, flags: readonly string[]): Promise<Ended> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const always = ['--url', url, '--rate', '50', '--warmup', '0s'];
  return commandLine.run(['load', 'users.mjs', ...always, ...flags]);
}

test('objectives that are met end with success', async () => {
  const { stdout, exitCode } = await load(
    (_request, response) => response.end(),
    [
      '--duration',
      '2s',
      '--objective',
      'median < 1m',
      '--objective',
      'checks > 99%',
      '--objective',
      'GET /home: errors < 1%',
      '--objective',
      'rate > 40/s from 1s to 2s',
    ],
  );
  expect(stdout).toMatch(/✔ median < 1m: [\d.]+ [mµ]?s/);
  expect(stdout).toContain('✔ checks > 99%: 100 %');
  expect(stdout).toContain('✔ GET /home: errors < 1%: 0 %');
  expect(stdout).toContain('✔ rate > 40/s from 1s to 2s: 50/s');
  // A busy machine may keep the generator from its schedule, and then decides nothing.
  expect(exitCode).toBe(stdout.includes('verdict: void') ? 3 : 0);
});

test('one that is missed is the exit code', async () => {
  const { stdout, exitCode } = await load(
    (_request, response) => response.writeHead(500).end(),
    ['--duration', '2s', '--json', '--objective', 'errors < 1%', '--objective', 'mean < 1m'],
  );
  const { result, verdict } = JSON.parse(stdout) as { result: LoadResult; verdict: Verdict };
  expect(exitCode).toBe(loadExitCode(result, verdict));
  const { started, succeeded, failed, aborted } = result.counts;
  expect(started).toBe(succeeded + failed + aborted);
  expect(result.objectives?.map(({ met }) => met)).toEqual([false, true]);
});

test('a hopeless run stops early and says for what', async () => {
  const { stdout, exitCode } = await load(
    (_request, response) => response.writeHead(500).end(),
    ['--duration', '50s', '--abort-early', '--objective', 'errors < 1%'],
  );
  expect(stdout).toContain('✖ errors < 1%: 100 %');
  expect(stdout).toContain('stopped early: "errors < 1%"');
  expect(exitCode).toBeGreaterThan(0);
});

test('a text that is no objective is named', async () => {
  const { stderr, exitCode } = await load(
    (_request, response) => response.end(),
    ['--objective', 'fast enough'],
  );
  expect(exitCode).toBe(2);
  expect(stderr).toContain('fast enough');
  expect(stderr).toContain('p95 < 200ms');
});
