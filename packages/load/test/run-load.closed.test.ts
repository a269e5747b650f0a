import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { judge } from '../src/judge.ts';
import { LoadControl } from '../src/load-control.ts';
import { httpServer } from './support/http-server.ts';
import { checkedRun, Enough, getRequests, histogram, requestNamed } from './support/run.ts';

test('counts each request that the server saw, and times them all', async () => {
  let seen = 0;
  const baseUrl = await httpServer((_, response) => {
    seen += 1;
    response.end('hello');
  });
  const result = await checkedRun({
    baseUrl,
    scenario: getRequests('/'),
    profile: { model: 'closed', users: 5, duration: 1_500, warmup: 100 },
  });
  expect(result.interrupted).toBe(false);
  expect(result.measuredMs).toBeCloseTo(1_500, 6);
  expect(result.counts.succeeded).toBeGreaterThan(0);
  expect(result.counts.warmup).toBeGreaterThan(0);
  expect(result.counts.started + result.counts.warmup).toBe(seen);
  expect(result.generator).toMatchObject({ workers: 1, socketsOpened: 5, socketErrors: 0 });
  expect(result.generator.cpuPerRequestUs).toBeGreaterThan(0);
  expect(result.generator.busiestWorkerCpuShare).toBeGreaterThan(0);
  const [times, service] = [result.total.responseTime, result.total.serviceTime].map(histogram);
  expect(times!.min).toBeGreaterThan(0);
  expect(times!.max).toBeGreaterThanOrEqual(service!.max);
  const { receivedBytes, count } = requestNamed(result, 'GET /');
  expect(receivedBytes / count).toBeGreaterThan('hello'.length);
});

test('tells names, statuses and weights apart', async () => {
  const enough = new Enough(200);
  const baseUrl = await httpServer((request, response) => {
    enough.saw();
    response.statusCode = request.url === '/gone' ? 410 : request.url === '/broken' ? 500 : 200;
    response.end();
  });
  const result = await checkedRun({
    baseUrl,
    scenario: {
      kind: 'requests',
      thinkTimeMs: 0,
      requests: [
        { name: 'GET /items/:id', method: 'GET', paths: ['/items/1', '/items/2'], weight: 8 },
        { name: '/broken', method: 'post', paths: ['/broken'], weight: 1 },
        { name: '/gone', method: 'HEAD', paths: ['/gone'], weight: 1 },
      ],
    },
    profile: { model: 'closed', users: 4, duration: '1h' },
    signal: enough.signal,
  });
  expect(result.requests.map((request) => request.name)[0]).toBe('GET /items/:id');
  const items = requestNamed(result, 'GET /items/:id');
  expect(items).toMatchObject({ method: 'GET', path: '/items/:id', failed: 0 });
  expect(items.statuses).toEqual({ 200: items.count });
  const broken = requestNamed(result, 'POST /broken');
  expect(broken.statuses).toEqual({ 500: broken.count });
  expect(requestNamed(result, 'HEAD /gone').statuses).toHaveProperty('410');
  const { started, failed, aborted } = result.counts;
  expect(failed).toBe(started - aborted - items.count);
  expect(items.count / result.counts.started).toBeGreaterThan(0.6);
});

test('keeps the cookies of each user apart', async () => {
  let users = 0;
  const enough = new Enough(30);
  const visits = new Map<string, number>();
  const baseUrl = await httpServer((request, response) => {
    enough.saw();
    const cookie = request.headers.cookie ?? '';
    visits.set(cookie, (visits.get(cookie) ?? 0) + 1);
    if (cookie === '') response.setHeader('Set-Cookie', `user=${users++}; Path=/`);
    response.end();
  });
  await checkedRun({
    baseUrl,
    scenario: getRequests('/'),
    profile: { model: 'closed', users: 3, duration: '1h' },
    signal: enough.signal,
  });
  expect([...visits.keys()].sort()).toEqual(['', 'user=0', 'user=1', 'user=2']);
  expect(visits.get('')).toBe(3);
});

test('sends a trace id of its own with each request, unless told not to', async () => {
  const ids: (string | undefined)[] = [];
  const baseUrl = await httpServer((request, response) => {
    ids.push(request.headers['traceparent'] as string | undefined);
    response.end();
  });
  const options = {
    baseUrl,
    scenario: getRequests('/'),
    profile: { model: 'closed', users: 2, duration: 100 },
  } as const;
  await checkedRun({ ...options, workers: 2 });
  expect(ids.every((id) => /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/.test(id ?? ''))).toBe(true);
  expect(new Set(ids).size).toBe(ids.length);
  ids.length = 0;
  await checkedRun({ ...options, traceContext: false });
  expect(new Set(ids)).toEqual(new Set([undefined]));
});

test('lets users start one after the other over the ramp-up, and pause between requests', async () => {
  let seen = 0;
  const baseUrl = await httpServer((_, response) => {
    seen += 1;
    response.end();
  });
  const result = await checkedRun({
    baseUrl,
    scenario: { ...getRequests('/'), thinkTimeMs: 60_000 },
    profile: { model: 'closed', users: 4, rampUp: 200, duration: 100 },
  });
  expect(seen).toBe(4);
  expect(result.counts.started + result.counts.warmup).toBe(4);
  expect(result.generator.socketsOpened).toBe(4);
});

test('tells where the run is while it goes on', async () => {
  const baseUrl = await httpServer((_, response) => response.end());
  const phases = new Set<string>();
  let last = { done: 0, elapsedMs: 0 };
  const result = await checkedRun({
    baseUrl,
    scenario: getRequests('/'),
    profile: { model: 'closed', users: 2, rampUp: 400, warmup: 400, duration: 1_600 },
    onProgress: (progress) => {
      phases.add(progress.phase);
      expect(progress.plannedMs).toBe(2_400);
      expect(progress.done).toBeGreaterThanOrEqual(last.done);
      last = progress;
    },
  });
  expect(phases).toContain('measuring');
  expect(last.done).toBeLessThanOrEqual(result.counts.succeeded);
  expect(last.done).toBeGreaterThan(0);
  expect(result.series).toHaveLength(2);
  expect(result.series[0]!.p95Ms).toBeGreaterThanOrEqual(result.series[0]!.p50Ms);
});

test('drives a server that closes each connection', async () => {
  const baseUrl = await httpServer((_, response) => {
    response.setHeader('Connection', 'close');
    response.end('x');
  });
  const result = await checkedRun({
    baseUrl,
    scenario: getRequests('/'),
    profile: { model: 'closed', users: 3, duration: 200 },
  });
  expect(result.counts).toMatchObject({ failed: 0, aborted: 0 });
  const { started, warmup } = result.counts;
  expect(result.generator.socketsOpened).toBe(started + warmup);
});

test('drives more users from a certain time on, and fewer again', async () => {
  let underWay = 0;
  let most = 0;
  const baseUrl = await httpServer(async (_, response) => {
    underWay += 1;
    most = Math.max(most, underWay);
    await pause(50);
    underWay -= 1;
    response.end();
  });
  const result = await checkedRun({
    baseUrl,
    scenario: getRequests('/'),
    profile: {
      model: 'closed',
      users: 3,
      duration: '4s',
      changes: [
        { at: '500ms', users: 9 },
        { at: '1.5s', users: 1 },
        { at: '2.5s', users: 5 },
      ],
    },
    workers: 2,
  });
  // Each user has a request under way, since none of them thinks; at the very end some have ended.
  expect(result.series.slice(0, 3).map(({ inFlight }) => inFlight)).toEqual([9, 1, 5]);
  expect(most).toBe(9);
  // Those who come back use their connections again.
  expect(result.generator.socketsOpened).toBe(9);
  expect(judge(result).reasons.map(({ check }) => check)).not.toContain('warm-up-drift');
});

test('changes the number of users while it goes on, when it is asked to', async () => {
  const control = new LoadControl();
  const baseUrl = await httpServer(async (_, response) => {
    await pause(50);
    response.end();
  });
  const result = await checkedRun({
    baseUrl,
    scenario: getRequests('/'),
    profile: { model: 'closed', users: 2, duration: '4s' },
    workers: 2,
    control,
    onSecond: ({ second }) => control.setUsers(second.atMs === 0 ? 8 : 3),
  });
  expect(result.series[0]?.inFlight).toBe(2);
  expect(Math.max(...result.series.map(({ inFlight }) => inFlight))).toBe(8);
  // At the end of the last second some requests have ended, and no others begun.
  expect(result.series.at(-2)?.inFlight).toBe(3);
  expect(result.userChanges?.map(({ users }) => users)).toEqual(expect.arrayContaining([8, 3]));
  expect(result.generator.socketsOpened).toBe(8);
  // Afterwards it is heard by nobody.
  control.setUsers(5);
  expect(() => control.setUsers(0)).toThrow('from 1');
});
