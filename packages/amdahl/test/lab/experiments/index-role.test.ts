import { expect, test } from 'vitest';
import { roleOf } from '../../../src/lab/experiments/index-role.ts';
import type { LabStatement } from '../../../src/lab/experiments/lab-statement.ts';
import { defineIndex } from '../../../src/sql/index-definition.ts';
import { parseStatement } from '../../../src/sql/parser.ts';
import { shapeOf } from '../../../src/sql/statement-shape.ts';
import { column, shopSchema, table } from '../../sql/schema-fixture.ts';

const orders = table(
  'orders',
  ['a', 'b', 'c', 'd'].map((name) => column(name, 'integer')),
);
const schema = shopSchema({ tables: [orders], indexes: [] });

/** `a,b+c`: keys a and b, c included. */
function role(statement: string, text: string, more: { readonly predicate?: string } = {}): string {
  const [keys = '', payload = ''] = text.split('+');
  const { node } = parseStatement(statement);
  const shape = node === null ? null : shapeOf(node, schema);
  const index = defineIndex(
    {
      table: orders,
      method: 'btree',
      keys: keys.split(',').map((name) => ({ column: name })),
      include: payload === '' ? [] : payload.split(','),
      reason: '',
      ...more,
    },
    new Set(),
  );
  return roleOf({ shape } as LabStatement, index);
}

const lookup = 'SELECT a, b FROM orders WHERE a = 1';

test('keys behind the last that is named are of no use', () => {
  expect(role(lookup, 'a,c')).toBe(role(lookup, 'a,d'));
  expect(role(lookup, 'a,c')).not.toBe(role('SELECT a, b FROM orders WHERE a = 1 AND c = 2', 'a'));
  expect(role(lookup, 'c,a')).not.toBe(role(lookup, 'a,c'));
});

test('columns that spare the visit to the table are, together', () => {
  expect(role(lookup, 'a,b')).toBe(role(lookup, 'a,b+c'));
  expect(role(lookup, 'a,b')).toBe(role(lookup, 'a,c+b'));
  expect(role(lookup, 'a,b')).not.toBe(role(lookup, 'a,c'));
  expect(role('SELECT * FROM orders WHERE a = 1', 'a,b')).toBe(
    role('SELECT * FROM orders WHERE a = 1', 'a,c'),
  );
});

test('all columns are spared the visit as well', () => {
  const all = 'SELECT * FROM orders WHERE a = 1';
  expect(role(all, 'a,b+c,d')).not.toBe(role(all, 'a,b+c'));
});

test('one key alone, and the rows of a condition, are uses of their own', () => {
  expect(role(lookup, 'a')).not.toBe(role(lookup, 'a,c'));
  expect(role(lookup, 'a,c', { predicate: 'd = 1' })).not.toBe(role(lookup, 'a,c'));
});

test('order and groups name keys as conditions do', () => {
  const sorted = 'SELECT a FROM orders WHERE a = 1 ORDER BY c';
  expect(role(sorted, 'a,c')).not.toBe(role(sorted, 'a,d'));
  const grouped = 'SELECT c, count(*) FROM orders GROUP BY c';
  expect(role(grouped, 'a,c')).not.toBe(role(grouped, 'a,d'));
});
