import { expect, test } from 'vitest';
import { starredTables, withoutStars } from '../../src/sql/starred-tables.ts';
import { shopSchema } from './schema-fixture.ts';

const schema = shopSchema();
const names = (text: string): readonly string[] =>
  starredTables(text, schema).map(({ name }) => name);

test.each([
  ['SELECT * FROM products', ['products']],
  ['SELECT p.* FROM orders o JOIN products p ON true', ['products']],
  ['SELECT * FROM orders o JOIN products p ON true', ['orders', 'products']],
  ['SELECT public.products.* FROM products', ['products']],
  ['SELECT id FROM products', []],
  ['SELECT count(*) FROM products', []],
  ['SELECT q.id FROM (SELECT * FROM products) q', []],
  ['SELECT p.* FROM (SELECT * FROM orders) q JOIN products p ON true', ['products']],
  ['UPDATE products SET price = 1', []],
])('%s', (text, expected) => {
  expect(names(text)).toEqual(expected);
});

test('the star is written out without the columns left out', () => {
  expect(
    withoutStars(
      'SELECT p.*, o.total FROM orders o JOIN products p ON true',
      schema,
      (_table, name) => name !== 'description',
    ),
  ).toBe(
    'SELECT\n  p.id,\n  p.name,\n  p.price,\n  o.total\nFROM orders AS o\nJOIN products AS p ON true',
  );
});
