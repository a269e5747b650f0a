import { describe, expect, test } from 'vitest';
import { planSlices } from '../../src/prove/schedule.ts';

const orderOf = (rounds: number, seed: number): string =>
  planSlices(rounds, seed)
    .map((slice) => slice.side)
    .join('');

describe('the order of slices', () => {
  test('gives each round one slice of each side', () => {
    for (const rounds of [1, 6, 7]) {
      const slices = planSlices(rounds, 3);
      for (let round = 0; round < rounds; round += 1) {
        const sides = slices.filter((slice) => slice.round === round).map((slice) => slice.side);
        expect(sides.toSorted()).toEqual(['a', 'b']);
      }
      expect(slices).toHaveLength(2 * rounds);
    }
  });

  test('mirrors every second round, so that a linear drift cancels', () => {
    for (let seed = 0; seed < 20; seed += 1) {
      expect(orderOf(8, seed)).toMatch(/^(abba|baab){4}$/);
    }
  });

  test('follows the seed', () => {
    expect(orderOf(12, 7)).toBe(orderOf(12, 7));
    expect(
      new Set(Array.from({ length: 20 }, (_, seed) => orderOf(12, seed))).size,
    ).toBeGreaterThan(5);
  });
});
