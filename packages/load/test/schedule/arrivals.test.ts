import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { seededRandom } from '@amdahl/metrics';
import { arrivalTimes } from '../../src/schedule/arrivals.ts';
import { arrivalsIn, type PlannedStage } from '../../src/schedule/plan.ts';

const uniformly = (...stages: PlannedStage[]): number[] => [
  ...arrivalTimes({ stages, spacing: 'uniform' }, seededRandom(1)),
];

/** Arrivals due by a time, from the stages' areas alone. */
function areaUntil(stages: readonly PlannedStage[], untilMs: number): number {
  let startMs = 0;
  let area = 0;
  for (const stage of stages) {
    const durationMs = Math.min(Math.max(0, untilMs - startMs), stage.durationMs);
    const slope =
      stage.durationMs === 0 ? 0 : (stage.toPerSecond - stage.fromPerSecond) / stage.durationMs;
    const toPerSecond = stage.fromPerSecond + slope * durationMs;
    area += arrivalsIn({ fromPerSecond: stage.fromPerSecond, toPerSecond, durationMs });
    startMs += stage.durationMs;
  }
  return area;
}

const stage = fc.record({
  fromPerSecond: fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: 2_000, noNaN: true })),
  toPerSecond: fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: 2_000, noNaN: true })),
  durationMs: fc.oneof(fc.constant(0), fc.double({ min: 1, max: 3_000, noNaN: true })),
});
const stages = fc.array(stage, { minLength: 1, maxLength: 4 });

test('spaces a constant rate evenly', () => {
  expect(uniformly({ fromPerSecond: 4, toPerSecond: 4, durationMs: 1_000 })).toEqual([
    125, 375, 625, 875,
  ]);
});

test('solves a ramp from zero exactly', () => {
  // The area is 5t² tasks by second t, so arrival n is at the root of (n + ½) / 5.
  const times = uniformly({ fromPerSecond: 0, toPerSecond: 20, durationMs: 2_000 });
  expect(times).toHaveLength(20);
  for (const [n, time] of times.entries()) {
    expect(time).toBeCloseTo(Math.sqrt((n + 0.5) / 5) * 1_000, 9);
  }
});

test('mirrors a ramp up in a ramp down', () => {
  const up = uniformly({ fromPerSecond: 5, toPerSecond: 50, durationMs: 2_000 });
  const down = uniformly({ fromPerSecond: 50, toPerSecond: 5, durationMs: 2_000 });
  for (const [n, time] of down.entries()) {
    expect(time).toBeCloseTo(2_000 - up[up.length - 1 - n]!, 6);
  }
});

test('starts nothing in a pause between stages', () => {
  const busy = { fromPerSecond: 10, toPerSecond: 10, durationMs: 200 };
  const pause = { fromPerSecond: 0, toPerSecond: 0, durationMs: 1_000 };
  expect(uniformly(busy, pause, busy)).toEqual([50, 150, 1_250, 1_350]);
});

test('puts arrival n where the area under the rate is n + ½, in order and within the stages', () => {
  fc.assert(
    fc.property(stages, (plan) => {
      const times = uniformly(...plan);
      const totalMs = plan.reduce((sum, { durationMs }) => sum + durationMs, 0);
      expect(times).toHaveLength(Math.round(areaUntil(plan, totalMs)));
      let previousMs = 0;
      for (const [n, time] of times.entries()) {
        expect(time).toBeGreaterThanOrEqual(previousMs);
        expect(time).toBeLessThanOrEqual(totalMs);
        expect(areaUntil(plan, time)).toBeCloseTo(n + 0.5, 4);
        previousMs = time;
      }
    }),
    { numRuns: 200 },
  );
});

test('deals one sequence out to the workers', () => {
  fc.assert(
    fc.property(
      stages,
      fc.constantFrom('uniform' as const, 'poisson' as const),
      fc.integer({ min: 1, max: 5 }),
      fc.integer(),
      (plan, spacing, of, seed) => {
        const shared = { stages: plan, spacing };
        const all = [...arrivalTimes(shared, seededRandom(seed))];
        const shares = Array.from({ length: of }, (_, index) => [
          ...arrivalTimes(shared, seededRandom(seed), { index, of }),
        ]);
        expect(shares.flat().sort((a, b) => a - b)).toEqual(all);
        for (const share of shares) expect(share.length).toBeCloseTo(all.length / of, -0.31);
      },
    ),
    { numRuns: 100 },
  );
});

test('draws Poisson arrivals of the rate, with exponential gaps, repeatably', () => {
  const constant = { fromPerSecond: 1_000, toPerSecond: 1_000, durationMs: 20_000 };
  const poisson = { stages: [constant], spacing: 'poisson' } as const;
  const times = [...arrivalTimes(poisson, seededRandom(3))];
  expect([...arrivalTimes(poisson, seededRandom(3))]).toEqual(times);
  expect([...arrivalTimes(poisson, seededRandom(4))]).not.toEqual(times);
  // Four standard deviations of a Poisson count of 20,000.
  expect(Math.abs(times.length - 20_000)).toBeLessThan(4 * Math.sqrt(20_000));
  const gaps = times.slice(1).map((time, index) => time - times[index]!);
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
  expect(deviation / mean).toBeCloseTo(1, 1);
  expect(gaps.filter((gap) => gap > mean).length / gaps.length).toBeCloseTo(Math.exp(-1), 1);
});

test('follows a ramp with Poisson arrivals', () => {
  const ramp = { fromPerSecond: 0, toPerSecond: 2_000, durationMs: 10_000 };
  const times = [...arrivalTimes({ stages: [ramp], spacing: 'poisson' }, seededRandom(5))];
  const early = times.filter((time) => time < 5_000).length;
  expect(early / times.length).toBeCloseTo(0.25, 1);
});
