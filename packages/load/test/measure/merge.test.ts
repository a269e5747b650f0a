import { Histogram } from '@amdahl/metrics';
import { expect, test } from 'vitest';
import { maxRequestNames } from '../../src/measure/recorder.ts';
import { mergeReports, SeriesMerger } from '../../src/measure/merge.ts';
import type { RequestReport, WorkerReport } from '../../src/measure/worker-report.ts';
import { histogram } from '../support/run.ts';

function times(...valuesMs: number[]): string {
  const made = new Histogram();
  for (const value of valuesMs) made.record(value * 1_000);
  return made.toBase64();
}

function request(path: string, count: number, changes: Partial<RequestReport> = {}): RequestReport {
  const one = times(...Array<number>(count).fill(10));
  return {
    method: 'GET',
    path,
    count,
    failed: 0,
    statuses: { 200: count },
    errors: {},
    errorDetails: {},
    receivedBytes: count * 100,
    responseTime: one,
    serviceTime: one,
    ...changes,
  };
}

function report(
  requests: readonly RequestReport[],
  changes: Partial<WorkerReport> = {},
): WorkerReport {
  const count = requests.reduce((sum, { count }) => sum + count, 0);
  return {
    counts: { started: count, succeeded: count, failed: 0, aborted: 0, warmup: 1, taskErrors: 0 },
    measuredMs: 1_000,
    requests,
    checks: [{ name: 'fine', passed: 2, failed: 1 }],
    lag: times(1),
    userWait: times(),
    cpuUs: 250_000,
    socketsOpened: 3,
    socketErrors: 1,
    connectTime: times(1),
    tlsTime: times(),
    unstartedArrivals: 4,
    taskErrorSamples: [{ task: 'a', message: 'b' }],
    slices: [],
    custom: [],
    ...changes,
  };
}

test('adds the shares of the workers up', () => {
  const merged = mergeReports([
    report([request('/a', 2), request('/b', 1)]),
    report([request('/b', 4, { responseTime: times(20, 20, 20, 40) })], { cpuUs: 750_000 }),
  ]);
  expect(merged.counts).toMatchObject({ started: 7, succeeded: 7, warmup: 2 });
  expect(merged.requests.map(({ name, count }) => [name, count])).toEqual([
    ['GET /b', 5],
    ['GET /a', 2],
  ]);
  expect(merged.requests[0]).toMatchObject({ statuses: { 200: 5 }, receivedBytes: 500 });
  expect(histogram(merged.requests[0]?.responseTime).max).toBeGreaterThanOrEqual(40_000);
  expect(histogram(merged.total.responseTime).count).toBe(7);
  expect(merged.checks).toEqual([{ name: 'fine', passed: 4, failed: 2 }]);
  expect(merged.taskErrorSamples).toHaveLength(2);
  expect(merged.generator).toMatchObject({
    workers: 2,
    busiestWorkerCpuShare: 0.75,
    cpuPerRequestUs: 1_000_000 / 7,
    socketsOpened: 6,
    socketErrors: 2,
    unstartedArrivals: 8,
  });
});

test('joins the least busy names once there are too many', () => {
  const names = (from: number): RequestReport[] =>
    Array.from({ length: maxRequestNames }, (_, index) => request(`/${from + index}`, index + 1));
  const other = request('(other)', 3, { method: '*' });
  const merged = mergeReports([report([...names(0), other]), report([...names(400), other])]);
  expect(merged.requests).toHaveLength(maxRequestNames + 1);
  expect(merged.requests.at(-1)).toMatchObject({ name: '* (other)', method: '*', path: '(other)' });
  const total = merged.requests.reduce((sum, { count }) => sum + count, 0);
  expect(total).toBe(merged.counts.started);
});

test('merges each second once all workers told of it', () => {
  const series = new SeriesMerger(2);
  const second = { done: 2, failed: 1, inFlight: 3, responseTime: times(10, 30) };
  series.add(0, { ...second, index: 0 });
  series.add(0, { ...second, index: 1 });
  expect(series.seconds).toEqual([]);
  series.add(1, { ...second, index: 0, responseTime: '' });
  expect(series.seconds).toMatchObject([{ atMs: 0, done: 4, failed: 2, inFlight: 6 }]);
  expect(series.seconds[0]!.p50Ms).toBeCloseTo(10, 0);
  expect(series.seconds[0]!.maxMs).toBeCloseTo(30, 0);
  expect(series.finish().map(({ atMs }) => atMs)).toEqual([0, 1_000]);
});

test('goes on without a lost worker, and keeps what it told and reported', () => {
  const series = new SeriesMerger(2);
  const second = { done: 2, failed: 0, inFlight: 3, responseTime: times(10) };
  series.add(0, { ...second, index: 0 });
  series.add(1, { ...second, index: 0 });
  series.add(1, { ...second, index: 1 });
  series.add(0, { ...second, index: 2 });
  series.reported(1, 2_000.5);
  series.lose(1);
  expect(series.seconds.map(({ atMs, done }) => [atMs, done])).toEqual([
    [0, 4],
    [2_000, 2],
  ]);
  series.add(0, { ...second, index: 1 });
  expect(series.finish().map(({ done }) => done)).toEqual([4, 4, 2]);
});

test('takes back what a lost worker told beyond its last report, and of nobody else', () => {
  const series = new SeriesMerger(2);
  const second = { done: 2, failed: 1, inFlight: 3, responseTime: times(10) };
  for (const index of [0, 1, 2]) {
    series.add(0, { ...second, index });
    series.add(1, { ...second, index });
    series.reported(0, 1_000 * (index + 1));
    if (index === 0) series.reported(1, 1_000);
  }
  series.add(1, { ...second, index: 3 });
  series.lose(1);
  series.add(0, { ...second, index: 3 });
  expect(series.finish().map(({ done, failed }) => [done, failed])).toEqual([
    [4, 2],
    [2, 1],
    [2, 1],
    [2, 1],
  ]);
});

test('is empty when nothing was measured', () => {
  const merged = mergeReports([report([], { measuredMs: 0, cpuUs: 0, checks: [] })]);
  expect(merged.requests).toEqual([]);
  expect(histogram(merged.total.responseTime).count).toBe(0);
  expect(merged.generator).toMatchObject({ busiestWorkerCpuShare: 0, cpuPerRequestUs: 0 });
});
