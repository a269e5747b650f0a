import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { HistogramLayout, grownCounters } from '../src/histogram-layout.ts';
import { coded } from './coded.ts';

const layout = fc
  .record({
    significantDigits: fc.constantFrom(1, 2, 3, 4, 5),
    lowestDiscernible: fc.constantFrom(1, 2, 3, 1_000, 20_000, 2 ** 31 - 1),
  })
  .map((options) => {
    const highestTrackable = options.significantDigits === 5 ? 2 ** 32 - 1 : 2 ** 53 - 1;
    return new HistogramLayout({ ...options, highestTrackable });
  });
const anyValue = fc.oneof(
  fc.nat(100_000),
  fc.nat(2 ** 32 - 1),
  fc.maxSafeNat(),
  fc.integer({ min: 2 ** 31 - 5, max: 2 ** 31 + 5 }),
  fc.integer({ min: 2 ** 32 - 5, max: 2 ** 32 + 5 }),
);
const layoutAndValue = fc
  .tuple(layout, anyValue)
  .map(([layout, value]) => ({ layout, value: Math.min(value, layout.highestTrackable) }));

test('a value lies in the range of its counter', () => {
  fc.assert(
    fc.property(layoutAndValue, ({ layout, value }) => {
      const index = layout.indexOf(value);
      expect(layout.lowestAt(index)).toBeLessThanOrEqual(value);
      expect(layout.highestAt(index)).toBeGreaterThanOrEqual(value);
      expect(index).toBeLessThan(layout.length);
    }),
  );
});

test('ranges follow each other without gaps', () => {
  fc.assert(
    fc.property(layout, fc.nat(), (layout, seed) => {
      const index = seed % layout.length;
      expect(layout.lowestAt(index + 1) - 1).toBe(layout.highestAt(index));
      expect(layout.indexOf(layout.lowestAt(index))).toBe(index);
      expect(layout.indexOf(layout.highestAt(index))).toBe(index);
      expect(layout.indexOf(layout.middleAt(index))).toBe(index);
    }),
  );
});

test('ranges are as narrow as the significant digits ask', () => {
  fc.assert(
    fc.property(layoutAndValue, ({ layout, value }) => {
      const index = layout.indexOf(value);
      const width = layout.highestAt(index) - layout.lowestAt(index) + 1;
      const allowed = Math.max(layout.lowestDiscernible, value / 10 ** layout.significantDigits);
      expect(width).toBeLessThanOrEqual(allowed);
    }),
  );
});

test('five digits up to an hour of microseconds fit, five up to 2^53 do not', () => {
  expect(new HistogramLayout({ significantDigits: 5 }).length).toBeLessThanOrEqual(2 ** 21);
  const huge = { significantDigits: 5, highestTrackable: 2 ** 53 - 1 } as const;
  expect(() => new HistogramLayout(huge)).toThrow(
    coded('AMDAHL_METRICS_BAD_ARGUMENT', { found: expect.stringContaining('5 digits') }),
  );
});

test.each([
  { lowestDiscernible: 0 },
  { lowestDiscernible: 1.5 },
  { lowestDiscernible: 2 ** 31 },
  { highestTrackable: 1 },
  { highestTrackable: 2 ** 53 },
  { highestTrackable: Number.NaN },
  { lowestDiscernible: 1_000, highestTrackable: 1_999 },
  { significantDigits: 0 as 1 },
  { significantDigits: 2.5 as 2 },
])('refuses the settings %o', (options) => {
  expect(() => new HistogramLayout(options)).toThrow(coded('AMDAHL_METRICS_BAD_ARGUMENT'));
});

test('counters grow to the next power of two that holds the index, within the limit', () => {
  const counters = Float64Array.of(1, 2, 3);
  expect(grownCounters(counters, 3, 10_000).length).toBe(64);
  expect(grownCounters(counters, 64, 10_000).length).toBe(128);
  expect(grownCounters(counters, 9_000, 10_000).length).toBe(10_000);
  expect([...grownCounters(counters, 3, 10_000).subarray(0, 4)]).toEqual([1, 2, 3, 0]);
});
