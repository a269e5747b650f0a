import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isAmdahlError } from '@amdahl/metrics';
import type { PlanNode } from '../../../src/artifacts/plans.ts';
import type { ExplainedPlan } from '../../../src/sql/plan-reading/explained-plan.ts';
import { nodeFigures } from '../../../src/sql/plan-reading/node-figures.ts';
import { parsePlan } from '../../../src/sql/plan-reading/parse-plan.ts';
import { planProblems } from '../../../src/sql/plan-reading/read-plan-problems.ts';
import { planNodes } from '../../../src/sql/read-plan.ts';
import { renderPlanTree } from '../../../src/report/terminal/plan-tree.ts';

/** Lines as servers from 9.6 to 18 print them, which no sample of the tests' own server shows. */
const wild = {
  '9.6': `Aggregate  (cost=17.20..17.21 rows=1 width=8) (actual time=0.131..0.132 rows=1 loops=1)
  ->  Seq Scan on t  (cost=0.00..15.00 rows=880 width=0) (actual time=0.012..0.069 rows=880 loops=1)
Planning time: 0.071 ms
Execution time: 0.160 ms`,
  '11, JIT without times': `Aggregate  (cost=170000.20..170000.21 rows=1 width=8) (actual rows=1 loops=1)
  ->  Seq Scan on t  (cost=0.00..15.00 rows=880 width=0) (actual rows=880 loops=1)
Planning Time: 0.071 ms
JIT:
  Functions: 3
  Options: Inlining false, Optimization false, Expressions true, Deforming true
Execution Time: 0.160 ms`,
  '14, memoize and async': `Limit  (cost=1.00..2.00 rows=1 width=8) (actual time=0.1..9.0 rows=10 loops=1)
  ->  Nested Loop  (cost=1.00..2000.00 rows=100 width=8) (actual time=0.1..8.9 rows=10 loops=1)
        ->  Append  (cost=0.00..50.00 rows=100 width=4) (actual time=0.05..2.0 rows=10 loops=1)
              ->  Async Foreign Scan on remote_1 r_1  (cost=100.00..150.00 rows=50 width=4) (actual time=0.03..1.0 rows=10 loops=1)
              ->  Async Foreign Scan on remote_2 r_2  (cost=100.00..150.00 rows=50 width=4) (never executed)
        ->  Memoize  (cost=0.43..8.45 rows=1 width=4) (actual time=0.001..0.001 rows=1 loops=10)
              Cache Key: r.id
              Cache Mode: logical
              Hits: 8  Misses: 2  Evictions: 0  Overflows: 0  Memory Usage: 1kB
              ->  Index Only Scan using t_pkey on t  (cost=0.42..8.44 rows=1 width=4) (actual time=0.002..0.002 rows=1 loops=2)
                    Index Cond: (id = r.id)
                    Heap Fetches: 0`,
  '15, merge': `Merge on stock s  (cost=10.00..20.00 rows=0 width=0) (actual time=2.0..2.0 rows=0 loops=1)
  Tuples: inserted=2 updated=1 skipped=3
  Buffers: shared hit=40 dirtied=2, local hit=3 read=1, temp read=5 written=6
  I/O Timings: shared/local read=0.512 write=0.010, temp read=0.100
  WAL: records=6 fpi=1 bytes=8412
  ->  Hash Left Join  (cost=10.00..20.00 rows=6 width=20) (actual time=1.0..1.1 rows=6 loops=1)
        Hash Cond: (n.id = s.id)
        ->  Seq Scan on news n  (cost=0.00..1.06 rows=6 width=8) (actual time=0.1..0.1 rows=6 loops=1)
        ->  Hash  (cost=5.00..5.00 rows=100 width=12) (actual time=0.5..0.5 rows=100 loops=1)
              Buckets: 1024  Batches: 1  Memory Usage: 13kB
              ->  Seq Scan on stock s  (cost=0.00..5.00 rows=100 width=12) (actual time=0.0..0.3 rows=100 loops=1)`,
  '18, fractions, windows, searches, disabled': `WindowAgg  (cost=1.00..2.00 rows=10 width=16) (actual time=1.000..2.000 rows=9.50 loops=2)
  Window: w1 AS (PARTITION BY user_id ORDER BY id ROWS UNBOUNDED PRECEDING)
  Storage: Memory  Maximum Storage: 17kB
  Buffers: shared hit=7
  ->  Incremental Sort  (cost=0.50..1.00 rows=10 width=8) (actual time=0.100..0.900 rows=9.50 loops=2)
        Sort Key: user_id, id
        Presorted Key: user_id
        Full-sort Groups: 1  Sort Method: quicksort  Average Memory: 27kB  Peak Memory: 27kB
        ->  Index Scan using t_user_idx on t  (cost=0.42..0.90 rows=10 width=8) (actual time=0.010..0.800 rows=9.50 loops=2)
              Index Cond: (user_id = ANY ('{1,2}'::integer[]))
              Index Searches: 2
              Disabled: true
Planning:
  Buffers: shared hit=120 read=3
  Memory: used=24kB  allocated=32kB
Planning Time: 0.400 ms
Serialization: time=0.010 ms  output=1kB  format=text
Execution Time: 4.100 ms`,
  '18, parallel append and subplans': `Gather  (cost=1000.00..2000.00 rows=100 width=8) (actual time=1.0..9.0 rows=100.00 loops=1)
  Workers Planned: 2
  Workers Launched: 1
  InitPlan 1
    ->  Result  (cost=0.00..0.01 rows=1 width=4) (actual time=0.001..0.001 rows=1.00 loops=1)
  CTE big
    ->  Seq Scan on t t_2  (cost=0.00..10.00 rows=5 width=4) (never executed)
  ->  Parallel Append  (cost=0.00..900.00 rows=50 width=8) (actual time=0.5..8.0 rows=50.00 loops=2)
        Subplans Removed: 3
        ->  Parallel Seq Scan on t_1  (cost=0.00..400.00 rows=25 width=8) (actual time=0.2..3.0 rows=25.00 loops=2)
              Filter: ((a > (InitPlan 1).col1) AND (ANY (b = (hashed SubPlan 3).col1)))
              SubPlan 3
                ->  CTE Scan on big  (cost=0.00..0.10 rows=5 width=4) (never executed)
              Worker 0:  actual time=0.100..2.000 rows=20.00 loops=1
                Buffers: shared hit=12`,
} as const;

function nodesOf({ plan }: ExplainedPlan): readonly PlanNode[] {
  return [...planNodes(plan)];
}

describe('plans of all versions', () => {
  test.each(Object.entries(wild))('of %s: every node is found and read', (_, text) => {
    const explained = parsePlan(text);
    const marks = text.match(/\(cost=/g)?.length;
    expect(nodesOf(explained)).toHaveLength(marks ?? 0);
    expect(nodesOf(explained).every((node) => node['Total Cost'] > 0)).toBe(true);
    expect(nodesOf(explained).some((node) => / on |\(|:/.test(node['Node Type']))).toBe(false);
    expect(renderPlanTree(explained, { colour: false, width: 100 })).toContain('Plan');
  });

  test('of 9.6 the times of the statement', () => {
    expect(parsePlan(wild['9.6'])).toMatchObject({ planningMs: 0.071, executionMs: 0.16 });
  });

  test('JIT without times has functions all the same', () => {
    expect(parsePlan(wild['11, JIT without times']).jit).toEqual({ functions: 3, totalMs: null });
  });

  test('what never ran, and what was remembered', () => {
    const [, , , first, second, memoize] = nodesOf(parsePlan(wild['14, memoize and async']));
    expect(first).toMatchObject({ 'Node Type': 'Foreign Scan', 'Async Capable': true });
    expect(second).toMatchObject({ 'Relation Name': 'remote_2', 'Actual Loops': 0 });
    expect(memoize).toMatchObject({ 'Cache Hits': 8, 'Cache Misses': 2 });
  });

  test('buffers, times and log of a merge', () => {
    expect(parsePlan(wild['15, merge']).plan).toMatchObject({
      'Node Type': 'ModifyTable',
      Operation: 'Merge',
      'Tuples Inserted': 2,
      'Shared Hit Blocks': 40,
      'Local Read Blocks': 1,
      'Temp Written Blocks': 6,
      'WAL Records': 6,
      'WAL FPI': 1,
    });
  });

  test('fractions of rows over loops, index searches and disabled nodes', () => {
    const explained = parsePlan(wild['18, fractions, windows, searches, disabled']);
    const [window, sort, scan] = nodesOf(explained);
    expect(nodeFigures(explained)[0]?.totalRows).toBe(19);
    expect(window).toMatchObject({ 'Actual Rows': 9.5, Storage: 'Memory' });
    expect(sort).toMatchObject({ 'Presorted Key': ['user_id'] });
    expect(scan).toMatchObject({ 'Index Searches': 2, Disabled: true });
    expect(explained).toMatchObject({ planningMs: 0.4, executionMs: 4.1 });
  });

  test('subplans hang where they are printed', () => {
    const subplans = nodesOf(parsePlan(wild['18, parallel append and subplans']))
      .map((node) => node['Subplan Name'])
      .filter((name) => name !== undefined);
    expect(subplans).toEqual(['InitPlan 1', 'CTE big', 'SubPlan 3']);
  });
});

describe('as people paste them', () => {
  const [text] = [wild['18, fractions, windows, searches, disabled']];
  const whole = parsePlan(text);
  const lines = text.split('\n');
  const width = Math.max(...lines.map((line) => line.length));
  const rule = '-'.repeat(width + 2);

  test.each([
    ['psql', ['QUERY PLAN'.padStart(width / 2), rule, ...lines.map((l) => ` ${l}`), '(18 rows)']],
    [
      'psql in German',
      ['QUERY PLAN', rule, ...lines.map((l) => ` ${l}`), '(18 Zeilen)', 'Zeit: 5,123 ms'],
    ],
    [
      'psql, border 2',
      [
        `+${rule}+`,
        `| QUERY PLAN${' '.repeat(width - 9)}|`,
        `+${rule}+`,
        ...lines.map((l) => `| ${l.padEnd(width)} |`),
        `+${rule}+`,
      ],
    ],
    [
      'psql, unicode',
      [
        `┌${'─'.repeat(width + 2)}┐`,
        ...lines.map((l) => `│ ${l.padEnd(width)} │`),
        `└${'─'.repeat(width + 2)}┘`,
      ],
    ],
    ['one cell of psql', ['QUERY PLAN', rule, ...lines.map((l) => ` ${l.padEnd(width)}+`)]],
    [
      'DBeaver',
      [
        `QUERY PLAN${' '.repeat(width - 10)}|`,
        `${'-'.repeat(width)}+`,
        ...lines.map((l) => `${l.padEnd(width)}|`),
      ],
    ],
    ['pgAdmin', lines.map((line) => `"${line}"`)],
    ['Windows', lines.map((line) => `${line}\r`)],
    [
      'a log',
      [
        '2026-11-27 03:00:00 UTC [1] LOG:  duration: 4.100 ms  plan:',
        '\tQuery Text: SELECT 1',
        ...lines.map((line) => `\t${line}`),
      ],
    ],
  ])('by %s', (_, pasted) => {
    const found = parsePlan(pasted.join('\n'));
    expect(found.plan).toEqual(whole.plan);
    expect(found.planningMs).toBe(whole.planningMs);
  });

  test('broken by a terminal inside the figures of a node', () => {
    const inFigures = fc.integer({ min: 1, max: 60 });
    fc.assert(
      fc.property(inFigures, (offset) => {
        const broken = lines.map((line) => {
          const start = line.search(/\(cost=/);
          const at = start + offset;
          return start < 0 || at >= line.length ? line : `${line.slice(0, at)}\n${line.slice(at)}`;
        });
        expect(parsePlan(broken.join('\n')).plan).toEqual(whole.plan);
      }),
    );
  });
});

test.each([
  ['- Plan:\n    Node Type: "Seq Scan"', 'the YAML format'],
  ['<explain xmlns="http://www.postgresql.org/2009/explain">\n  <Query>', 'the XML format'],
])('formats that are not read are named, and those that are', (text, found) => {
  expect(() => parsePlan(text)).toThrow(
    expect.objectContaining({
      code: 'AMDAHL_SQL_NOT_A_PLAN',
      found,
      expected: expect.stringMatching(/TEXT.*JSON/) as string,
    }) as Error,
  );
});

describe('whatever it is given', () => {
  /** A real plan with characters and lines taken out, doubled, moved and put in. */
  const mutated = fc
    .tuple(
      fc.constantFrom(...Object.values(wild)),
      fc.array(
        fc.record({
          at: fc.nat(3_000),
          length: fc.nat(80),
          instead: fc.oneof(
            fc.string({ unit: 'binary', maxLength: 12 }),
            fc.constantFrom(
              '\n',
              '->  ',
              '(',
              ')',
              'rows=',
              'loops=0',
              '-1',
              '1e999',
              "'",
              '"',
              '{',
              '[',
              '|',
              '+',
              ':',
              'Worker 0:  ',
              'CTE x',
              'SubPlan 1',
              'JIT:',
              'never executed',
            ),
          ),
        }),
        { maxLength: 12 },
      ),
    )
    .map(([text, edits]) =>
      edits.reduce(
        (whole, { at, length, instead }) =>
          whole.slice(0, at % (whole.length + 1)) +
          instead +
          whole.slice((at % (whole.length + 1)) + length),
        text as string,
      ),
    );

  /** Null for what is no plan; any error but that one passes through. */
  function read(text: string): ExplainedPlan | null {
    try {
      return parsePlan(text);
    } catch (error) {
      if (isAmdahlError(error) && error.code === 'AMDAHL_SQL_NOT_A_PLAN') return null;
      throw error;
    }
  }

  function isSound(explained: ExplainedPlan): boolean {
    planProblems(explained);
    renderPlanTree(explained, { colour: true, width: 80 });
    return nodeFigures(explained).every(({ share }) => share >= 0 && share <= 1.000001);
  }

  test('a plan is read, judged and shown, or refused with its coded error', () => {
    fc.assert(
      fc.property(mutated, (text) => {
        const explained = read(text);
        expect(explained === null || isSound(explained)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('so is JSON of any shape', () => {
    const fields = fc.dictionary(
      fc.constantFrom(
        'Node Type',
        'Plans',
        'Plan',
        'Total Cost',
        'Actual Loops',
        'Actual Rows',
        'Actual Total Time',
        'Workers',
        'Sort Key',
        'JIT',
        'Triggers',
        'Settings',
      ),
      fc.jsonValue({ maxDepth: 3 }),
    );
    fc.assert(
      fc.property(fields, (plan) => {
        const explained = read(JSON.stringify([{ Plan: { 'Node Type': 'Sort', ...plan } }]));
        expect(explained === null || isSound(explained)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('so is what is nested beyond any statement', () => {
    const deep = Array.from(
      { length: 2_000 },
      (_, depth) => `${' '.repeat(depth)}->  Sort  (cost=1.00..2.00 rows=1 width=4)`,
    );
    expect(read(['Limit  (cost=1.00..2.00 rows=1 width=4)', ...deep].join('\n'))).toBeNull();
    const json = `${'{"Node Type":"Sort","Plans":['.repeat(2_000)}{"Node Type":"Result"}${']}'.repeat(2_000)}`;
    expect(read(json)).toBeNull();
  });
});
