import { expect, test } from 'vitest';
import { parsePlan } from '../../../src/sql/plan-reading/parse-plan.ts';

const plain = `Hash Join  (cost=1.09..2.20 rows=4 width=8) (actual time=0.021..0.024 rows=2 loops=1)
  Hash Cond: (a.id = b.id)
  ->  Seq Scan on a  (cost=0.00..1.04 rows=4 width=4) (actual time=0.004..0.005 rows=4 loops=1)
        Filter: (id <> 3)
        Rows Removed by Filter: 1
  ->  Hash  (cost=1.04..1.04 rows=4 width=4) (actual time=0.006..0.006 rows=4 loops=1)
        Buckets: 1024 (originally 512)  Batches: 2 (originally 1)  Memory Usage: 9kB
        ->  Seq Scan on b  (cost=0.00..1.04 rows=4 width=4) (never executed)
Planning Time: 0.150 ms
JIT:
  Functions: 9
  Options: Inlining false, Optimization false, Expressions true, Deforming true
  Timing: Generation 1.200 ms (Deform 0.3 ms), Inlining 0.000 ms, Optimization 0.500 ms, Emission 5.100 ms, Total 6.800 ms
Trigger audit_row on a: time=1.250 calls=3
Settings: work_mem = '64kB', search_path = '"$user", public'
Execution Time: 0.060 ms`;

const expected = parsePlan(plain);
const width = Math.max(...plain.split('\n').map((line) => line.length));

test('a plan of text is a tree of nodes with the figures of the whole', () => {
  const [scan, hash] = expected.plan.Plans ?? [];
  expect(scan).toMatchObject({
    'Node Type': 'Seq Scan',
    'Relation Name': 'a',
    Filter: '(id <> 3)',
    'Rows Removed by Filter': 1,
    'Parent Relationship': 'Outer',
  });
  expect(hash).toMatchObject({
    'Hash Batches': 2,
    'Original Hash Batches': 1,
    'Peak Memory Usage': 9,
    'Parent Relationship': 'Inner',
  });
  expect(hash?.Plans?.[0]).toMatchObject({ 'Actual Rows': 0, 'Actual Loops': 0 });
  expect(expected).toMatchObject({
    planningMs: 0.15,
    executionMs: 0.06,
    jit: { functions: 9, totalMs: 6.8 },
    triggers: [{ name: 'audit_row', relation: 'a', calls: 3, ms: 1.25 }],
    settings: { work_mem: '64kB', search_path: '"$user", public' },
    queryText: null,
  });
});

const lines = plain.split('\n');

test.each([
  [
    'psql',
    [
      '        QUERY PLAN',
      '-'.repeat(40),
      ...lines.map((line) => ` ${line}`),
      '(17 rows)',
      '',
      'Time: 1.2 ms',
    ],
  ],
  [
    'psql with borders',
    [
      '+-----+',
      '| QUERY PLAN |',
      '+-----+',
      ...lines.map((line) => `| ${line.padEnd(width)} |`),
      '+-----+',
    ],
  ],
  [
    'psql in Unicode',
    [
      '┌─────┐',
      '│ QUERY PLAN │',
      '├─────┤',
      ...lines.map((line) => `│ ${line.padEnd(width)} │`),
      '└─────┘',
    ],
  ],
  ['pgAdmin', ['"QUERY PLAN"', ...lines.map((line) => `"${line.replaceAll('"', '""')}"`)]],
  ['Windows', lines.map((line) => `${line}\r`)],
  [
    'a prompt and the statement',
    [
      'shop=# EXPLAIN ANALYZE',
      'shop-# SELECT * FROM a JOIN b USING (id);',
      ...lines.map((line) => ` ${line}`),
    ],
  ],
])('what %s draws around it is taken off', (_, pasted) => {
  expect(parsePlan(pasted.join('\n'))).toEqual(expected);
});

test('auto_explain leaves statement and duration in the log', () => {
  const logged = [
    '2026-01-05 10:00:00 UTC [12] LOG:  duration: 12.345 ms  plan:',
    'Query Text: SELECT *',
    '  FROM a WHERE id = $1',
    "Query Parameters: $1 = '5'",
    'Seq Scan on a  (cost=0.00..1.04 rows=4 width=4)',
    '  Filter: (id = 5)',
  ].join('\n\t');
  expect(parsePlan(logged)).toMatchObject({
    plan: { 'Node Type': 'Seq Scan', Filter: '(id = 5)' },
    executionMs: 12.345,
    queryText: 'SELECT *\nFROM a WHERE id = $1',
  });
});

const json = [
  {
    Plan: { 'Node Type': 'Seq Scan', 'Relation Name': 'a', 'Total Cost': 1.04 },
    'Planning Time': 0.1,
  },
];

test.each([
  ['an array', JSON.stringify(json)],
  ['an object', JSON.stringify(json[0])],
  ['a node alone', JSON.stringify(json[0]?.Plan)],
  ['a cell of a grid', `"${JSON.stringify(json, null, 2).replaceAll('"', '""')}"`],
  [
    'psql',
    [
      ' QUERY PLAN ',
      '-------',
      ...JSON.stringify(json, null, 2)
        .split('\n')
        .map((line) => ` ${line}   +`),
      '(1 row)',
    ].join('\n'),
  ],
  [
    'auto_explain',
    `LOG:  duration: 3 ms  plan:\n\t${JSON.stringify({ 'Query Text': 'SELECT 1', ...json[0] }, null, 2)}`,
  ],
])('JSON is read as %s', (_, text) => {
  expect(parsePlan(text).plan).toMatchObject({
    'Relation Name': 'a',
    'Total Cost': 1.04,
    'Plan Rows': 0,
  });
});

test('without costs the names of nodes tell where the plan begins', () => {
  const { plan } = parsePlan(
    'Limit\n  ->  Index Scan Backward using "My Index" on s.t a\n        Index Cond: (id > 5)',
  );
  expect(plan).toMatchObject({
    'Node Type': 'Limit',
    Plans: [
      {
        'Node Type': 'Index Scan',
        'Scan Direction': 'Backward',
        'Index Name': 'My Index',
        'Relation Name': 't',
        Schema: 's',
        Alias: 'a',
        'Index Cond': '(id > 5)',
      },
    ],
  });
});

test.each([
  ['Hash Right Anti Join', { 'Node Type': 'Hash Join', 'Join Type': 'Right Anti' }],
  ['Merge Full Join', { 'Node Type': 'Merge Join', 'Join Type': 'Full' }],
  ['Nested Loop Left Join', { 'Node Type': 'Nested Loop', 'Join Type': 'Left' }],
  ['Nested Loop', { 'Node Type': 'Nested Loop', 'Join Type': 'Inner' }],
  [
    'Partial GroupAggregate',
    { 'Node Type': 'Aggregate', Strategy: 'Sorted', 'Partial Mode': 'Partial' },
  ],
  [
    'Parallel Bitmap Heap Scan on t',
    { 'Node Type': 'Bitmap Heap Scan', 'Parallel Aware': true, 'Relation Name': 't' },
  ],
  ['Async Foreign Scan on f', { 'Node Type': 'Foreign Scan', 'Async Capable': true }],
  [
    'Custom Scan (ChunkAppend) on m',
    { 'Node Type': 'Custom Scan', 'Custom Plan Provider': 'ChunkAppend', 'Relation Name': 'm' },
  ],
  ['HashSetOp Except All', { 'Node Type': 'SetOp', Strategy: 'Hashed', Command: 'Except All' }],
  ['Merge on t', { 'Node Type': 'ModifyTable', Operation: 'Merge', 'Relation Name': 't' }],
  ['Merge Append', { 'Node Type': 'Merge Append' }],
  ['Function Scan on generate_series g', { 'Function Name': 'generate_series', Alias: 'g' }],
])('%s', (words, fields) => {
  expect(parsePlan(`${words}  (cost=0.00..1.00 rows=1 width=4)`).plan).toMatchObject(fields);
});

test.each([
  ['', 'nothing'],
  ['SELECT * FROM users; -- a Sort of question', '"SELECT * FROM users; -- a Sort of question"'],
  ['<explain xmlns="http://www.postgresql.org/2009/explain">', 'the XML format'],
  ['- Plan: \n    Node Type: "Result"', 'the YAML format'],
  ['[{"Plan": {"Node Type": "Seq Scan"', '"[{\\"Plan\\": {\\"Node Type\\": \\"Seq Scan\\""'],
  ['{"Plan": {"Rows": 5}}', '"{\\"Plan\\": {\\"Rows\\": 5}}"'],
])('what is no plan is said to be none: %s', (text, found) => {
  expect(() => parsePlan(text)).toThrowError(
    expect.objectContaining({ code: 'AMDAHL_SQL_NOT_A_PLAN', found }) as Error,
  );
});
