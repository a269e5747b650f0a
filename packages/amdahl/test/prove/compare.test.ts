import { describe, expect, test } from 'vitest';
import { compareSlices } from '../../src/prove/compare.ts';
import { figures, rounds, slice, voided } from './slices.ts';

const settings = { margin: 0.05, seed: 1, focus: null };

const noisy = (ms: number): readonly number[] =>
  [1.01, 0.98, 1.03, 0.97, 1.02, 0.99, 1.005, 0.995].map((factor) => factor * ms);

const experiment = (aMs: number, bMs: number) =>
  rounds(noisy(aMs).map((a, index) => [a, noisy(bMs)[(index * 3) % 8] as number]));

describe('the answer', () => {
  test('is faster when the whole interval lies below 1', () => {
    const { overall, usableRounds } = compareSlices(experiment(100, 60), settings);
    expect(usableRounds).toBe(8);
    expect(overall).toMatchObject({ answer: 'faster', decidedBy: 'meanMs', rounds: 8 });
    expect(overall.response.meanMs.difference?.high).toBeLessThan(0);
    expect(overall.response.meanMs.ratio?.mid).toBeCloseTo(0.6, 1);
    expect(overall.ratePerSecond.ratio?.low).toBeGreaterThan(1);
    expect(overall.requests).toEqual({ a: 800, b: 800 });
  });

  test('is slower when it lies above 1', () => {
    expect(compareSlices(experiment(60, 100), settings).overall.answer).toBe('slower');
  });

  test('is the same when it lies within the margin, even if it is clear of 1', () => {
    expect(compareSlices(experiment(100, 100), settings).overall.answer).toBe('same');
    const slightlyFaster = compareSlices(
      rounds(noisy(100).map((a) => [a, a * 0.98])),
      settings,
    ).overall;
    expect(slightlyFaster.response.meanMs.ratio?.high).toBeLessThan(1);
    expect(slightlyFaster.answer).toBe('same');
  });

  test('is not enough data when the interval is wider than the margin and holds 1', () => {
    const times = [60, 140, 80, 120, 110, 70, 130, 90];
    const { overall } = compareSlices(
      rounds(times.map((a, index) => [a, times[(index + 3) % 8] as number])),
      settings,
    );
    expect(overall.answer).toBe('not-enough-data');
    expect(overall.reason).toContain('wider than ±5 %');
  });

  test('is not enough data when chance could part the sides as far', () => {
    // B is 7 % faster in each round, but the rounds differ by far more than that.
    const { overall } = compareSlices(
      rounds([10, 200, 30, 400, 50, 600].map((a) => [a, a * 0.93])),
      settings,
    );
    expect(overall.answer).toBe('not-enough-data');
    expect(overall.reason).toContain('chance could part');
  });

  test('is not enough data with five rounds, however far apart', () => {
    const { overall } = compareSlices(experiment(100, 10).slice(0, 10), settings);
    expect(overall).toMatchObject({ answer: 'not-enough-data', rounds: 5 });
    expect(overall.reason).toContain('5 usable rounds');
  });

  test('exists for an experiment without a single round', () => {
    const none = compareSlices([slice('a', 0, 10)], settings);
    expect(none).toMatchObject({ usableRounds: 0, routes: [] });
    expect(none.overall.answer).toBe('not-enough-data');
  });
});

describe('failures', () => {
  const failing = (aFailed: number, bFailed: number, bMs: number) =>
    experiment(100, bMs).map((each) => ({
      ...each,
      total: {
        ...each.total,
        count: 1_000,
        failed: (each.side === 'a' ? aFailed : bFailed) + (each.round % 3),
      },
    }));

  test('keep a quick but failing B from being faster or the same', () => {
    for (const bMs of [20, 100]) {
      const { overall } = compareSlices(failing(0, 120, bMs), settings);
      expect(overall.errors.failsMore).toBe(true);
      expect(overall.answer).toBe('not-enough-data');
      expect(overall.reason).toContain('B fails 12 %');
    }
  });

  test('do not excuse a slow B', () => {
    expect(compareSlices(failing(0, 120, 300), settings).overall.answer).toBe('slower');
  });

  test('on both sides alike change nothing', () => {
    const { overall } = compareSlices(failing(50, 50, 60), settings);
    expect(overall.errors).toMatchObject({ failsMore: false });
    expect(overall.errors.aShare).toBeCloseTo(0.051, 3);
    expect(overall.answer).toBe('faster');
  });

  test('of A alone do not count against B', () => {
    expect(compareSlices(failing(120, 0, 60), settings).overall.answer).toBe('faster');
  });
});

describe('what is compared', () => {
  test('leaves out a round with a void slice', () => {
    const slices = experiment(100, 60).map((each) =>
      each.side === 'b' && each.round === 2 ? { ...each, verdict: voided } : each,
    );
    expect(compareSlices(slices, settings)).toMatchObject({
      usableRounds: 7,
      overall: { rounds: 7, requests: { a: 700, b: 700 } },
    });
  });

  test('goes by route, busiest first, by the median', () => {
    const slices = experiment(100, 60).map((each) => ({
      ...each,
      routes: {
        'GET /rare': figures(each.total.p50Ms, { count: 5 }),
        'GET /busy': figures(each.total.p50Ms, { meanMs: 50 }),
      },
    }));
    const { routes } = compareSlices(slices, settings);
    expect(routes.map((route) => route.route)).toEqual(['GET /busy', 'GET /rare']);
    expect(routes[0]).toMatchObject({ answer: 'faster', decidedBy: 'p50Ms' });
  });

  test('skips rounds in which a route was served on one side only', () => {
    const slices = experiment(100, 60).map((each) =>
      each.side === 'a' && each.round < 3 ? { ...each, routes: {} } : each,
    );
    expect(compareSlices(slices, settings).routes[0]).toMatchObject({
      answer: 'not-enough-data',
      rounds: 5,
    });
  });

  test('asks more of each of many routes, but not of the one asked about beforehand', () => {
    // Six rounds whose sides overlap a little: p is about 0.03 for each route.
    const as = [100, 104, 108, 112, 116, 120];
    const bs = [90, 92, 94, 96, 105, 106];
    const slices = rounds(as.map((a, index) => [a, bs[index] as number])).map((each) => ({
      ...each,
      routes: Object.fromEntries(
        Array.from({ length: 10 }, (_, index) => [`GET /${index}`, figures(each.total.p50Ms)]),
      ),
    }));
    const answers = (focus: string | null) =>
      compareSlices(slices, { ...settings, focus }).routes.map((route) => route.answer);
    expect(answers(null)).toEqual(Array.from({ length: 10 }, () => 'not-enough-data'));
    expect(answers('GET /4')[4]).toBe('faster');
  });

  test('compares CPU time where both sides have it', () => {
    const without = compareSlices(experiment(100, 60), settings);
    expect(without.overall.cpuPerRequestUs).toBeNull();
    const slices = experiment(100, 60).map((each) => ({
      ...each,
      cpuPerRequestUs: each.side === 'a' ? 900 : 300,
    }));
    expect(compareSlices(slices, settings).overall.cpuPerRequestUs).toMatchObject({
      a: 900,
      b: 300,
    });
  });
});
