import { expect, test } from 'vitest';
import { seededRandom } from '@amdahl/metrics';
import { constant, exponential, normal, uniform, type ThinkTime } from '../src/think-time.ts';

function drawn(time: ThinkTime): { mean: number; least: number; most: number } {
  const random = seededRandom(1);
  const times = Array.from({ length: 20_000 }, () => time.draw(random));
  return {
    mean: times.reduce((sum, ms) => sum + ms, 0) / times.length,
    least: Math.min(...times),
    most: Math.max(...times),
  };
}

test('draws the same pause, or one between two', () => {
  expect(drawn(constant('1s'))).toMatchObject({ least: 1_000, most: 1_000 });
  const between = drawn(uniform('1s', '5s'));
  expect(between.mean / 3_000).toBeCloseTo(1, 1);
  expect(between.least).toBeGreaterThanOrEqual(1_000);
  expect(between.most).toBeLessThan(5_000);
  expect(uniform('1s', '5s').meanMs).toBe(3_000);
});

test('draws memoryless pauses, and ones around a mean, never below zero', () => {
  const memoryless = drawn(exponential('100ms'));
  expect(memoryless.mean / 100).toBeCloseTo(1, 1);
  expect(memoryless.most).toBeGreaterThan(600);
  const around = drawn(normal('100ms', '20ms'));
  expect(around.mean / 100).toBeCloseTo(1, 1);
  expect(drawn(normal('10ms', '20ms')).least).toBe(0);
});
