import { expect, test } from 'vitest';
import { Guard, ownCpuUs } from '../src/guard.ts';

test('hands arguments and result through', () => {
  const guard = new Guard('test');
  const add = guard.wrap((a: number, b: number, c: number, d: number) => a + b + c + d, 0);
  expect(add(1, 20, 300, 4_000)).toBe(4_321);
  expect(guard.failures).toBe(0);
});

test('swallows errors, counts them, and gives up after ten', () => {
  const guard = new Guard('test');
  let calls = 0;
  const fail = guard.wrap((): string => {
    calls += 1;
    throw new Error('expected by the test');
  }, 'fallback');
  for (let round = 0; round < 20; round += 1) expect(fail()).toBe('fallback');
  expect([calls, guard.failures]).toEqual([10, 10]);
  // Off means all of the instrument.
  const fine = guard.wrap(() => 'fine', 'fallback');
  expect(fine()).toBe('fallback');
});

test('one failing instrument does not touch another', () => {
  const failing = new Guard('failing').wrap(() => JSON.parse('{') as null, null);
  for (let round = 0; round < 20; round += 1) failing();
  expect(new Guard('other').wrap(() => 'fine', 'fallback')()).toBe('fine');
});

test('adds up what the wrapped code costs', () => {
  const guard = new Guard('test');
  const before = ownCpuUs();
  let sum = 0;
  const work = guard.wrap(() => {
    for (let step = 0; step < 2_000; step += 1) sum += Math.sqrt(step);
  }, undefined);
  for (let round = 0; round < 2_000; round += 1) work();
  expect(sum).toBeGreaterThan(0);
  expect(ownCpuUs()).toBeGreaterThan(before);
});
