import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { LoadResult, ShapeFindings } from '@amdahl/load';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CommandLine, type Ended } from './amdahl.ts';

let commandLine: CommandLine;
let url: string;
const server = createServer((_request, response) => response.end());

beforeEach(async () => {
  commandLine = await CommandLine.create();
  await writeFile(
    join(commandLine.directory, 'users.mjs'),
    "export default { users: { v: { tasks: { t: ({ http }) => http.get('/') } } } };",
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

const load = (...flags: readonly string[]): Promise<Ended> =>
  commandLine.run(['load', 'users.mjs', '--url', url, '--warmup', '0s', ...flags]);

test.each([
  ['load', ['--rate', '20', '--duration', '1s'], 'load: 20 tasks/s for 1 s', /verdict:/],
  ['stress', ['--users', '2', '--duration', '2s'], '2 users for 400 ms, 4 users', /^x5 +10 users/m],
  ['spike', ['--rate', '9', '--duration', '3s'], '90 tasks/s for 500 ms', /ecovered/],
  ['soak', ['--rate', '9', '--duration', '2s'], 'creep up', /Too short to tell/],
  [
    'breakpoint',
    ['--rate', '20', '--duration', '1s', '--objective', 'rate > 50/s'],
    'runs of 1 s from 20 tasks/s on',
    /^Breakpoint: |^No rate met|at least/m,
  ],
])('%s explains itself and answers', async (shape, flags, explanation, answer) => {
  const { stdout, stderr, exitCode } = await load('--shape', shape, ...flags);
  expect(stderr).toContain(explanation);
  expect(stdout).toMatch(answer);
  expect([0, 1, 3]).toContain(exitCode);
});

test('the findings are in the JSON', async () => {
  const { stdout } = await load('--shape', 'stress', '--users', '1', '--duration', '1s', '--json');
  const { result, shape } = JSON.parse(stdout) as { result: LoadResult; shape: ShapeFindings };
  const { started, succeeded, failed, aborted } = result.counts;
  expect(started).toBe(succeeded + failed + aborted);
  expect(shape.shape).toBe('stress');
});

test.each([
  [['--shape', 'spiky'], 'load, stress, spike, soak, breakpoint'],
  [['--shape', 'breakpoint', '--users', '9'], 'a rate to start the search with'],
  [['--shape', 'load', '--objective', 'p95 < 1s during spike'], 'a phase of load'],
])('%j is refused', async (flags, expected) => {
  const { stderr, exitCode } = await load(...flags);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(expected);
});
