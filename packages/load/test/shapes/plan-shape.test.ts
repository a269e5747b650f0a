import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planOf } from '../../src/schedule/plan.ts';
import { explainShape, planShape } from '../../src/shapes/plan-shape.ts';
import type { LoadLevel } from '../../src/shapes/shape.ts';

const tenUsers: LoadLevel = { model: 'closed', users: 10 };
const times = { durationMs: 90_000, warmupMs: 5_000 };

test('a spike is ten times the ordinary load, with more time after than before', () => {
  const plan = planShape('spike', tenUsers, times);
  expect(plan.phases).toEqual([
    { name: 'before', fromMs: 0, toMs: 30_000, level: tenUsers },
    { name: 'spike', fromMs: 30_000, toMs: 45_000, level: { model: 'closed', users: 100 } },
    { name: 'after', fromMs: 45_000, toMs: 90_000, level: tenUsers },
  ]);
  expect(plan.profile).toEqual({
    model: 'closed',
    users: 10,
    warmup: 5_000,
    duration: 90_000,
    changes: [
      { at: 30_000, users: 100 },
      { at: 45_000, users: 10 },
    ],
  });
});

test('stress goes up in steps of equal length', () => {
  const plan = planShape('stress', { model: 'open', ratePerSecond: 20 }, times);
  expect(plan.profile).toEqual({
    model: 'open',
    warmup: 5_000,
    arrivals: [20, 40, 60, 80, 100].map((rate) => ({
      fromPerSecond: rate,
      toPerSecond: rate,
      duration: 18_000,
    })),
  });
});

test('says what it is about to do', () => {
  expect(explainShape(planShape('spike', tenUsers, times))).toBe(
    'spike: 10 users for 30 s, 100 users for 15 s, 10 users for 45 s, after 5 s of warm-up. Does a sudden crowd break it, and how soon does it recover?',
  );
  expect(
    explainShape(planShape('load', { model: 'closed', users: 1 }, { ...times, warmupMs: 0 })),
  ).toBe('load: 1 user for 1 min 30 s. How does the service do under its ordinary load?');
});

test('every shape is a profile that can be run, its phases without a gap', () => {
  const level = fc.oneof(
    fc.record({ model: fc.constant('closed' as const), users: fc.integer({ min: 1, max: 9_999 }) }),
    fc.record({
      model: fc.constant('open' as const),
      ratePerSecond: fc.integer({ min: 1, max: 9_999 }),
    }),
  );
  const shape = fc.constantFrom('load', 'stress', 'spike', 'soak');
  const durationMs = fc.integer({ min: 1_000, max: 3_600_000 });
  fc.assert(
    fc.property(shape, level, durationMs, (name, normal, duration) => {
      const plan = planShape(name, normal, { durationMs: duration, warmupMs: 0 });
      expect(planOf(plan.profile).measuredMs).toBe(duration);
      let untilMs = 0;
      for (const { fromMs, toMs } of plan.phases) {
        expect(fromMs).toBe(untilMs);
        expect(toMs).toBeGreaterThan(fromMs);
        untilMs = toMs;
      }
      expect(untilMs).toBe(duration);
    }),
  );
});
