import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mannWhitney, samplesPerSideForRankTest } from '../src/index.ts';
import { coded } from './coded.ts';

describe('agrees with SciPy 1.17 (scipy.stats.mannwhitneyu)', () => {
  test('without ties', () => {
    expect(mannWhitney([20, 11, 17, 12], [19, 22, 16, 29, 24])).toEqual({
      u: 17,
      pValue: expect.closeTo(0.1111111111111111, 14),
      method: 'exact',
      commonLanguage: 0.85,
      cliffsDelta: expect.closeTo(0.7, 14),
    });
  });

  test('with ties', () => {
    const result = mannWhitney([1, 2, 2, 3, 4, 4, 4, 9], [3, 4, 5, 5, 6, 7, 8, 9, 9]);
    expect(result.u).toBe(59);
    expect(result.method).toBe('normal');
    expect(result.pValue).toBeCloseTo(0.028671432706729033, 12);
  });

  test('with fifty samples on a side', () => {
    const a = Array.from({ length: 50 }, (_, i) => i);
    const result = mannWhitney(
      a,
      a.map((value) => value + 8.5),
    );
    expect(result.method).toBe('normal');
    expect(result.pValue).toBeCloseTo(0.007400817295091046, 12);
  });

  test('with forty-nine samples on a side', () => {
    const a = Array.from({ length: 49 }, (_, i) => i);
    const result = mannWhitney(
      a,
      a.map((value) => value + 8.5),
    );
    expect(result.method).toBe('exact');
    expect(result.pValue).toBeCloseTo(0.006556364983585553, 12);
  });
});

test('the exact p-value is that of all arrangements', () => {
  const side = fc.integer({ min: 1, max: 5 });
  fc.assert(
    fc.property(side, side, fc.nat(), (inA, inB, seed) => {
      const arrangements = choices(inA + inB, inA);
      const chosen = arrangements[seed % arrangements.length] as number[];
      const middle = (inA * inB) / 2;
      const distances = arrangements.map((ranks) => Math.abs(pairsWon(ranks, inA + inB) - middle));
      const a = chosen;
      const b = others(chosen, inA + inB);
      const { u, pValue } = mannWhitney(a, b);
      expect(u).toBe(pairsWon(chosen, inA + inB));
      const extreme = distances.filter((distance) => distance >= Math.abs(u - middle)).length;
      expect(pValue).toBeCloseTo(extreme / arrangements.length, 12);
    }),
  );
});

test('swapping the sides turns the effect around and keeps the p-value', () => {
  const samples = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(samples, samples, (a, b) => {
      const there = mannWhitney(a, b);
      const back = mannWhitney(b, a);
      expect(there.u + back.u).toBe(a.length * b.length);
      expect(there.pValue).toBeCloseTo(back.pValue, 12);
      expect(there.cliffsDelta).toBeCloseTo(-back.cliffsDelta, 12);
      expect(there.pValue).toBeGreaterThan(0);
      expect(there.pValue).toBeLessThanOrEqual(1);
    }),
  );
});

test('equal sides do not differ', () => {
  const result = mannWhitney([3, 3, 3], [3, 3, 3]);
  expect(result.pValue).toBe(1);
  expect(result.commonLanguage).toBe(0.5);
  expect(result.cliffsDelta).toBe(0);
});

test('completely separated sides have the full effect', () => {
  expect(mannWhitney([1, 2, 3, 4], [5, 6, 7, 8])).toEqual({
    u: 16,
    pValue: expect.closeTo(2 / 70, 14),
    method: 'exact',
    commonLanguage: 1,
    cliffsDelta: 1,
  });
});

test('significance at 0.05 takes four samples a side', () => {
  expect(samplesPerSideForRankTest()).toBe(4);
  expect(samplesPerSideForRankTest(0.1)).toBe(3);
  expect(samplesPerSideForRankTest(0.01)).toBe(5);
  expect(mannWhitney([1, 2, 3], [4, 5, 6]).pValue).toBeGreaterThan(0.05);
});

test('an empty side is refused', () => {
  expect(() => mannWhitney([], [1])).toThrow(coded('AMDAHL_METRICS_BAD_ARGUMENT'));
  expect(() => mannWhitney([1], [])).toThrow(coded('AMDAHL_METRICS_BAD_ARGUMENT'));
});

/** All ways to choose `size` of the ranks 1..`of`. */
function choices(of: number, size: number): number[][] {
  if (size === 0) return [[]];
  if (of < size) return [];
  return [...choices(of - 1, size), ...choices(of - 1, size - 1).map((chosen) => [...chosen, of])];
}

function others(chosen: readonly number[], of: number): number[] {
  return Array.from({ length: of }, (_, index) => index + 1).filter(
    (rank) => !chosen.includes(rank),
  );
}

function pairsWon(chosen: readonly number[], of: number): number {
  return others(chosen, of).flatMap((rank) => chosen.filter((other) => rank > other)).length;
}
