import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { judge } from '../src/judge.ts';
import type { LoadResult } from '../src/result.ts';
import { httpServer } from './support/http-server.ts';
import { expectCountsToAddUp } from './support/run.ts';

const printRun = fileURLToPath(new URL('support/print-run.ts', import.meta.url));

test('blames its own machine when that runs out of descriptors, and goes on', async () => {
  const baseUrl = await httpServer((_, response) => void response.end('x'));
  const { stdout } = await promisify(execFile)('sh', [
    '-c',
    'ulimit -n 80 && exec "$0" "$@"',
    process.execPath,
    '--conditions=@amdahl/source',
    printRun,
    baseUrl,
  ]);
  const result = JSON.parse(stdout) as LoadResult;
  expectCountsToAddUp(result);
  expect(result.counts.succeeded).toBeGreaterThan(0);
  expect(result.requests[0]?.errorDetails).toHaveProperty('connect EMFILE');
  expect(result.generator.socketsOpened).toBeLessThan(80);
  const reason = judge(result).reasons.find(({ check }) => check === 'socket-errors');
  expect(reason?.message).toContain('this machine ran out of descriptors');
});
