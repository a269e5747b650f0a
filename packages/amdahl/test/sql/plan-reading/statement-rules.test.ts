import { expect, test } from 'vitest';
import { parsePlan } from '../../../src/sql/plan-reading/parse-plan.ts';
import { planProblems } from '../../../src/sql/plan-reading/read-plan-problems.ts';
import type { PlanProblem } from '../../../src/sql/plan-reading/plan-rule.ts';

/** What cannot be brought about at will: compilers, cold caches and slow planning. */
function problemsOf(lines: readonly string[]): readonly PlanProblem[] {
  return planProblems(parsePlan(lines.join('\n')));
}

const scan = (ms: number, hit = 500, read = 0): readonly string[] => [
  `Seq Scan on t  (cost=0.00..9000.00 rows=500000 width=8) (actual time=0.010..${ms} rows=500000.00 loops=1)`,
  `  Buffers: shared hit=${hit} read=${read}`,
];

const jit = (ms: number): readonly string[] => [
  'JIT:',
  '  Functions: 12',
  `  Timing: Generation 1.0 ms (Deform 0.4 ms), Inlining 0.0 ms, Optimization 1.0 ms, Emission 8.0 ms, Total ${ms} ms`,
];

test('compiling takes a quarter of the time or more', () => {
  expect(problemsOf([...scan(60), ...jit(50), 'Execution Time: 110 ms'])).toMatchObject([
    {
      rule: 'jit-time',
      title: 'Compiling 12 functions takes 50 ms, 45 % of the time',
      msHeld: 50,
    },
  ]);
  expect(problemsOf([...scan(90), ...jit(20), 'Execution Time: 110 ms'])).toEqual([]);
});

test('planning takes longer than executing, and long', () => {
  const slow = ['Planning Time: 30 ms', 'Execution Time: 10 ms'];
  expect(problemsOf([...scan(10), ...slow])).toMatchObject([
    { rule: 'planning-time', share: 0.75, msHeld: 30 },
  ]);
  expect(problemsOf([...scan(0.4), 'Planning Time: 30 ms', 'Execution Time: 0.5 ms'])).toHaveLength(
    1,
  );
  expect(problemsOf([...scan(10), 'Planning Time: 9 ms', 'Execution Time: 5 ms'])).toEqual([]);
  expect(problemsOf([...scan(40), 'Planning Time: 30 ms', 'Execution Time: 41 ms'])).toEqual([]);
});

test('blocks are read from outside shared buffers', () => {
  expect(problemsOf([...scan(50, 1_000, 9_000), 'Execution Time: 51 ms'])).toMatchObject([
    {
      rule: 'buffers-read',
      title: '73.7 MB are read from outside shared buffers; 10 % of blocks were in them',
    },
  ]);
  expect(problemsOf([...scan(50, 99_100, 900), 'Execution Time: 51 ms'])).toEqual([]);
  expect(problemsOf([...scan(50, 0, 900), 'Execution Time: 51 ms'])).toEqual([]);
  expect(problemsOf([...scan(50, 199_000, 1_000), 'Execution Time: 51 ms'])).toEqual([]);
});

test('a node that a Limit stopped is no misestimate, one that ran to its end is', () => {
  const plan = (above: string): readonly string[] => [
    'Sort  (cost=90.00..910.00 rows=3 width=8) (actual time=49.0..50.0 rows=3.00 loops=1)',
    `  ->  ${above}  (cost=0.00..80.00 rows=3 width=8) (actual time=1.0..48.0 rows=3.00 loops=1)`,
    '        ->  Seq Scan on orders  (cost=0.00..800.00 rows=80000 width=8) (actual time=1.0..48.0 rows=3.00 loops=1)',
    'Execution Time: 51 ms',
  ];
  expect(problemsOf(plan('Limit'))).toEqual([]);
  expect(problemsOf(plan('Unique')).map(({ rule }) => rule)).toEqual(['row-misestimate']);
});
