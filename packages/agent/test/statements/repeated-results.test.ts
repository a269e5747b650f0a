import { expect, test } from 'vitest';
import { comparison, digestOf, RepeatedResults } from '../../src/statements/repeated-results.ts';

test('tells the same rows from changed ones, by parameters', () => {
  const results = new RepeatedResults();
  const one = digestOf([{ id: 1, name: 'pen' }], 1);
  const other = digestOf([{ id: 1, name: 'ink' }], 1);
  expect(results.compare(10, one)).toBe(comparison.none);
  expect(results.compare(10, one)).toBe(comparison.same);
  expect(results.compare(10, other)).toBe(comparison.different);
  expect(results.compare(10, other)).toBe(comparison.same);
  expect(results.compare(11, other)).toBe(comparison.none);
});

test('rows count though only the first are looked into', () => {
  const rows = Array.from({ length: 100 }, (_, id) => ({ id }));
  expect(digestOf(rows, 100)).not.toBe(digestOf(rows, 99));
  expect(digestOf(rows, 100)).toBe(digestOf(rows.slice(0, 8), 100));
});

test('looks at the first executions and then at a few', () => {
  const results = new RepeatedResults();
  const sampled = Array.from({ length: 3_200 }, () => results.sample());
  expect(sampled.slice(0, 32).every(Boolean)).toBe(true);
  expect(sampled.filter(Boolean).length).toBeLessThan(32 + 3_200 / 10);
  expect(sampled.slice(32).some(Boolean)).toBe(true);
});
