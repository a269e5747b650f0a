import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { genericPlanTrap } from '../../../src/sql/plan-reading/rules/generic-plan-trap.ts';
import { planProblems } from '../../../src/sql/plan-reading/read-plan-problems.ts';
import type { PlanContext, PlanProblem } from '../../../src/sql/plan-reading/plan-rule.ts';
import { startStorefront, workload, type Storefront } from '../../lab/storefront.ts';
import { explainedOf, problemOf, rulesOf, type Preparation } from './explained-samples.ts';
import { parallel } from './plan-samples.ts';

let shop: Storefront;

beforeAll(async () => {
  shop = await startStorefront();
}, 120_000);

afterAll(() => shop.close());

async function problems(
  sql: string,
  preparation: Preparation = {},
  context: PlanContext = {},
): Promise<readonly PlanProblem[]> {
  return planProblems(await explainedOf(shop.client, sql, preparation), context);
}

describe('sequential-scan', () => {
  test('a large table read for a few rows', async () => {
    const problem = problemOf(
      await problems('SELECT * FROM orders WHERE user_id = 12'),
      'sequential-scan',
    );
    expect(problem.title).toMatch(/^orders is read from end to end for \d+ of 80,060 rows$/);
    expect(problem.node).toEqual({ label: 'Seq Scan on orders', path: [] });
    expect(problem.msHeld).toBeGreaterThan(0);
  });

  test('by several workers, their rows counted once', async () => {
    const found = await problems('SELECT count(*) FROM orders WHERE user_id = 12', {
      settings: parallel,
      // How long workers take to start depends on the machine; the share of the cost does not.
      options: 'ANALYZE, TIMING OFF',
    });
    // Averages of three processes, rounded.
    expect(problemOf(found, 'sequential-scan').title).toMatch(/of 80,0[56]\d rows$/);
  });

  test('without executing, the size of the table has to be known', async () => {
    const sql = 'SELECT * FROM orders WHERE user_id = 12';
    expect(await problems(sql, { options: '' })).toEqual([]);
    const found = await problems(sql, { options: '' }, { rowsOf: () => 80_000 });
    expect(problemOf(found, 'sequential-scan')).toMatchObject({ share: 1, msHeld: null });
  });

  test.each([
    ['most of it is wanted', "SELECT * FROM orders WHERE status = 'paid'"],
    ['all of it is wanted', 'SELECT * FROM orders'],
    ['the table is small', "SELECT * FROM products WHERE name LIKE '%abc%'"],
  ])('no problem where %s', async (_, sql) => {
    expect(rulesOf(await problems(sql))).not.toContain('sequential-scan');
  });
});

describe('rows-removed', () => {
  const settings = { enable_seqscan: 'off', enable_bitmapscan: 'off' };
  test('an index brings many rows and a filter leaves few', async () => {
    const sql = "SELECT * FROM orders WHERE placed_on > '2022-02-01' AND total_cents = 49999";
    const problem = problemOf(await problems(sql, { settings }), 'rows-removed');
    expect(problem.title).toMatch(
      /^7\d,\d{3} of 7\d,\d{3} rows from the index orders_placed_on_idx/,
    );
  });

  test('no problem where a quarter stays', async () => {
    const sql = "SELECT * FROM orders WHERE placed_on > '2022-02-01' AND status = 'paid'";
    expect(rulesOf(await problems(sql, { settings }))).not.toContain('rows-removed');
  });
});

describe('row-misestimate', () => {
  test('many more rows than planned are sorted', async () => {
    const sql = 'SELECT * FROM orders WHERE placed_on = created_at::date ORDER BY total_cents';
    const problem = problemOf(await problems(sql), 'row-misestimate');
    expect(problem.title).toMatch(/^200 times more rows than planned from Seq Scan on orders$/);
    expect(problem.explanation).toContain('Sort was chosen');
  });

  test('rows were planned and none came', async () => {
    const sql = 'SELECT * FROM orders WHERE total_cents % 7 = 9 ORDER BY total_cents';
    const problem = problemOf(await problems(sql), 'row-misestimate');
    expect(problem.title).toMatch(/^40\d times fewer rows than planned/);
    expect(problem.explanation).toContain('none came');
  });

  test.each([
    ['the estimate is right', "SELECT * FROM orders WHERE status = 'paid' ORDER BY total_cents"],
    ['nothing depends on it', 'SELECT * FROM orders WHERE placed_on = created_at::date'],
  ])('no problem where %s', async (_, sql) => {
    expect(rulesOf(await problems(sql))).not.toContain('row-misestimate');
  });
});

describe('sort-spill', () => {
  const sql = 'SELECT * FROM orders ORDER BY total_cents';
  test('a sort through temporary files', async () => {
    const settings = { work_mem: '256kB', max_parallel_workers_per_gather: '0' };
    const problem = problemOf(await problems(sql, { settings }), 'sort-spill');
    expect(problem.title).toMatch(/^Sorting 80,060 rows writes \d(\.\d+)? MB to temporary files$/);
    expect(problem.explanation).toContain('(256kB)');
  });

  test('with all workers’ files', async () => {
    const settings = { ...parallel, work_mem: '256kB' };
    const problem = problemOf(await problems(sql, { settings }), 'sort-spill');
    expect(problem.title).toMatch(/^Sorting 80,060 rows writes \d(\.\d+)? MB/);
  });

  test('no problem in memory', async () => {
    expect(await problems(sql, { settings: { work_mem: '64MB' } })).toEqual([]);
  });
});

describe('hash-spill', () => {
  const join = 'SELECT count(*) FROM order_items i JOIN orders o ON i.order_id = o.id';
  const hashed = { enable_mergejoin: 'off', enable_nestloop: 'off' };
  test('a join in batches', async () => {
    const found = await problems(join, { settings: { ...hashed, work_mem: '64kB' } });
    expect(problemOf(found, 'hash-spill').title).toMatch(/is split into \d+ batches on disk$/);
  });

  test('groups on disk', async () => {
    const sql = 'SELECT user_id, note, count(*) FROM orders GROUP BY 1, 2';
    const settings = { work_mem: '64kB', enable_sort: 'off' };
    expect(problemOf(await problems(sql, { settings }), 'hash-spill').title).toMatch(
      /^Grouping by hash writes \d(\.\d+)? MB/,
    );
  });

  test('no problem in memory', async () => {
    const found = await problems(join, { settings: { ...hashed, work_mem: '64MB' } });
    expect(rulesOf(found)).not.toContain('hash-spill');
  });
});

describe('nested-loop', () => {
  const settings = { enable_hashjoin: 'off', enable_mergejoin: 'off', enable_memoize: 'off' };
  test('an index looked up for every row', async () => {
    const sql = 'SELECT o.id, u.name FROM orders o JOIN users u ON u.id = o.user_id';
    const problem = problemOf(await problems(sql, { settings }), 'nested-loop');
    expect(problem.title).toBe(
      'Index Scan using users_pkey on users u runs 80,060 times inside a nested loop',
    );
    const planned = await problems(sql, { settings, options: '' });
    expect(problemOf(planned, 'nested-loop').msHeld).toBeNull();
  });

  test('no problem where the answers are remembered', async () => {
    const sql = 'SELECT o.id, u.name FROM orders o JOIN users u ON u.id = o.user_id';
    const found = await problems(sql, { settings: { ...settings, enable_memoize: 'on' } });
    expect(rulesOf(found)).not.toContain('nested-loop');
  });

  test('no problem for a few rows', async () => {
    const sql =
      'SELECT o.id, u.name FROM orders o JOIN users u ON u.id = o.user_id WHERE o.id < 900';
    expect(rulesOf(await problems(sql, { settings }))).not.toContain('nested-loop');
  });
});

describe('heap-fetches', () => {
  const settings = { enable_seqscan: 'off', enable_bitmapscan: 'off' };
  test('an index-only scan of a table never vacuumed', async () => {
    const before = [
      'CREATE TABLE fresh AS SELECT i AS id FROM generate_series(1, 60000) i',
      'CREATE INDEX fresh_id_idx ON fresh (id)',
      'ANALYZE fresh',
    ];
    const found = await problems('SELECT id FROM fresh WHERE id > 0', { settings, before });
    expect(problemOf(found, 'heap-fetches').title).toBe(
      'An index-only scan of fresh_id_idx fetches 60,000 rows from the table',
    );
  });

  test('no problem after VACUUM', async () => {
    await shop.client.query('VACUUM orders');
    const found = await problems('SELECT created_at FROM orders ORDER BY created_at', { settings });
    expect(rulesOf(found)).not.toContain('heap-fetches');
  });
});

describe('workers-missing', () => {
  const sql = 'SELECT sum(total_cents) FROM orders';
  test('none of those planned were free', async () => {
    const settings = { ...parallel, max_parallel_workers: '0' };
    // Workers are planned all the same: the limit of a Gather is another.
    const problem = problemOf(await problems(sql, { settings }), 'workers-missing');
    expect(problem.title).toMatch(/^0 of \d planned workers? could be had$/);
  });

  test('no problem with all of them', async () => {
    expect(rulesOf(await problems(sql, { settings: parallel }))).not.toContain('workers-missing');
  });
});

describe('lossy-bitmap', () => {
  const before = [
    `CREATE TABLE wide AS SELECT i, repeat('x', 1900) AS filler FROM generate_series(1, 12000) i`,
    'CREATE INDEX wide_i_idx ON wide (i)',
    'ANALYZE wide',
  ];
  const sql = 'SELECT count(filler) FROM wide WHERE i > 100';
  const settings = {
    enable_seqscan: 'off',
    enable_indexscan: 'off',
    max_parallel_workers_per_gather: '0',
  };
  test('a bitmap too large for its memory', async () => {
    const found = await problems(sql, { before, settings: { ...settings, work_mem: '64kB' } });
    expect(problemOf(found, 'lossy-bitmap').title).toMatch(
      /^\d+ % of the bitmap’s 2,9\d\d blocks are lossy$/,
    );
  });

  test('no problem where it fits', async () => {
    expect(rulesOf(await problems(sql, { before, settings }))).not.toContain('lossy-bitmap');
  });
});

describe('trigger-time', () => {
  test('a foreign key without an index', async () => {
    const problem = problemOf(await problems('DELETE FROM users WHERE id = 11999'), 'trigger-time');
    expect(problem.title).toMatch(/^Checking orders_user_id_fkey takes /);
    expect(problem.advice[0]).toContain('Index the referencing columns');
  });

  test('no problem where the statement takes longer', async () => {
    const sql = `INSERT INTO order_items SELECT o.id, 1, 1 FROM orders o
      WHERE o.note = 'no such note' OR o.id = 3 ON CONFLICT DO NOTHING`;
    expect(rulesOf(await problems(sql))).not.toContain('trigger-time');
  });
});

describe('generic-plan-trap', () => {
  const sql = 'SELECT count(*) FROM orders WHERE status = ';
  test('a rare value has an index of its own, an unknown one has not', async () => {
    const settings = { enable_seqscan: 'on' };
    const custom = await explainedOf(shop.client, `${sql} 'failed' AND created_at < '2022-03-01'`, {
      settings,
      options: '',
    });
    const generic = await explainedOf(shop.client, `${sql} $1 AND created_at < $2`, {
      options: 'GENERIC_PLAN',
    });
    const problem = genericPlanTrap(custom.plan, generic.plan);
    expect(problem?.title).toMatch(/^Prepared for any values it costs [\d,]+, for these \d/);
    expect(problem?.share).toBeGreaterThan(0.9);
    expect(genericPlanTrap(custom.plan, custom.plan)).toBeNull();
    expect(genericPlanTrap(generic.plan, custom.plan)).toBeNull();
  });
});

test('of quick statements nothing is said', async () => {
  for (const sql of [
    'SELECT 1',
    'SELECT * FROM users WHERE id = 77',
    "SELECT id, name FROM users WHERE email = 'user500@Example.com'",
    'SELECT * FROM orders ORDER BY created_at DESC LIMIT 20',
    'SELECT * FROM orders WHERE false',
  ]) {
    expect(await problems(sql)).toEqual([]);
    expect(await problems(sql, { options: '' })).toEqual([]);
  }
});

test('no rule fails on any statement of the shop, and shares are shares', async () => {
  for (const [text, ...parameters] of workload) {
    const sql = text.replace(/\$(\d)/g, (_, number: string) => {
      const value = parameters[Number(number) - 1];
      return Array.isArray(value) ? `'{${value.join(',')}}'` : `'${String(value)}'`;
    });
    for (const options of ['ANALYZE, BUFFERS', 'ANALYZE, TIMING OFF, COSTS OFF', 'COSTS OFF', '']) {
      for (const { share, title } of await problems(sql, { options }, { rowsOf: () => 80_000 })) {
        expect(share).toBeGreaterThan(0);
        expect(share).toBeLessThanOrEqual(1);
        expect(title).not.toMatch(/NaN|undefined|Infinity/);
      }
    }
  }
});
