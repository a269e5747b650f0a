import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Throughput } from '../src/index.ts';
import { coded } from './coded.ts';

test('counts events by interval, silent ones included', () => {
  const throughput = new Throughput({ startMs: 5_000 });
  throughput.record(5_000);
  throughput.record(5_999, 3);
  throughput.record(7_200, 2);
  expect(throughput.rates(8_000)).toEqual([
    { fromMs: 5_000, ratePerSecond: 4 },
    { fromMs: 6_000, ratePerSecond: 0 },
    { fromMs: 7_000, ratePerSecond: 2 },
  ]);
  expect(throughput.count).toBe(6);
  expect(throughput.meanRatePerSecond(8_000)).toBe(2);
});

test('the interval under way is divided by its elapsed part', () => {
  const throughput = new Throughput();
  throughput.record(1_100, 5);
  expect(throughput.rates(1_500)).toEqual([
    { fromMs: 0, ratePerSecond: 0 },
    { fromMs: 1_000, ratePerSecond: 10 },
  ]);
});

test('joins neighbours when the intervals are used up', () => {
  const throughput = new Throughput({ limit: 4 });
  for (let second = 0; second < 4; second += 1) throughput.record(second * 1_000, second + 1);
  expect(throughput.intervalMs).toBe(1_000);
  throughput.record(4_000, 10);
  expect(throughput.intervalMs).toBe(2_000);
  expect(throughput.rates(6_000).map((interval) => interval.ratePerSecond)).toEqual([1.5, 3.5, 5]);
  throughput.record(1e9);
  expect(throughput.rates(1e9 + 1).length).toBeLessThanOrEqual(4);
});

test('a long silence widens the intervals too', () => {
  const throughput = new Throughput({ limit: 4 });
  throughput.record(0, 8);
  expect(throughput.rates(7_000)).toEqual([
    { fromMs: 0, ratePerSecond: 4 },
    { fromMs: 2_000, ratePerSecond: 0 },
    { fromMs: 4_000, ratePerSecond: 0 },
    { fromMs: 6_000, ratePerSecond: 0 },
  ]);
});

test('events before the start count to the first interval', () => {
  const throughput = new Throughput({ startMs: 1_000 });
  throughput.record(400);
  expect(throughput.rates(2_000)).toEqual([{ fromMs: 1_000, ratePerSecond: 1 }]);
  expect(throughput.rates(1_000)).toEqual([]);
  expect(throughput.meanRatePerSecond(1_000)).toBe(0);
});

describe('properties', () => {
  const events = fc.array(fc.record({ atMs: fc.nat(100_000), count: fc.nat(9) }), {
    maxLength: 100,
  });
  const of = (recorded: readonly { atMs: number; count: number }[]): Throughput => {
    const throughput = new Throughput({ limit: 8 });
    for (const { atMs, count } of recorded) throughput.record(atMs, count);
    return throughput;
  };

  test('no event is lost', () => {
    fc.assert(
      fc.property(events, (recorded) => {
        const throughput = of(recorded);
        const total = recorded.reduce((sum, { count }) => sum + count, 0);
        const seconds = throughput.intervalMs / 1_000;
        const rates = throughput.rates(8 * throughput.intervalMs - 1);
        const counted = rates
          .slice(0, -1)
          .reduce((sum, { ratePerSecond }) => sum + ratePerSecond * seconds, 0);
        const last = (rates.at(-1)?.ratePerSecond ?? 0) * (seconds - 0.001);
        expect(counted + last).toBeCloseTo(total, 6);
        expect(throughput.count).toBe(total);
      }),
    );
  });

  test('adding is as if all events had been recorded in one', () => {
    fc.assert(
      fc.property(events, events, (left, right) => {
        const sum = of(left);
        sum.add(of(right));
        const together = of([...left, ...right]);
        expect(sum.count).toBe(together.count);
        expect(sum.intervalMs).toBe(together.intervalMs);
        expect(sum.rates(200_000)).toEqual(together.rates(200_000));
      }),
    );
  });
});

test('settings and times that make no sense are refused', () => {
  expect(() => new Throughput({ limit: 3 })).toThrow(coded('AMDAHL_METRICS_BAD_ARGUMENT'));
  expect(() => new Throughput({ intervalMs: 0 })).toThrow(coded('AMDAHL_METRICS_BAD_ARGUMENT'));
  expect(() => new Throughput({ startMs: Number.NaN })).toThrow(
    coded('AMDAHL_METRICS_BAD_ARGUMENT'),
  );
  const throughput = new Throughput();
  for (const atMs of [Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => throughput.record(atMs)).toThrow(coded('AMDAHL_METRICS_BAD_ARGUMENT'));
    expect(() => throughput.rates(atMs)).toThrow(coded('AMDAHL_METRICS_BAD_ARGUMENT'));
  }
});
