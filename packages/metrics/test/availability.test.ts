import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { downtimeOf, uptimeShareOf } from '../src/index.ts';
import { coded } from './coded.ts';

const hourMs = 3_600_000;

test('three nines are 8.76 hours a year, four 52.6 minutes', () => {
  expect(downtimeOf(0.999).perYearMs / hourMs).toBeCloseTo(8.76, 10);
  expect(downtimeOf(0.9999).perYearMs / 60_000).toBeCloseTo(52.56, 8);
  expect(downtimeOf(0.999).perMonthMs / 60_000).toBeCloseTo(43.8, 9);
  expect(downtimeOf(0.999).perDayMs / 1_000).toBeCloseTo(86.4, 9);
  expect(downtimeOf(1).perYearMs).toBe(0);
});

test('downtime turns back into the uptime share', () => {
  expect(uptimeShareOf(8.76 * hourMs, 'year')).toBeCloseTo(0.999, 14);
  expect(uptimeShareOf(24 * hourMs, 'day')).toBe(0);
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (uptimeShare) => {
      const downtime = downtimeOf(uptimeShare);
      expect(uptimeShareOf(downtime.perYearMs, 'year')).toBeCloseTo(uptimeShare, 12);
      expect(uptimeShareOf(downtime.perMonthMs, 'month')).toBeCloseTo(uptimeShare, 12);
      expect(uptimeShareOf(downtime.perDayMs, 'day')).toBeCloseTo(uptimeShare, 12);
    }),
  );
});

test('percentages and impossible downtimes are refused', () => {
  for (const uptimeShare of [99.9, -0.1, Number.NaN]) {
    expect(() => downtimeOf(uptimeShare)).toThrow(coded('AMDAHL_METRICS_BAD_ARGUMENT'));
  }
  for (const downtimeMs of [25 * hourMs, -1, Number.NaN]) {
    expect(() => uptimeShareOf(downtimeMs, 'day')).toThrow(coded('AMDAHL_METRICS_BAD_ARGUMENT'));
  }
});
