import { describe, expect, test } from 'vitest';
import { parseStatement } from '../../src/sql/parser.ts';
import { shapeOf, type StatementShape } from '../../src/sql/statement-shape.ts';
import { shopSchema } from './schema-fixture.ts';

function read(text: string, ...parameters: unknown[]): StatementShape {
  const { node, error } = parseStatement(text);
  const shape = node === null ? null : shapeOf(node, shopSchema(), parameters);
  if (shape === null) throw new Error(error ?? 'no shape');
  return shape;
}

/** Conditions as short texts: `orders.user_id equality join`. */
function conditions(text: string, ...parameters: unknown[]): readonly string[] {
  return read(text, ...parameters).blocks.flatMap((block) =>
    block.predicates.map(({ relation, column, expression, operator, join }) =>
      [`${relation.table.name}.${column.name}`, expression, operator, join ? 'join' : null]
        .filter((part) => part !== null)
        .join(' '),
    ),
  );
}

describe('conditions', () => {
  test.each([
    ['user_id = $1', ['orders.user_id equality']],
    ['$1 = user_id', ['orders.user_id equality']],
    ['user_id IN (1, 2)', ['orders.user_id in']],
    ['user_id = ANY ($1)', ['orders.user_id in']],
    ['user_id NOT IN (1, 2)', []],
    ['user_id <> 5', []],
    ['total > 5 AND total <= 9', ['orders.total range', 'orders.total range']],
    ['total BETWEEN 1 AND $1', ['orders.total range']],
    ['status IS NULL', ['orders.status null']],
    ['status IS NOT NULL', ['orders.status not-null']],
    ["status @> 'x'", ['orders.status element']],
    ["'x' <@ status", ['orders.status element']],
    ["status LIKE 'pa%'", ['orders.status prefix']],
    ["status LIKE '%id'", ['orders.status contains']],
    ["status ILIKE 'pa%'", ['orders.status contains']],
    ["status NOT LIKE 'pa%'", []],
    ['lower(status) = $1', ['orders.status lower(status) equality']],
    ['created_at::date = $1', ['orders.created_at created_at::date equality']],
    ['total = user_id', []],
    ['total + user_id = 5', []],
    [
      "status LIKE '%a%' OR status LIKE '%b%'",
      ['orders.status contains', 'orders.status contains'],
    ],
    ['user_id = 1 OR total = 2', []],
    ['NOT (user_id = 1)', []],
  ])('%s', (condition, expected) => {
    expect(conditions(`SELECT 1 FROM orders WHERE ${condition}`)).toEqual(expected);
  });

  test('LIKE with a parameter is read by the value that was sent', () => {
    const text = 'SELECT 1 FROM orders WHERE status LIKE $1';
    expect(conditions(text, 'pa%')).toEqual(['orders.status prefix']);
    expect(conditions(text, '%pa%')).toEqual(['orders.status contains']);
    expect(conditions(text)).toEqual([]);
  });

  test('a flag alone, or negated, is compared for equality', () => {
    expect(conditions('SELECT 1 FROM users WHERE active')).toEqual(['users.active equality']);
    expect(conditions('SELECT 1 FROM users u WHERE NOT u.active')).toEqual([
      'users.active equality',
    ]);
  });
});

describe('tables', () => {
  test('a join gives either side a condition', () => {
    expect(
      conditions('SELECT 1 FROM orders o JOIN users u ON u.id = o.user_id WHERE u.email = $1'),
    ).toEqual(['users.id equality join', 'orders.user_id equality join', 'users.email equality']);
  });

  test('a correlated subquery sees the tables around it', () => {
    expect(
      conditions(
        'SELECT 1 FROM users u WHERE EXISTS (SELECT FROM orders o WHERE o.user_id = u.id AND total > 5)',
      ),
    ).toEqual(['orders.user_id equality join', 'orders.total range']);
  });

  test('IN over a subquery is a join from outside', () => {
    expect(
      conditions("SELECT 1 FROM users WHERE id IN (SELECT user_id FROM orders WHERE status = 'x')"),
    ).toEqual(['users.id equality join', 'orders.status equality']);
  });

  test('a CTE is no table, even when a table has its name', () => {
    expect(
      conditions(
        'WITH orders AS (SELECT * FROM products WHERE price = 5) SELECT 1 FROM orders WHERE id = 1',
      ),
    ).toEqual(['products.price equality']);
  });

  test('set operations, LATERAL, UPDATE … FROM and DELETE … USING are read', () => {
    expect(
      conditions(
        'SELECT id FROM users WHERE id = 1 UNION ALL SELECT id FROM products WHERE price = 2',
      ),
    ).toEqual(['users.id equality', 'products.price equality']);
    expect(
      conditions(
        'SELECT 1 FROM users u, LATERAL (SELECT 1 FROM orders o WHERE o.user_id = u.id) x',
      ),
    ).toEqual(['orders.user_id equality join']);
    expect(
      conditions('UPDATE orders o SET total = 0 FROM users u WHERE u.id = o.user_id AND u.active'),
    ).toEqual(['users.id equality join', 'orders.user_id equality join', 'users.active equality']);
    expect(conditions('DELETE FROM orders USING users u WHERE u.id = user_id')).toEqual([
      'users.id equality join',
      'orders.user_id equality join',
    ]);
    expect(conditions('INSERT INTO orders SELECT * FROM orders WHERE total = 1')).toEqual([
      'orders.total equality',
    ]);
  });
});

describe('order and columns', () => {
  const sortOf = (text: string): readonly string[] =>
    read(text).blocks[0]?.sort.map(
      (key) =>
        `${key.column.name}${key.descending ? ' desc' : ''}${key.nullsFirst ? ' nulls first' : ''}`,
    ) ?? [];

  test.each([
    ['ORDER BY created_at DESC, id', ['created_at desc nulls first', 'id']],
    ['ORDER BY created_at DESC NULLS LAST', ['created_at desc']],
    ['ORDER BY 2', ['total']],
    ['ORDER BY money', ['total']],
    ['ORDER BY lower(status)', []],
    ['ORDER BY created_at, random()', []],
  ])('%s', (clause, expected) => {
    expect(sortOf(`SELECT id, total AS money FROM orders ${clause}`)).toEqual(expected);
  });

  test('an order over two tables is none of either', () => {
    expect(
      sortOf('SELECT 1 FROM orders o JOIN users u ON u.id = o.user_id ORDER BY o.total, u.name'),
    ).toEqual([]);
  });

  test('columns read are those named anywhere in the block, or all', () => {
    const columnsOf = (text: string): unknown => {
      const columns = read(text).blocks[0]?.relations[0]?.columnsRead;
      return columns === 'all'
        ? 'all'
        : [...(columns ?? [])].toSorted((a, b) => a.localeCompare(b));
    };
    expect(columnsOf('SELECT id FROM orders WHERE total > 5 ORDER BY status')).toEqual([
      'id',
      'status',
      'total',
    ]);
    expect(columnsOf('SELECT o.* FROM orders o')).toBe('all');
    expect(columnsOf('SELECT o FROM orders o')).toBe('all');
    expect(columnsOf('SELECT u.* FROM orders o JOIN users u ON u.id = o.user_id')).toEqual([
      'user_id',
    ]);
  });

  test('only a limit that is set limits', () => {
    expect(read('SELECT 1 FROM orders LIMIT 5').blocks[0]?.limited).toBe(true);
    expect(read('SELECT 1 FROM orders LIMIT NULL').blocks[0]?.limited).toBe(false);
    expect(read('SELECT 1 FROM orders').blocks[0]?.limited).toBe(false);
  });
});

test('what is not planned has no shape', () => {
  for (const text of ['BEGIN', 'SET work_mem = 1', 'CREATE TABLE x ()']) {
    const { node } = parseStatement(text);
    expect(node === null ? null : shapeOf(node, shopSchema())).toBeNull();
  }
});

describe('joins with what is no table', () => {
  test.each([
    ['SELECT 1 FROM orders o JOIN (SELECT 1 AS id) s ON o.user_id = s.id', ['orders.user_id']],
    ['WITH s AS (SELECT 1 AS id) SELECT 1 FROM orders, s WHERE user_id = s.id', ['orders.user_id']],
    [
      'SELECT 1 FROM orders JOIN unnest($1::int[]) AS wanted ON user_id = wanted',
      ['orders.user_id'],
    ],
    ['SELECT 1 FROM orders o JOIN (VALUES (1)) v (id) ON v.id = o.user_id', ['orders.user_id']],
    ['SELECT 1 FROM orders o WHERE o.user_id = o.tableoid', []],
  ])('%s', (text, expected) => {
    expect(conditions(text)).toEqual(expected.map((column) => `${column} equality join`));
  });
});

describe('MERGE', () => {
  const text = `MERGE INTO orders o USING (SELECT * FROM users WHERE email = $1) u
    ON o.user_id = u.id AND o.status = $2
    WHEN MATCHED AND o.total > (SELECT max(total) FROM orders WHERE total < $3) THEN DELETE`;

  test('joins its target by its condition, and reads its source and its subqueries', () => {
    expect(read(text).kind).toBe('merge');
    expect(conditions(text)).toEqual([
      'orders.user_id equality join',
      'orders.status equality',
      'users.email equality',
      'orders.total range',
    ]);
  });
});
