import { Histogram } from '@amdahl/metrics';
import { expect, test } from 'vitest';
import { judge, judgeSoFar } from '../src/judge.ts';
import type {
  GeneratorHealth,
  LoadCounts,
  LoadProgress,
  LoadResult,
  LoadSecond,
} from '../src/result.ts';
import type { VerdictCheck } from '../src/verdict.ts';

/** `count` times of these milliseconds each. */
function times(count: number, ...valuesMs: readonly number[]): string {
  const made = new Histogram();
  for (const value of valuesMs) made.record(value * 1_000, count);
  return made.toBase64();
}

const second = (index: number, p50Ms: number): LoadSecond => ({
  atMs: index * 1_000,
  done: 50,
  failed: 0,
  inFlight: 5,
  p50Ms,
  p95Ms: 2 * p50Ms,
  maxMs: 3 * p50Ms,
});

interface Changes {
  readonly counts?: Partial<LoadCounts>;
  readonly generator?: Partial<GeneratorHealth>;
  readonly series?: readonly LoadSecond[];
  readonly profile?: LoadResult['profile'];
  readonly errorDetails?: Readonly<Record<string, number>>;
}

/** A run nothing is wrong with, but for the changes. */
function run(changes: Changes = {}): LoadResult {
  return {
    baseUrl: 'http://127.0.0.1',
    profile: changes.profile ?? { model: 'closed', users: 5, duration: '20s' },
    seed: 1,
    startedAtEpochMs: 0,
    measuredMs: 20_000,
    interrupted: false,
    counts: {
      started: 1_000,
      succeeded: 1_000,
      failed: 0,
      aborted: 0,
      warmup: 0,
      taskErrors: 0,
      ...changes.counts,
    },
    requests: [
      {
        name: 'GET /',
        method: 'GET',
        path: '/',
        count: 1_000,
        failed: 0,
        statuses: { 200: 1_000 },
        errors: {},
        errorDetails: changes.errorDetails ?? {},
        receivedBytes: 0,
        responseTime: times(1_000, 20),
        serviceTime: times(1_000, 20),
      },
    ],
    total: { responseTime: times(1_000, 20), serviceTime: times(1_000, 20) },
    series:
      changes.series ?? Array.from({ length: 20 }, (_, index) => second(index, 20 + (index % 3))),
    checks: [],
    generator: {
      workers: 1,
      lag: times(1_000, 0.5),
      busiestWorkerCpuShare: 0.3,
      cpuPerRequestUs: 10,
      socketsOpened: 5,
      socketErrors: 0,
      unstartedArrivals: 0,
      ...changes.generator,
    },
  };
}

const open: LoadResult['profile'] = {
  model: 'open',
  arrivals: [{ fromPerSecond: 50, toPerSecond: 50, duration: '20s' }],
};
const ramp: LoadResult['profile'] = {
  model: 'open',
  arrivals: [{ fromPerSecond: 10, toPerSecond: 90, duration: '20s' }],
};
const rising = Array.from({ length: 20 }, (_, index) => second(index, 20 + index));
const falling = Array.from({ length: 20 }, (_, index) => second(index, 40 - index));
const outlier = Array.from({ length: 20 }, (_, index) => second(index, index === 19 ? 900 : 20));

test('believes a run that nothing speaks against', () => {
  expect(judge(run())).toEqual({ kind: 'valid', reasons: [] });
});

const cases: [string, Changes, VerdictCheck | undefined, 'bounded' | 'void' | undefined][] = [
  ['lag within the grain of timers', { generator: { lag: times(100, 1.9) } }, undefined, undefined],
  ['lag that shows', { generator: { lag: times(100, 5) } }, 'generator-lag', 'bounded'],
  ['lag above the service time', { generator: { lag: times(100, 25) } }, 'generator-lag', 'void'],
  [
    'lag of one request in 200',
    { generator: { lag: times(1, ...Array<number>(199).fill(0.1), 500) } },
    undefined,
    undefined,
  ],
  [
    'a busy generator of a closed model',
    { generator: { busiestWorkerCpuShare: 0.95 } },
    'generator-cpu',
    'bounded',
  ],
  [
    'a busy generator of an open model',
    { profile: open, generator: { busiestWorkerCpuShare: 0.95 } },
    'generator-cpu',
    'void',
  ],
  ['one arrival left', { generator: { unstartedArrivals: 1 } }, undefined, undefined],
  [
    'arrivals left',
    { profile: open, generator: { unstartedArrivals: 100 } },
    'unstarted-arrivals',
    'bounded',
  ],
  ['few socket errors', { generator: { socketErrors: 10 } }, undefined, undefined],
  ['socket errors', { generator: { socketErrors: 11 } }, 'socket-errors', 'bounded'],
  ['mostly socket errors', { generator: { socketErrors: 501 } }, 'socket-errors', 'void'],
  [
    'descriptors used up',
    { generator: { socketErrors: 1 }, errorDetails: { 'connect EMFILE': 1 } },
    'socket-errors',
    'bounded',
  ],
  ['few failures', { counts: { succeeded: 950, failed: 50 } }, undefined, undefined],
  ['failures', { counts: { succeeded: 900, failed: 100 } }, 'error-mix', 'bounded'],
  ['mostly failures', { counts: { succeeded: 400, failed: 600 } }, 'error-mix', 'void'],
  ['too few replies', { counts: { succeeded: 58 } }, 'too-few-requests', 'bounded'],
  ['enough replies', { counts: { succeeded: 59 } }, undefined, undefined],
  ['no reply', { counts: { succeeded: 0 } }, 'too-few-requests', 'void'],
  ['times that rise', { series: rising }, 'warm-up-drift', 'bounded'],
  ['times that fall', { series: falling }, 'warm-up-drift', 'bounded'],
  ['a late spike', { series: outlier }, undefined, undefined],
  ['times that rise with the rate', { profile: ramp, series: rising }, undefined, undefined],
  ['a short rise', { series: rising.slice(0, 9) }, undefined, undefined],
  [
    'a rise within the grain',
    { series: rising.map(({ p50Ms }, index) => second(index, p50Ms / 50)) },
    undefined,
    undefined,
  ],
];

test.each(cases)('judges %s', (_, changes, check, kind) => {
  const verdict = judge(run(changes));
  expect(verdict.kind).toBe(kind ?? 'valid');
  expect(verdict.reasons.map((reason) => [reason.check, reason.kind])).toEqual(
    check === undefined ? [] : [[check, kind]],
  );
});

test('puts the worst reason first, each with the figure, the limit and what to do', () => {
  const verdict = judge(
    run({ series: falling, generator: { lag: times(100, 400), busiestWorkerCpuShare: 1 } }),
  );
  expect(verdict.kind).toBe('void');
  expect(verdict.reasons.map(({ check }) => check)).toEqual([
    'generator-lag',
    'generator-cpu',
    'warm-up-drift',
  ]);
  expect(verdict.reasons[0]?.message).toMatch(/400 ms late .* the limit is 20 ms\./);
  for (const { message, next } of verdict.reasons) {
    expect(message).toMatch(/\.$/);
    expect(next).toMatch(/\.$/);
  }
});

test('judges a long series as a short one', () => {
  const long = Array.from({ length: 5_000 }, (_, index) => second(index, 20 + index / 100));
  expect(judge(run({ series: long })).reasons[0]?.check).toBe('warm-up-drift');
});

test('judges an empty run', () => {
  const nothing = { started: 0, succeeded: 0 };
  const empty = { ...run({ counts: nothing, series: [] }), requests: [] };
  const none = times(0);
  const verdict = judge({
    ...empty,
    total: { responseTime: none, serviceTime: none },
    generator: { ...empty.generator, lag: none },
  });
  expect(verdict).toMatchObject({ kind: 'void', reasons: [{ check: 'too-few-requests' }] });
});

test.each([
  [{ share: 0.25, atMs: 10_000 }, 'bounded', '12.5 %'],
  [{ share: 0.75, atMs: 0 }, 'void', '75 %'],
])('names the load missing with %j: %s', (part, kind, text) => {
  const verdict = judge({ ...run(), missing: [{ worker: 2, reason: 'it crashed', ...part }] });
  expect(verdict.kind).toBe(kind);
  expect(verdict.reasons).toMatchObject([{ check: 'lost-workers', kind }]);
  expect(verdict.reasons[0]?.message).toContain(text);
  expect(verdict.reasons[0]?.next).toContain('it crashed');
});

test.each<[string, Partial<LoadProgress>]>([
  ['valid', {}],
  ['too few requests yet', { done: 58 }],
  ['the generator uses 95 % of a core', { generatorCpuShare: 0.95 }],
  ['the generator is 25 ms late (p99)', { generatorLagP99Ms: 25 }],
  ['10 % failed', { failed: 100 }],
])('says "%s" while the run goes on', (text, changes) => {
  const progress: LoadProgress = {
    phase: 'measuring',
    elapsedMs: 1_000,
    plannedMs: 2_000,
    done: 1_000,
    failed: 0,
    ratePerSecond: 1_000,
    inFlight: 1,
    p50Ms: 1,
    p95Ms: 2,
    generatorLagP99Ms: 1,
    generatorCpuShare: 0.5,
    ...changes,
  };
  expect(judgeSoFar(progress)).toBe(text);
});
