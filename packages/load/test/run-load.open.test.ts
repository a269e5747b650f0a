import { expect, test } from 'vitest';
import { httpServer } from './support/http-server.ts';
import { checkedRun, getRequests, histogram, requestNamed, script } from './support/run.ts';

/** A server that answers at once, but for those of a path that arrive in a stall. */
async function stallingServer(stall: {
  readonly path: string;
  /** Requests to the path before the stall begins. */
  readonly after: number;
  readonly stallMs: number;
}): Promise<string> {
  let requests = 0;
  let held: (() => void)[] | undefined;
  return await httpServer((request, response) => {
    const answer = (): void => void response.end('x');
    if (request.url !== stall.path) return answer();
    requests += 1;
    if (requests === stall.after) {
      const waiting: (() => void)[] = [];
      held = waiting;
      setTimeout(() => {
        held = undefined;
        for (const release of waiting) release();
      }, stall.stallMs);
    }
    if (held === undefined) answer();
    else held.push(answer);
  });
}

test('starts as many tasks as the schedule has, on a server of any speed', async () => {
  const baseUrl = await httpServer((_, response) => void setImmediate(() => response.end()));
  const result = await checkedRun({
    baseUrl,
    scenario: getRequests('/'),
    profile: {
      model: 'open',
      warmup: 200,
      arrivals: [
        { fromPerSecond: 100, toPerSecond: 100, duration: 300 },
        { fromPerSecond: 100, toPerSecond: 500, duration: 400 },
      ],
    },
  });
  expect(result.counts).toEqual({
    started: 30 + 120,
    succeeded: 150,
    failed: 0,
    aborted: 0,
    warmup: 20,
    taskErrors: 0,
  });
  expect(result.measuredMs).toBeCloseTo(700, 6);
  expect(result.generator.unstartedArrivals).toBe(0);
});

test('counts the wait of requests that meet a stall', async () => {
  const baseUrl = await stallingServer({ path: '/', after: 100, stallMs: 2_000 });
  const result = await checkedRun({
    baseUrl,
    scenario: getRequests('/'),
    profile: {
      model: 'open',
      arrivals: [{ fromPerSecond: 100, toPerSecond: 100, duration: '4s' }],
    },
  });
  expect(result.counts).toMatchObject({ started: 400, succeeded: 400 });
  // Half of the 400 arrive in the stall, waiting from 2 s down to nothing.
  const times = histogram(result.total.responseTime);
  expect(times.max).toBeGreaterThan(1_900_000);
  expect(times.valueAtPercentile(99)).toBeGreaterThan(1_850_000);
  expect(times.valueAtPercentile(75)).toBeGreaterThan(850_000);
});

test('counts the wait for a free user as well, and does not call it lag', async () => {
  const baseUrl = await stallingServer({ path: '/', after: 50, stallMs: 1_500 });
  const result = await checkedRun({
    baseUrl,
    scenario: getRequests('/'),
    profile: {
      model: 'open',
      maxUsers: 3,
      arrivals: [{ fromPerSecond: 100, toPerSecond: 100, duration: '2.5s' }],
    },
  });
  expect(result.counts).toMatchObject({ started: 250, succeeded: 250 });
  const times = histogram(result.total.responseTime);
  const service = histogram(result.total.serviceTime);
  const waits = histogram(result.generator.userWait);
  expect(waits.count).toBe(250);
  expect(waits.max).toBeGreaterThan(1_300_000);
  expect(times.valueAtPercentile(99)).toBeGreaterThan(1_300_000);
  // Only three requests could be under way in the stall.
  expect(250 * (1 - service.shareAtOrBelow(1_000_000))).toBeLessThan(3.5);
  expect(histogram(result.generator.lag).max).toBeLessThan(waits.max);
  expect(result.generator.socketsOpened).toBe(3);
});

test('charges a stall in one step to the steps that follow it', async () => {
  const baseUrl = await stallingServer({ path: '/first', after: 80, stallMs: 3_000 });
  const result = await checkedRun({
    baseUrl,
    scenario: script('chained.ts'),
    profile: { model: 'open', arrivals: [{ fromPerSecond: 50, toPerSecond: 50, duration: '6s' }] },
  });
  const second = requestNamed(result, 'GET /second');
  const times = histogram(second.responseTime);
  expect(times.max).toBeGreaterThan(2_500_000);
  // It is the schedule that was late: the server answered the second step itself at once.
  expect(times.max).toBeGreaterThan(2 * histogram(second.serviceTime).max);
});

test('reports arrivals that never found a free user', async () => {
  const baseUrl = await httpServer(() => {
    // Never answers.
  });
  const controller = new AbortController();
  let inFlight = 0;
  const result = await checkedRun({
    baseUrl,
    scenario: getRequests('/'),
    profile: {
      model: 'open',
      maxUsers: 2,
      arrivals: [{ fromPerSecond: 200, toPerSecond: 200, duration: '60s' }],
    },
    signal: controller.signal,
    onProgress: (progress) => {
      inFlight = Math.max(inFlight, progress.inFlight);
      if (progress.inFlight > 50) controller.abort();
    },
  });
  expect(result.interrupted).toBe(true);
  expect(result.counts).toMatchObject({ started: 2, succeeded: 0, failed: 0, aborted: 2 });
  expect(result.generator.unstartedArrivals).toBeGreaterThanOrEqual(inFlight - 2);
  const due = Math.round((result.measuredMs / 1_000) * 200);
  expect(Math.abs(result.generator.unstartedArrivals + 2 - due)).toBeLessThanOrEqual(1);
});

test.each(['uniform', 'poisson'] as const)(
  'spreads one schedule over the workers, its spacing %s',
  async (spacing) => {
    const baseUrl = await httpServer((_, response) => void response.end());
    const started: number[] = [];
    for (const workers of [1, 3]) {
      const { counts, generator } = await checkedRun({
        baseUrl,
        workers,
        seed: 7,
        scenario: getRequests('/'),
        profile: {
          model: 'open',
          spacing,
          arrivals: [{ fromPerSecond: 0, toPerSecond: 400, duration: 500 }],
        },
      });
      expect(generator.workers).toBe(workers);
      started.push(counts.started);
    }
    expect(started[1]).toBe(started[0]);
    expect(Math.abs(started[0]! - 100)).toBeLessThan(40);
  },
);
