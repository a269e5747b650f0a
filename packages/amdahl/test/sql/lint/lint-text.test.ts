import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lintText, type Dialect } from '../../../src/sql/lint/lint-text.ts';

function rulesOf(text: string, dialect: Dialect): readonly string[] {
  return lintText(text, { dialect }).map(({ rule }) => rule);
}

const both: readonly Dialect[] = ['postgresql', 'mysql'];

describe.each(both)('%s: what is often slow is seen in the text', (dialect) => {
  test.each([
    ['non-sargable-predicate', 'SELECT a FROM t WHERE EXTRACT(YEAR FROM t.at) = 2024'],
    [
      'non-sargable-predicate',
      "SELECT a FROM t JOIN u ON t.id = u.t_id AND lower(u.name) = 'x' LIMIT 9",
    ],
    ['non-sargable-predicate', 'UPDATE t SET a = 1 WHERE coalesce(b, 0) = 2'],
    ['non-sargable-predicate', 'SELECT a FROM t WHERE b + 7 > 8'],
    ['non-sargable-predicate', "SELECT a FROM t WHERE b LIKE '%x'"],
    ['implicit-cast', "SELECT a FROM t WHERE CAST(b AS char) = '5'"],
    ['not-in-subquery', 'DELETE FROM t WHERE id NOT IN (SELECT t_id FROM u)'],
    [
      'or-across-columns',
      'SELECT t.a FROM t JOIN u ON u.t_id = t.id WHERE (t.b = 1 OR u.c = 2) AND t.d = 3',
    ],
    ['deep-offset', 'SELECT a FROM t WHERE b = 1 ORDER BY c LIMIT 20 OFFSET 5000'],
    ['existence-count', 'SELECT a FROM t WHERE (SELECT count(*) FROM u WHERE u.t_id = t.id) > 0'],
    ['existence-count', 'SELECT COUNT(*) > 0 FROM t WHERE a = 1'],
    ['distinct-fan-out', 'SELECT DISTINCT t.a FROM t JOIN u ON u.t_id = t.id WHERE u.b = 1'],
    [
      'correlated-subquery',
      'SELECT a, (SELECT max(b) FROM u WHERE u.t_id = t.id) FROM t WHERE c = 1',
    ],
    [
      'having-without-aggregate',
      'SELECT a, count(*) FROM t GROUP BY a HAVING a IN (SELECT b FROM u)',
    ],
    ['select-star', 'SELECT * FROM t WHERE a = 1'],
    ['unbounded-result', 'SELECT a FROM t'],
  ])('%s: %s', (rule, text) => {
    expect(rulesOf(text, dialect)).toEqual([rule]);
  });
});

test('what only MySQL leaves as it is written', () => {
  const having = 'SELECT a, count(*) FROM t GROUP BY a HAVING a > 5';
  const or = 'SELECT a FROM t WHERE b = 1 OR c = 2';
  expect(both.map((dialect) => rulesOf(having, dialect))).toEqual([
    [],
    ['having-without-aggregate'],
  ]);
  expect(both.map((dialect) => rulesOf(or, dialect))).toEqual([[], ['or-across-columns']]);
});

test('the forms of one dialect alone', () => {
  expect(rulesOf("SELECT a FROM t WHERE at::date = '2024-03-01'", 'postgresql')).toEqual([
    'non-sargable-predicate',
  ]);
  expect(rulesOf('SELECT a FROM t WHERE id = 5.0', 'postgresql')).toEqual(['implicit-cast']);
  expect(rulesOf("SELECT a FROM t WHERE id::text = '5'", 'postgresql')).toEqual(['implicit-cast']);
  expect(rulesOf('SELECT a FROM t WHERE b = $1 ORDER BY random() LIMIT 5', 'postgresql')).toEqual([
    'random-order',
  ]);
  expect(rulesOf('SELECT `a` FROM `t` WHERE b = ? ORDER BY RAND() LIMIT 5', 'mysql')).toEqual([
    'random-order',
  ]);
  expect(rulesOf('SELECT a FROM t WHERE YEAR(at) = 2024 LIMIT 5000, 20', 'mysql')).toEqual([
    'non-sargable-predicate',
    'deep-offset',
  ]);
  expect(rulesOf('SELECT a FROM t WHERE DATE(at) BETWEEN ? AND ?', 'mysql')).toEqual([
    'non-sargable-predicate',
  ]);
  expect(
    rulesOf('SELECT a FROM t STRAIGHT_JOIN u ON t.id = u.t_id WHERE IFNULL(b, 0) = 1', 'mysql'),
  ).toEqual(['non-sargable-predicate']);
});

describe.each(both)('%s: nothing is said', (dialect) => {
  test.each([
    'SELECT a, b FROM t WHERE id = 5 AND at >= now() LIMIT 20',
    "SELECT a FROM t WHERE b LIKE 'x%'",
    'SELECT a FROM t WHERE b = 1 OR b = 2',
    'SELECT count(*) FROM t',
    'SELECT a, count(*) FROM t GROUP BY a HAVING count(*) > 5',
    'SELECT a FROM t WHERE id IN (SELECT t_id FROM u WHERE b = 1)',
    'SELECT a FROM t WHERE b = 1 ORDER BY c LIMIT 20 OFFSET 40',
    'SELECT t.a FROM t JOIN u ON lower(t.b) = lower(u.b) WHERE u.c = 1',
    'SELECT upper(a) FROM t WHERE b = lower(c) AND d = 1',
    'INSERT INTO t (a) VALUES (1)',
    'BEGIN',
    '',
  ])('%s', (text) => {
    expect(rulesOf(text, dialect)).toEqual([]);
  });
});

test('statements only MySQL has are read', () => {
  for (const text of [
    'INSERT INTO t (a, b) VALUES (?, ?) ON DUPLICATE KEY UPDATE b = VALUES(b)',
    'REPLACE INTO t VALUES (1, 2)',
    'SELECT a FROM t FORCE INDEX (i) WHERE b <=> NULL FOR UPDATE',
    'UPDATE t JOIN u ON t.id = u.t_id SET t.a = 1 WHERE u.b = 2',
  ]) {
    expect(rulesOf(text, 'mysql')).toEqual([]);
  }
});

test('a remark says what was seen, what to do, and that nobody looked', () => {
  const text = 'SELECT a FROM t WHERE YEAR(created_at) = 2024';
  expect(lintText(text, { dialect: 'mysql' })).toEqual([
    {
      rule: 'non-sargable-predicate',
      dialect: 'mysql',
      text,
      message:
        'created_at stands inside the function YEAR, so that a plain index on it is of no use.',
      advice:
        'Compare the bare column, by a range where it is a moment; else index the expression.',
      note: 'not confirmed: no database given',
    },
  ]);
});

describe.each(both)('%s: what cannot be read', (dialect) => {
  test('is a remark, and the next text is read all the same', () => {
    for (const text of ['SELECT a FROM t WHERE', 'SELECT 1; SELECT 2', "SELECT 'x", '\u0000ÿ(((']) {
      const [remark, ...others] = lintText(text, { dialect });
      expect(others).toEqual([]);
      expect(remark).toMatchObject({ rule: 'unreadable', text });
    }
    expect(rulesOf('SELECT * FROM t WHERE a = 1', dialect)).toEqual(['select-star']);
  });

  test('never throws, wherever a statement is cut off', () => {
    const whole =
      'SELECT DISTINCT t.*, (SELECT count(*) FROM u WHERE u.t_id = t.id) AS n FROM t JOIN v ON v.id = t.v_id ' +
      "WHERE (a = 1 OR b LIKE '%x') AND lower(c) = 'y' AND d NOT IN (SELECT e FROM w) GROUP BY f HAVING g > 1 " +
      'ORDER BY h LIMIT 10 OFFSET 1000';
    fc.assert(
      fc.property(fc.nat(whole.length), (length) => {
        for (const remark of lintText(whole.slice(0, length), { dialect })) {
          expect(remark.message).not.toContain('undefined');
        }
      }),
      { numRuns: 300 },
    );
  });
});
