import { array, assert, constantFrom, integer, property, uniqueArray } from 'fast-check';
import { expect, test } from 'vitest';
import { recommendByComparing, recommendByIndex } from '../../src/users/recommendations.ts';

const tags = uniqueArray(constantFrom('oak', 'lamp', 'sand', 'quiet', 'gift', 'tall'));
const catalogue = array(tags, { maxLength: 40 }).map((lists) =>
  lists.map((list, index) => ({ id: index + 1, tags: list })),
);

test('both ways recommend the same products in the same order', () => {
  assert(
    property(catalogue, uniqueArray(integer({ min: 1, max: 45 })), (products, bought) => {
      expect(recommendByIndex(products)(bought)).toEqual(recommendByComparing(products)(bought));
    }),
  );
});

test('products that share more come first; what was bought or shares nothing is left out', () => {
  const products = [
    { id: 1, tags: ['oak', 'lamp'] },
    { id: 2, tags: ['wool', 'rug'] },
    { id: 3, tags: ['oak', 'shelf'] },
    { id: 4, tags: ['oak', 'lamp', 'tall'] },
  ];
  expect(recommendByIndex(products)([1])).toEqual([4, 3]);
});
