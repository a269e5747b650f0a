import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linearTrend, type Point } from '../src/index.ts';
import { seededRandom } from '../src/random.ts';
import { coded } from './coded.ts';

test('a line is found whatever a few outliers do', () => {
  const points = line(20, (x) => 3 * x + 7);
  points[4] = { x: 4, y: 1e6 };
  points[11] = { x: 11, y: -1e6 };
  const trend = linearTrend(points);
  expect(trend.slope.mid).toBe(3);
  expect(trend.intercept).toBe(7);
  expect(trend.slope.low).toBeGreaterThan(0);
});

test('agrees with SciPy 1.17 (scipy.stats.theilslopes), ties in x included', () => {
  const ys = [
    3.1, 9, 4.3, 1, 7.2, 5, 8.4, 12, 6.7, 11.9, 2.3, 10, 13.1, 18.6, 15.8, 9.7, 17.5, 14.4,
  ];
  const { slope } = linearTrend(ys.map((y, index) => ({ x: Math.floor(index / 6), y })));
  expect(slope.mid).toBeCloseTo(5.025, 12);
  expect(slope.low).toBeCloseTo(2.9499999999999997, 12);
  expect(slope.high).toBeCloseTo(7.0, 12);
});

test('agrees with SciPy 1.17 with ties in y, too', () => {
  const xs = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10];
  const ys = [1, 3, 2, 5, 5, 7, 5, 8, 30, 9, 10, 10];
  const points = xs.map((x, index) => ({ x, y: ys[index] as number }));
  const { slope } = linearTrend(points);
  expect(slope.mid).toBeCloseTo(0.9, 12);
  expect(slope.low).toBeCloseTo(0.6666666666666666, 12);
  expect(slope.high).toBeCloseTo(1.25, 12);
  const surer = linearTrend(points, { confidence: 0.99 }).slope;
  expect(surer.low).toBeCloseTo(0.6, 12);
  expect(surer.high).toBeCloseTo(1.5, 12);
});

test('moving or scaling the points moves or scales the trend', () => {
  const points = fc.array(
    fc.record({ x: fc.integer({ min: 0, max: 50 }), y: fc.integer({ min: -99, max: 99 }) }),
    { minLength: 12, maxLength: 40 },
  );
  fc.assert(
    fc.property(points, (points) => {
      fc.pre(new Set(points.map((point) => point.x)).size > 5);
      const original = linearTrend(points);
      const steeper = linearTrend(points.map(({ x, y }) => ({ x, y: y + 2 * x + 5 })));
      expect(steeper.slope.mid).toBeCloseTo(original.slope.mid + 2, 9);
      const mirrored = linearTrend(points.map(({ x, y }) => ({ x, y: -y })));
      expect(mirrored.slope.low).toBeCloseTo(-original.slope.high, 9);
      expect(original.slope.low).toBeLessThanOrEqual(original.slope.mid);
      expect(original.slope.high).toBeGreaterThanOrEqual(original.slope.mid);
    }),
  );
});

test('an interval of 95 % holds the true slope about that often', () => {
  // 400 experiments of 20 points with uniform noise; the count is the same in every run.
  const random = seededRandom(7).next;
  const held = Array.from({ length: 400 }, () => {
    const { slope } = linearTrend(line(20, (x) => 0.5 * x + 10 * random()));
    return slope.low <= 0.5 && 0.5 <= slope.high;
  }).filter(Boolean).length;
  expect(held).toBeGreaterThan(365);
  expect(held).toBeLessThan(396);
});

describe('refuses', () => {
  test('too few points for the confidence', () => {
    expect(linearTrend(line(5, (x) => x)).slope.mid).toBe(1);
    expect(() => linearTrend(line(4, (x) => x))).toThrow(
      coded('AMDAHL_METRICS_BAD_ARGUMENT', { found: '4 points with 6 slopes' }),
    );
    expect(() => linearTrend([])).toThrow(coded('AMDAHL_METRICS_BAD_ARGUMENT'));
  });

  test('points without a spread in x', () => {
    const points = Array.from({ length: 10 }, (_, y) => ({ x: 1, y }));
    expect(() => linearTrend(points)).toThrow(coded('AMDAHL_METRICS_BAD_ARGUMENT'));
    expect(() => linearTrend(points.map(() => ({ x: 1, y: 1 })))).toThrow(
      coded('AMDAHL_METRICS_BAD_ARGUMENT'),
    );
  });

  test('more points than memory should hold the slopes of', () => {
    expect(() => linearTrend(line(2_001, (x) => x))).toThrow(coded('AMDAHL_METRICS_BAD_ARGUMENT'));
  });

  test('a confidence of 0 or 1, and unmeasured values', () => {
    for (const confidence of [0, 1]) {
      expect(() =>
        linearTrend(
          line(9, (x) => x),
          { confidence },
        ),
      ).toThrow(coded('AMDAHL_METRICS_BAD_ARGUMENT'));
    }
    expect(() => linearTrend(line(9, () => Number.NaN))).toThrow(
      coded('AMDAHL_METRICS_BAD_ARGUMENT'),
    );
  });
});

function line(length: number, yAt: (x: number) => number): Point[] {
  return Array.from({ length }, (_, x) => ({ x, y: yAt(x) }));
}
