import { describe, expect, test } from 'vitest';
import { durationMs, formatMs } from '../src/index.ts';
import { coded } from './coded.ts';

describe('durationMs', () => {
  test.each([
    ['250ms', 250],
    ['1.5s', 1_500],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['7d', 604_800_000],
    ['180us', 0.18],
    ['1m30s', 90_000],
    ['1h0.5m', 3_630_000],
    [' 1s ', 1_000],
    ['0s', 0],
    [1_500, 1_500],
    [0, 0],
  ])('%o is %d ms', (duration, ms) => {
    expect(durationMs(duration)).toBeCloseTo(ms, 10);
  });

  test.each(['', '5', '5 s', '-5s', '5sec', 's', '1.s', '.5s', 'NaN', `${'9'.repeat(400)}d`])(
    '%o is refused',
    (text) => {
      expect(() => durationMs(text)).toThrow(
        coded('AMDAHL_METRICS_BAD_DURATION', { found: `"${text}"`, exitCode: 2 }),
      );
    },
  );

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('the number %d is refused', (ms) => {
    expect(() => durationMs(ms)).toThrow(coded('AMDAHL_METRICS_BAD_DURATION'));
  });

  test('a long text of digits is refused quickly', () => {
    expect(() => durationMs('1'.repeat(100_000))).toThrow(coded('AMDAHL_METRICS_BAD_DURATION'));
  });
});

describe('formatMs', () => {
  test.each([
    [0, '0 ms'],
    [0.18, '180 µs'],
    [0.0123456, '12.3 µs'],
    [0.9996, '1 ms'],
    [12.345, '12.3 ms'],
    [999.4, '999 ms'],
    [999.9, '1 s'],
    [2_350, '2.35 s'],
    [59_990, '1 min'],
    [90_000, '1 min 30 s'],
    [3_600_000, '1 h'],
    [3_661_000, '1 h 1 min 1 s'],
    [-90_000, '-1 min 30 s'],
    [-1.5, '-1.5 ms'],
    [Number.NEGATIVE_INFINITY, '-Infinity ms'],
  ])('%d is %s', (ms, text) => {
    expect(formatMs(ms)).toBe(text);
  });
});
