import { describe, expect, test } from 'vitest';
import type { CatalogArtifact, CatalogIndex } from '../../src/artifacts/catalog.ts';
import { indexCandidates } from '../../src/sql/index-candidates.ts';
import { concurrently, indexName, type LabIndex } from '../../src/sql/index-definition.ts';
import { parseStatement } from '../../src/sql/parser.ts';
import { shapeOf } from '../../src/sql/statement-shape.ts';
import { column, index, shopCatalog, shopSchema, table } from './schema-fixture.ts';

function candidates(text: string, more: Partial<CatalogArtifact> = {}): readonly LabIndex[] {
  const schema = shopSchema(more);
  const { node } = parseStatement(text);
  const shape = node === null ? null : shapeOf(node, schema);
  return shape === null ? [] : indexCandidates(shape, schema);
}

/** `(user_id, created_at) INCLUDE (id)` */
function keys(text: string, more: Partial<CatalogArtifact> = {}): readonly string[] {
  return candidates(text, more).map((each) => each.definition.replace(/^.*? ON \w+ /, ''));
}

describe('columns by their role', () => {
  test('equality, then order', () => {
    expect(
      keys('SELECT * FROM orders WHERE user_id = $1 ORDER BY created_at DESC LIMIT 9'),
    ).toEqual(['(user_id, created_at)', '(user_id)', '(created_at)']);
  });

  test('an order of mixed directions is named', () => {
    expect(keys('SELECT * FROM orders WHERE user_id = 1 ORDER BY created_at DESC, id')[0]).toBe(
      '(user_id, created_at DESC, id ASC)',
    );
    expect(keys('SELECT * FROM orders ORDER BY total DESC NULLS LAST LIMIT 5')).toEqual([
      '(total DESC NULLS LAST)',
    ]);
  });

  test('equality, then one range', () => {
    expect(
      keys("SELECT * FROM orders WHERE status = 'x' AND total > 5 AND placed_on < $1"),
    ).toEqual(['(status, total)', '(status, placed_on)', '(status)', '(total)', '(placed_on)']);
  });

  test('the most telling of the columns compared for equality comes first, lists last', () => {
    const found = keys(
      "SELECT * FROM orders WHERE status = 'x' AND total IN (1, 2) AND user_id = 5",
    );
    expect(found).toContain('(user_id, status)');
    expect(found).toContain('(user_id, status, total)');
  });

  test('columns that are only returned are included while they are few and narrow', () => {
    expect(keys('SELECT total FROM orders WHERE user_id = $1')).toContain(
      '(user_id) INCLUDE (total)',
    );
    expect(keys('SELECT * FROM orders WHERE user_id = $1')).toEqual(['(user_id)']);
    expect(keys('SELECT description FROM products WHERE price = 5')).toEqual(['(price)']);
  });

  test('a unique key needs no columns beside it', () => {
    expect(keys('SELECT total FROM orders WHERE id = $1')).toEqual([]);
    expect(keys('SELECT total FROM orders WHERE id = $1 AND user_id = $2')).not.toContain(
      '(id, user_id) INCLUDE (total)',
    );
  });

  test('a join column serves the inner side', () => {
    expect(
      keys("SELECT u.email FROM users u JOIN orders o ON o.user_id = u.id WHERE o.status = 'x'"),
    ).toContain('(user_id, status)');
  });

  test('an order without a limit and without a condition is no reason', () => {
    expect(keys('SELECT * FROM orders ORDER BY total')).toEqual([]);
  });
});

describe('special indexes', () => {
  test('LIKE with a beginning needs the pattern operator class unless strings compare by bytes', () => {
    const text = "SELECT * FROM users WHERE email LIKE 'a%'";
    expect(keys(text)).toEqual(['(email)']);
    const collation = { provider: 'libc', name: 'en_US.UTF-8', bytewise: false } as const;
    expect(keys(text, { collation })).toEqual(['(email text_pattern_ops)']);
    expect(keys("SELECT * FROM users WHERE name LIKE 'a%'", { collation })).toEqual([
      '(name varchar_pattern_ops)',
    ]);
  });

  test('a pattern inside a text needs trigrams, and the extension when it is not there', () => {
    const text = "SELECT * FROM products WHERE name ILIKE '%x%' OR description ILIKE '%x%'";
    const [found] = candidates(text);
    expect(found).toMatchObject({ method: 'gin', rule: 'leading-wildcard', requires: 'pg_trgm' });
    expect(found?.definition).toBe(
      'CREATE INDEX products_name_gin_trgm_description_gin_trgm_idx ON products ' +
        'USING gin (name gin_trgm_ops, description gin_trgm_ops)',
    );
    const extensions = [{ name: 'pg_trgm', schema: 'public' }];
    expect(candidates(text, { extensions })[0]?.requires).toBeUndefined();
  });

  test('a function around a column needs an index on the expression', () => {
    const [found] = candidates('SELECT * FROM users u WHERE lower(u.email) = $1');
    expect(found).toMatchObject({ rule: 'function-on-column' });
    expect(found?.definition).toBe('CREATE INDEX users_lower_email_idx ON users ((lower(email)))');
  });
});

describe('indexes of few rows', () => {
  /** 1 % of the orders failed, no user is inactive in the sample, a tenth has no date. */
  const { tables } = shopCatalog();
  const common = {
    status: ['{shipped,paid,failed}', '{0.7,0.29,0.01}', 0],
    active: ['{t}', '{1}', 0],
    placed_on: [null, null, 0.9],
  } as const;
  const skewed = {
    tables: tables.map((table) => ({
      ...table,
      columns: table.columns.map((each) => {
        const known = common[each.name as keyof typeof common];
        if (known === undefined || each.statistics === null) return each;
        const [mostCommonValues, mostCommonFrequencies, nullFraction] = known;
        return {
          ...each,
          statistics: { ...each.statistics, mostCommonValues, mostCommonFrequencies, nullFraction },
        };
      }),
    })),
  };
  const partial = (text: string): readonly string[] =>
    keys(text, skewed).filter((each) => each.includes(' WHERE '));

  test('a rare constant of the text narrows the index that the other conditions want', () => {
    expect(
      partial("SELECT * FROM orders o WHERE o.status = 'failed' ORDER BY created_at LIMIT 5"),
    ).toEqual(["(created_at) WHERE status = 'failed'"]);
    expect(partial("SELECT * FROM orders WHERE status IN ('failed', 'lost')")).toEqual([
      "(id) WHERE status IN ('failed', 'lost')",
    ]);
    expect(partial('SELECT id FROM users WHERE NOT active AND name = $1')).toEqual([
      '(name) WHERE NOT (active)',
      '(name) INCLUDE (id, active) WHERE NOT (active)',
    ]);
    expect(partial('SELECT * FROM orders WHERE placed_on IS NOT NULL AND user_id = $1')).toEqual([
      '(user_id) WHERE placed_on IS NOT NULL',
    ]);
  });

  test('says how few rows are in it', () => {
    const found = candidates("SELECT * FROM orders WHERE status = 'failed'", skewed).find(
      ({ predicate }) => predicate !== undefined,
    );
    expect(found).toMatchObject({
      predicate: "status = 'failed'",
      selectivity: 0.01,
      name: 'orders_id_where_status_failed_idx',
    });
  });

  test.each([
    ['a parameter could be any value', 'SELECT * FROM orders WHERE status = $1'],
    ['a common value leaves most rows', "SELECT * FROM orders WHERE status = 'shipped'"],
    ['most rows are null', 'SELECT * FROM orders WHERE placed_on IS NULL'],
    ['a column of many values is no state', 'SELECT * FROM orders WHERE user_id = 77'],
  ])('not where %s', (_why, text) => {
    expect(partial(text)).toEqual([]);
  });
});

describe('elements', () => {
  const { tables } = shopCatalog();
  const documents = table('documents', [
    column('id', 'integer'),
    column('tags', 'text[]'),
    column('body', 'text'),
    column('words', 'tsvector'),
    column('data', 'jsonb'),
    column('valid', 'daterange'),
  ]);
  test.each([
    ["tags @> ARRAY['x']", '(tags)'],
    ["ARRAY['x'] <@ tags", '(tags)'],
    ['tags && $1', '(tags)'],
    ['data @> $1', '(data jsonb_path_ops)'],
    ['data ? $1', '(data)'],
    ['words @@ to_tsquery($1)', '(words)'],
    [
      "to_tsvector('english', body) @@ plainto_tsquery('english', $1)",
      "((to_tsvector('english', body)))",
    ],
  ])('%s wants a GIN index', (condition, expected) => {
    const more = { tables: [...tables, documents] };
    expect(keys(`SELECT * FROM documents d WHERE ${condition}`, more)).toEqual([
      `USING gin ${expected}`,
    ]);
  });

  test('what GIN does not index is left alone', () => {
    const more = { tables: [...tables, documents] };
    expect(keys('SELECT * FROM documents WHERE valid @> $1', more)).toEqual([]);
  });
});

test('the columns of GROUP BY and DISTINCT come in order', () => {
  expect(keys('SELECT user_id, count(*) FROM orders GROUP BY user_id')).toEqual(['(user_id)']);
  expect(keys('SELECT DISTINCT status FROM orders WHERE user_id = $1')).toContain(
    '(user_id, status)',
  );
});

test('the least and the greatest value are at the ends of an index', () => {
  expect(keys('SELECT max(created_at) FROM orders WHERE user_id = $1')[0]).toBe(
    '(user_id, created_at)',
  );
});

describe('what is there already', () => {
  const text = 'SELECT * FROM orders WHERE user_id = $1';
  const { indexes } = shopCatalog();

  test('is not proposed again, be it as the beginning of a longer index', () => {
    expect(keys('SELECT * FROM orders WHERE id = $1')).toEqual([]);
    const longer = index('orders', 'o_idx', ['user_id', 'total']);
    expect(keys(text, { indexes: [...indexes, longer] })).toEqual([]);
  });

  test('does not count when it is partial, of another kind or in another order', () => {
    const others = [
      index('orders', 'a', ['user_id'], { predicate: '(total > 5)' }),
      index('orders', 'b', ['user_id'], { method: 'hash' }),
      index('orders', 'c', ['total', 'user_id']),
    ];
    expect(keys(text, { indexes: [...indexes, ...others] })).toEqual(['(user_id)']);
  });

  test('keeps its name', () => {
    const taken = index('orders', 'orders_user_id_idx', ['total']);
    expect(candidates(text, { indexes: [...indexes, taken] })[0]?.name).toBe('orders_user_id_idx1');
  });
});

test('a definition becomes a migration that blocks no writes, and names its index', () => {
  const [found] = candidates('SELECT * FROM orders WHERE user_id = $1');
  expect(concurrently(found?.definition ?? '')).toBe(
    'CREATE INDEX CONCURRENTLY orders_user_id_idx ON orders (user_id)',
  );
  expect(indexName(found?.definition ?? '')).toBe('orders_user_id_idx');
  expect(indexName('CREATE INDEX "Odd ""name" ON x (y)')).toBe('"Odd ""name"');
});

describe('what a wider index of the table begins with', () => {
  const wider = (more: Partial<CatalogIndex> = {}): Partial<CatalogArtifact> => ({
    indexes: [...shopCatalog().indexes, index('orders', 'wide', ['user_id', 'created_at'], more)],
  });
  const text = 'SELECT * FROM orders WHERE user_id = $1';
  const narrower = (more: Partial<CatalogArtifact>): readonly LabIndex[] => {
    const schema = shopSchema(more);
    const { node } = parseStatement(text);
    const shape = node === null ? null : shapeOf(node, schema);
    return shape === null ? [] : indexCandidates(shape, schema, { narrower: true });
  };

  test('is proposed only where that is asked for, and then beside it', () => {
    expect(keys(text, wider())).toEqual([]);
    expect(narrower(wider()).map(({ definition, beside }) => [definition, beside?.name])).toEqual([
      ['CREATE INDEX orders_user_id_idx ON orders (user_id)', 'wide'],
    ]);
    expect(narrower({}).map(({ beside }) => beside)).toEqual([undefined]);
  });

  test('is not when one as narrow is there, or the wider one only carries more', () => {
    const both = [...(wider().indexes ?? []), index('orders', 'narrow', ['user_id'])];
    expect(narrower({ indexes: both })).toEqual([]);
    const carrying = index('orders', 'carrying', ['user_id'], { include: ['total'] });
    expect(narrower({ indexes: [...shopCatalog().indexes, carrying] })).toEqual([]);
  });
});
