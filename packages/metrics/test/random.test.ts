import { expect, test } from 'vitest';
import { seededRandom } from '../src/random.ts';

test.each([
  [0, [1684164658, 3653269916, 2939563536, 2141751570]],
  [1, [1580013426, 350525680, 3524174333, 3011703609]],
  [2 ** 32 - 1, [3950124170, 4293442868, 1302505678, 2762329221]],
])('yields the same sequence from seed %i on every machine', (seed, words) => {
  const random = seededRandom(seed);
  expect(words.map(() => random.next() * 2 ** 32)).toEqual(words);
});

test('spreads numbers evenly', () => {
  const random = seededRandom(42);
  const buckets = Array<number>(10).fill(0);
  for (let draw = 0; draw < 100_000; draw += 1) {
    const bucket = Math.floor(random.next() * 10);
    buckets[bucket] = buckets[bucket]! + 1;
  }
  // Five standard deviations of a bucket's count.
  for (const count of buckets) expect(Math.abs(count - 10_000)).toBeLessThan(475);
});

test('draws whole numbers, both ends included, and elements', () => {
  const random = seededRandom(1);
  const drawn = new Set(Array.from({ length: 200 }, () => random.integer(3, 5)));
  expect(drawn).toEqual(new Set([3, 4, 5]));
  expect(new Set(Array.from({ length: 100 }, () => random.pick(['a', 'b'])))).toEqual(
    new Set(['a', 'b']),
  );
});

test('forks into generators that do not depend on earlier draws', () => {
  const random = seededRandom(1);
  const before = random.fork(3).next();
  random.next();
  expect(random.fork(3).next()).toBe(before);
  const firsts = Array.from({ length: 1_000 }, (_, label) => random.fork(label).next());
  expect(new Set(firsts).size).toBe(1_000);
});
