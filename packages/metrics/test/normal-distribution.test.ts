import { expect, test } from 'vitest';
import { normalUpperQuantile, normalUpperTail } from '../src/normal-distribution.ts';

// scipy.stats.norm.sf and isf, SciPy 1.17.
test.each([
  [0, 0.5],
  [0.5, 0.3085375387259869],
  [1, 0.15865525393145707],
  [1.96, 0.024997895148220435],
  [2.999, 0.0013543365337271057],
  [3, 0.0013498980316300933],
  [3.001, 0.0013454728250849653],
  [5, 2.866515718791933e-7],
  [10, 7.61985302416047e-24],
])('the upper tail of %d', (z, probability) => {
  expect(normalUpperTail(z) / probability).toBeCloseTo(1, 10);
  expect(normalUpperTail(-z)).toBeCloseTo(1 - probability, 14);
});

test.each([
  [0.025, 1.9599639845400545],
  [0.005, 2.575829303548901],
  [0.5, 0],
  [0.9, -1.2815515655446004],
])('the upper quantile of %d', (probability, z) => {
  expect(normalUpperQuantile(probability)).toBeCloseTo(z, 10);
});
