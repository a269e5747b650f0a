import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exampleOf, hashParameters } from '../../src/statements/parameters.ts';

test('equal lists share a hash, lists that differ do not', () => {
  const lists = [
    [],
    [null],
    [undefined],
    [1],
    [1, 1],
    [[1, 1]],
    ['a'],
    ['b'],
    ['a', 'b'],
    ['b', 'a'],
    [true],
    [1n << 70n],
    [new Date(0)],
    [new Date(1)],
    [Buffer.from('x')],
    [Buffer.from('y')],
    [{ a: 1 }],
    [{ a: 2 }],
  ];
  const hashes = lists.map(hashParameters);
  expect(new Set(hashes).size).toBe(lists.length);
  expect(lists.map(hashParameters)).toEqual(hashes);
});

test('a number and its text are one value, as they are to PostgreSQL', () => {
  expect(hashParameters([5])).toBe(hashParameters(['5']));
});

test('an example is JSON of about a kilobyte at most, whatever the parameters', () => {
  fc.assert(
    fc.property(
      fc.array(fc.anything({ withDate: true, withBigInt: true, withTypedArray: true })),
      (list) => {
        const json = JSON.stringify(exampleOf(list));
        expect(json.length).toBeLessThanOrEqual(1_024);
        expect(JSON.parse(json)).toHaveLength(Math.min(list.length, json.length));
      },
    ),
  );
  const long = exampleOf(['x'.repeat(10_000), Array.from({ length: 10_000 }, (_, index) => index)]);
  expect(JSON.stringify(long).length).toBeLessThanOrEqual(1_024);
});

test('values keep the form that PostgreSQL reads', () => {
  const moment = new Date(Date.UTC(2026, 0, 2));
  expect(exampleOf([1, 'a', null, true, moment, 5n, Buffer.from('hi'), [1, 2]])).toEqual([
    1,
    'a',
    null,
    true,
    '2026-01-02T00:00:00.000Z',
    '5',
    '\\x6869',
    [1, 2],
  ]);
});
