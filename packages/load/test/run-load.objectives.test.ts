import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { LoadObjective, ObjectiveOutcome } from '../src/objectives/objective.ts';
import { readObjective } from '../src/objectives/read-objective.ts';
import type { LoadResult } from '../src/result.ts';
import { checkedRun, getRequests } from './support/run.ts';
import { httpServer } from './support/http-server.ts';

const objectives = (...texts: readonly string[]): readonly LoadObjective[] =>
  texts.map((text) => readObjective(text) as LoadObjective);

const outcome = (result: LoadResult, text: string): ObjectiveOutcome | undefined =>
  result.objectives?.find(({ objective }) => objective.text === text);

test('tells how a run stands to its objectives, by route and by time', async () => {
  const seenMs: number[] = [];
  const baseUrl = await httpServer(async (request, response) => {
    seenMs.push(performance.now());
    if (request.url === '/slow') await pause(60);
    response.writeHead(request.url === '/broken' ? 500 : 200).end();
  });
  const result = await checkedRun({
    baseUrl,
    scenario: getRequests('/fast', '/slow', '/broken'),
    profile: { model: 'open', arrivals: [{ fromPerSecond: 60, toPerSecond: 60, duration: '2s' }] },
    workers: 2,
    slices: [
      { name: 'first', toMs: 500 },
      { name: 'rest', fromMs: 500 },
    ],
    objectives: objectives(
      'GET /slow: median < 50ms',
      'GET /slow: median < 1m',
      'errors < 1%',
      'GET /slow: errors < 1%',
      'rate > 1/s',
      'rate > 1/s from 500ms to 1s',
      'errors < 100% during first',
      'GET /nothing: p95 < 1s',
      'checks > 1%',
    ),
  });
  const met = (text: string): boolean | undefined => outcome(result, text)?.met;
  expect(met('GET /slow: median < 50ms')).toBe(false);
  expect(outcome(result, 'GET /slow: median < 50ms')?.found).toBeGreaterThanOrEqual(59);
  expect(met('GET /slow: median < 1m')).toBe(true);
  expect(met('errors < 1%')).toBe(false);
  expect(met('GET /slow: errors < 1%')).toBe(true);
  expect(outcome(result, 'rate > 1/s')?.found).toBe(60);
  expect(outcome(result, 'rate > 1/s from 500ms to 1s')).toMatchObject({ found: 60, count: 30 });
  expect(met('errors < 100% during first')).toBe(true);
  // What was never asked for is not met.
  expect(outcome(result, 'GET /nothing: p95 < 1s')).toMatchObject({ found: null, met: false });
  expect(outcome(result, 'checks > 1%')).toMatchObject({ found: null, met: false });
  const phases = result.slices?.slice(-2) ?? [];
  expect(phases.map(({ name, count }) => [name, count])).toEqual([
    ['first', 30],
    ['rest', 90],
  ]);
  expect(phases.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
    [0, 500],
    [500, 2_000],
  ]);
  expect(result.hopeless).toBeUndefined();
});

test('stops a run that cannot meet an objective any more', async () => {
  const baseUrl = await httpServer((_request, response) => {
    response.writeHead(503).end();
  });
  const options = {
    baseUrl,
    scenario: getRequests('/'),
    profile: {
      model: 'open',
      arrivals: [{ fromPerSecond: 20, toPerSecond: 20, duration: '50s' }],
    },
    objectives: objectives('rate > 1/s', 'errors < 5%'),
    abortEarly: true,
  } as const;
  const result = await checkedRun(options);
  expect(result.hopeless).toBe('errors < 5%');
  expect(result.interrupted).toBe(true);
  expect(result.measuredMs).toBeLessThan(50_000);
  expect(outcome(result, 'errors < 5%')).toMatchObject({ found: 1, met: false });
});

test.each([
  ['p95 < 1s during spike', 'phase'],
  ['p95 < 1s from 1s to 1m', 'within the 1 s'],
])('refuses %s, which the run has not', async (text, expected) => {
  const run = checkedRun({
    baseUrl: 'http://127.0.0.1:1',
    scenario: getRequests('/'),
    profile: { model: 'closed', users: 1, duration: '1s' },
    objectives: objectives(text),
  });
  await expect(run).rejects.toMatchObject({ code: 'AMDAHL_LOAD_BAD_OPTIONS' });
  await expect(run).rejects.toThrow(expected);
});
