import { expect, test } from 'vitest';
import { coordinate } from '../src/coordinate.ts';
import { judge } from '../src/judge.ts';
import { systemLimits } from '../src/worker/watch.ts';
import { httpServer } from './support/http-server.ts';
import { expectCountsToAddUp, script } from './support/run.ts';

test.each([
  ['losing-one.ts', /out of nowhere/],
  ['blocking-one.ts', /visitor \/ visit/],
])('goes on without the worker that %s takes away', async (name, reason) => {
  let served = 0;
  const baseUrl = await httpServer((_, response) => {
    served += 1;
    response.end();
  });
  const result = await coordinate(
    {
      baseUrl,
      workers: 3,
      scenario: script(name),
      profile: { model: 'closed', users: 6, duration: '6s' },
    },
    { ...systemLimits, silenceMs: 2_000 },
  );
  expectCountsToAddUp(result);
  expect(result.missing).toMatchObject([{ worker: 1, share: 1 / 3 }]);
  const [part] = result.missing ?? [];
  expect(part?.reason).toMatch(reason);
  // Its figures are there up to the last whole second it told of, and no further.
  expect(part?.atMs).toBeGreaterThan(0);
  expect(part?.atMs).toBeLessThan(6_000);
  expect(result.counts.started).toBeLessThanOrEqual(served);
  expect(result.measuredMs).toBe(6_000);
  expect(result.series).toHaveLength(6);
  const verdict = judge(result);
  expect(verdict.reasons.map(({ check }) => check)).toContain('lost-workers');
});

test('ends with the error when every worker is lost', async () => {
  const baseUrl = await httpServer((_, response) => void response.end());
  await expect(
    coordinate(
      {
        baseUrl,
        workers: 2,
        scenario: script('looping.ts'),
        profile: { model: 'closed', users: 2, duration: '1h' },
      },
      { ...systemLimits, silenceMs: 1_000 },
    ),
  ).rejects.toMatchObject({ code: 'AMDAHL_LOAD_WORKER_BLOCKED' });
});
