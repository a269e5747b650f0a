import { expect, test } from 'vitest';
import { readExplainable } from '../../src/explain/read-statement.ts';

test.each([
  ['SELECT * FROM t WHERE a = $2', 'SELECT * FROM t WHERE a = $2', 2],
  ['  select 1 ;\n', 'select 1 ;', 0],
  ['-- why\nEXPLAIN (ANALYZE, BUFFERS) SELECT 1', 'SELECT 1', 0],
  ['explain analyze verbose DELETE FROM t', 'DELETE FROM t', 0],
  ['EXPLAIN SELECT 1', 'SELECT 1', 0],
])('%j is a statement', (given, text, parameters) => {
  expect(readExplainable(given)).toEqual({ kind: 'statement', text, parameters });
});

test.each([
  ['Seq Scan on t  (cost=0.00..1.00 rows=1 width=4)'],
  ['[{"Plan": {"Node Type": "Result", "Total Cost": 0.01}}]'],
  ['Seq Scan on orders\n  Filter: (a = 1)'],
  [
    'LOG:  duration: 12.5 ms  plan:\n\tQuery Text: SELECT 1\n\tResult  (cost=0.00..0.01 rows=1 width=4)',
  ],
])('%j is a plan', (given) => {
  expect(readExplainable(given).kind).toBe('plan');
});

test.each([
  ['', 'AMDAHL_EXPLAIN_NO_INPUT', 'nothing'],
  [' \n', 'AMDAHL_EXPLAIN_NO_INPUT', 'nothing'],
  ['SELECT 1; SELECT 2', 'AMDAHL_EXPLAIN_SYNTAX', '2 statements'],
  ['-- nothing', 'AMDAHL_EXPLAIN_SYNTAX', '0 statements'],
  ['what is this', 'AMDAHL_EXPLAIN_SYNTAX', 'line 1, column 1'],
  ["SELECT '😀é', FROM t", 'AMDAHL_EXPLAIN_SYNTAX', 'line 1, column 14'],
  ['- Plan: \n    Node Type: "Result"', 'AMDAHL_SQL_NOT_A_PLAN', 'the YAML format'],
  ['<explain xmlns="http://www.postgresql.org/2009/explain">', 'AMDAHL_SQL_NOT_A_PLAN', 'XML'],
  ['[{"Plan": {"Node Type": "Sort", "Plans": [', 'AMDAHL_SQL_NOT_A_PLAN', 'Sort'],
])('%j is neither', (given, code, found) => {
  expect(() => readExplainable(given)).toThrow(
    expect.objectContaining({ code, found: expect.stringContaining(found) as string }) as Error,
  );
});

test.each([
  ['\tSeq Scan on t  (cost=0.00..1.00 rows=1 width=4)\n\t  Filter: (a = 1)'],
  ['\t{"Query Text": "SELECT 1", "Plan": {"Node Type": "Seq Scan", "Filter": "(a = 1)"}}'],
])('of a log with several plans the first is read: %j', (plan) => {
  const entry = `2026-11-27 03:00:00 UTC [7] LOG:  duration: 12.5 ms  plan:\n${plan}\n`;
  const other = '2026-11-27 03:00:01 UTC [7] ERROR:  relation "gone" does not exist\n';
  const read = readExplainable(`${other}${entry}${other}${entry}`);
  expect(read).toMatchObject({
    kind: 'plan',
    others: 1,
    explained: { executionMs: 12.5, plan: { 'Node Type': 'Seq Scan', Filter: '(a = 1)' } },
  });
  expect(read.kind === 'plan' && read.explained.plan.Plans).toBeUndefined();
});
