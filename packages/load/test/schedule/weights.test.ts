import { expect, test } from 'vitest';
import { seededRandom } from '@amdahl/metrics';
import { deal } from '../../src/schedule/deal.ts';
import { WeightedDraw } from '../../src/schedule/weighted-draw.ts';

test('deals turns evenly from the first one on', () => {
  const turns = deal([5, 1, 1]);
  const first = Array.from({ length: 14 }, () => turns.next().value);
  expect(first.slice(0, 7)).toEqual([0, 0, 1, 0, 2, 0, 0]);
  expect(first.slice(7)).toEqual(first.slice(0, 7));
});

test('deals every turn to the only kind', () => {
  const turns = deal([0.3]);
  expect([turns.next().value, turns.next().value]).toEqual([0, 0]);
});

test('draws items as often as their weights say', () => {
  const draw = new WeightedDraw(['rare', 'common'], (item) => (item === 'common' ? 9 : 1));
  const random = seededRandom(1);
  const drawn = Array.from({ length: 10_000 }, () => draw.draw(random));
  const common = drawn.filter((item) => item === 'common').length;
  expect(common / drawn.length).toBeCloseTo(0.9, 1);
});

test('draws the only item', () => {
  expect(new WeightedDraw(['one'], () => 0.1).draw(seededRandom(1))).toBe('one');
});
