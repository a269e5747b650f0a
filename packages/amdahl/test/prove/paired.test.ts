import { seededRandom } from '@amdahl/load';
import { describe, expect, test } from 'vitest';
import { adjustForMany, comparePairs, leastRounds } from '../../src/prove/paired.ts';

const exponential = (random: () => number): number => -Math.log(1 - random());

describe('comparing pairs', () => {
  test('gives medians but no interval below six rounds', () => {
    const five = comparePairs(
      [1, 2, 3, 4, 5].map((a) => ({ a, b: 2 * a })),
      1,
    );
    expect(five).toEqual({ a: 3, b: 6, difference: null, ratio: null, pValue: null });
    expect(leastRounds).toBe(6);
    expect(comparePairs([], 1)).toMatchObject({ a: 0, b: 0, ratio: null });
  });

  test('takes what both slices of a round share out of the interval', () => {
    // The machine is up to five times slower in some rounds; B always takes half as long as A.
    const figure = comparePairs(
      [10, 50, 20, 30, 15, 40].map((a) => ({ a, b: a / 2 })),
      1,
    );
    expect(figure.ratio).toEqual({ low: 0.5, mid: 0.5, high: 0.5 });
    expect(figure.difference?.high).toBeLessThan(0);
  });

  test('estimates the ratio and the difference of the medians it shows', () => {
    const pairs = [31, 14, 15, 92, 65, 35].map((a, index) => ({
      a,
      b: [27, 18, 28, 18, 28, 45][index] as number,
    }));
    const { a, b, ratio, difference } = comparePairs(pairs, 1);
    expect([a, b]).toEqual([33, 27.5]);
    expect(ratio?.mid).toBe(b / a);
    expect(difference?.mid).toBe(b - a);
  });

  test('is the same for the same seed', () => {
    const pairs = [3, 1, 4, 1, 5, 9, 2, 6].map((a, index) => ({ a, b: a + index }));
    expect(comparePairs(pairs, 5)).toEqual(comparePairs(pairs, 5));
  });

  test('gives no ratio where A is zero', () => {
    const figure = comparePairs(
      [0, 1, 1, 1, 1, 1].map((a) => ({ a, b: 1 })),
      1,
    );
    expect(figure.ratio).toBeNull();
    expect(figure.difference).not.toBeNull();
  });

  test('holds the true ratio in about 95 % of experiments, with drift and skewed noise', () => {
    const random = seededRandom(11);
    const experiments = 300;
    let held = 0;
    for (let experiment = 0; experiment < experiments; experiment += 1) {
      let drift = 100;
      const pairs = Array.from({ length: 8 }, () => {
        drift *= 1 + 0.2 * (random.next() - 0.5);
        const noisy = (ms: number): number => ms * (1 + 0.05 * exponential(() => random.next()));
        return { a: noisy(drift), b: noisy(drift * 0.8) };
      });
      const ratio = comparePairs(pairs, experiment).ratio;
      if (ratio !== null && ratio.low <= 0.8 && 0.8 <= ratio.high) held += 1;
    }
    expect(held / experiments).toBeGreaterThan(0.89);
    expect(held / experiments).toBeLessThan(0.99);
  });
});

describe('p-values of many routes', () => {
  test('are adjusted as Holm did, in whatever order they come', () => {
    // Holm 1979: sorted 0.01, 0.02, 0.03, 0.04 times 4, 3, 2, 1, never falling.
    expect(adjustForMany([0.04, 0.01, 0.03, 0.02])).toEqual([0.06, 0.04, 0.06, 0.06]);
  });

  test('leave a single one as it is, stop at 1, and skip what has none', () => {
    expect(adjustForMany([0.03])).toEqual([0.03]);
    expect(adjustForMany([null, 0.6, 0.9])).toEqual([null, 1, 1]);
  });
});
