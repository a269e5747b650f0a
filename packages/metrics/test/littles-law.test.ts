import { expect, test } from 'vitest';
import { capacityFor, concurrencyOf } from '../src/index.ts';
import { coded } from './coded.ts';

test('concurrency is rate times time', () => {
  expect(concurrencyOf(200, 50)).toBe(10);
  expect(concurrencyOf(0, 50)).toBe(0);
});

test('10,000 a second at 100 ms and 70 % take 1,429 connections', () => {
  expect(capacityFor(10_000, 100, 0.7)).toBe(1_429);
  expect(capacityFor(10, 100, 1)).toBe(1);
});

test('negative and missing figures are refused', () => {
  expect(() => concurrencyOf(-1, 50)).toThrow(coded('AMDAHL_METRICS_BAD_ARGUMENT'));
  expect(() => concurrencyOf(1, Number.NaN)).toThrow(coded('AMDAHL_METRICS_BAD_ARGUMENT'));
  for (const target of [0, 70, Number.NaN]) {
    expect(() => capacityFor(10, 10, target)).toThrow(coded('AMDAHL_METRICS_BAD_ARGUMENT'));
  }
});
