import { expect, test } from 'vitest';
import { DistinctCounter } from '../../src/statements/distinct-counter.ts';
import { hashParameters } from '../../src/statements/parameters.ts';

test('starts at none', () => {
  expect(new DistinctCounter().count).toBe(0);
});

test('is exact up to 64', () => {
  const counter = new DistinctCounter();
  for (let round = 0; round < 3; round += 1) {
    for (let id = 1; id <= 64; id += 1) counter.add(hashParameters([id]));
  }
  expect(counter.count).toBe(64);
});

test.each([65, 200, 1_000, 10_000, 100_000])('estimates %i within a fifth', (distinct) => {
  const counter = new DistinctCounter();
  for (let id = 0; id < distinct; id += 1) counter.add(hashParameters([id, 'a']));
  // Three standard errors of 6.5 %.
  expect(counter.count).toBeGreaterThan(distinct * 0.8);
  expect(counter.count).toBeLessThan(distinct * 1.2);
});

test('what was seen before adds nothing', () => {
  const counter = new DistinctCounter();
  for (let id = 0; id < 500; id += 1) counter.add(hashParameters([id]));
  const before = counter.count;
  for (let id = 0; id < 500; id += 1) counter.add(hashParameters([id]));
  expect(counter.count).toBe(before);
});
