import { expect, test } from 'vitest';
import { bareExplained } from '../../src/sql/plan-reading/explained-plan.ts';
import { mergeWorkloads } from '../../src/workload/merge-workloads.ts';
import { statement, workload } from './workload-fixture.ts';

const planOf = (ms: number): ReturnType<typeof bareExplained> => ({
  ...bareExplained({
    'Node Type': 'Result',
    'Startup Cost': 0,
    'Total Cost': 1,
    'Plan Rows': 1,
    'Plan Width': 4,
    'Actual Total Time': ms,
    'Actual Loops': 1,
  }),
});

test('one workload stays as it is', () => {
  const only = workload([statement('SELECT 1 FROM t')]);
  expect(mergeWorkloads([only])).toBe(only);
});

test('executions of one statement add up over primary and replicas, means by their calls', () => {
  const primary = workload(
    [
      statement('SELECT * FROM t WHERE id = $1', { calls: 10, meanMs: 4, rows: 10 }),
      statement('INSERT INTO t VALUES ($1)', { calls: 100, meanMs: 1, rows: 100 }),
    ],
    { source: 'primary', warnings: ['both', 'one'], unread: [{ text: 'x', error: 'y' }] },
  );
  const replica = workload(
    [statement('select *  from t where id = $1', { calls: 90, meanMs: 2, rows: 90 })],
    { source: 'replica', warnings: ['both'] },
  );
  expect(mergeWorkloads([primary, replica])).toEqual({
    source: 'primary and replica',
    statements: [
      statement('SELECT * FROM t WHERE id = $1', { calls: 100, meanMs: 2.2, rows: 100 }),
      statement('INSERT INTO t VALUES ($1)', { calls: 100, meanMs: 1, rows: 100 }),
    ],
    unread: [{ text: 'x', error: 'y' }],
    warnings: [
      'both',
      'one',
      'Several sources counted executions: what more than one of them saw is counted twice.',
    ],
  });
});

test('values, places and plans come from wherever there are any', () => {
  const files = workload([statement('SELECT * FROM t WHERE id = $1', { origin: 'a.sql:3' })]);
  const log = workload([
    statement('SELECT * FROM t WHERE id = $1', {
      exampleText: 'SELECT  * FROM t WHERE id = $1',
      parameterLists: [['1'], ['2']],
      calls: 5,
      meanMs: 3,
      executedPlan: planOf(2),
    }),
    statement('SELECT * FROM t WHERE  id = $1', {
      exampleText: 'SELECT  * FROM t WHERE id = $1',
      parameterLists: [['2'], ['3']],
      calls: 5,
      meanMs: 5,
      executedPlan: planOf(9),
    }),
  ]);
  const { statements, warnings } = mergeWorkloads([files, log]);
  expect(warnings).toEqual([]);
  expect(statements).toEqual([
    {
      text: 'SELECT * FROM t WHERE id = $1',
      exampleText: 'SELECT  * FROM t WHERE id = $1',
      parameterLists: [['1'], ['2'], ['3']],
      calls: 10,
      meanMs: 4,
      rows: null,
      origin: 'a.sql:3',
      executedPlan: planOf(9),
    },
  ]);
});
