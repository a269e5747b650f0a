import { describe, expect, test } from 'vitest';
import type { Artifacts } from '../../../src/artifacts/artifacts.ts';
import type { CapturedPlan, PlanNode } from '../../../src/artifacts/plans.ts';
import type { ExperimentsArtifact } from '../../../src/artifacts/experiments.ts';
import { bufferMisses } from '../../../src/audits/queries/buffer-misses.ts';
import { diskSpill } from '../../../src/audits/queries/disk-spill.ts';
import { genericPlan } from '../../../src/audits/queries/generic-plan.ts';
import { heapFetches } from '../../../src/audits/queries/heap-fetches.ts';
import { jitOverhead } from '../../../src/audits/queries/jit-overhead.ts';
import { missingWorkers } from '../../../src/audits/queries/missing-workers.ts';
import { nestedLoop } from '../../../src/audits/queries/nested-loop.ts';
import { planningOverhead } from '../../../src/audits/queries/planning-overhead.ts';
import { rowMisestimate } from '../../../src/audits/queries/row-misestimate.ts';
import { rowsRemoved } from '../../../src/audits/queries/rows-removed.ts';
import { sequentialScan } from '../../../src/audits/queries/sequential-scan.ts';
import { triggerOverhead } from '../../../src/audits/queries/trigger-overhead.ts';
import type { Audit } from '../../../src/audits/audit.ts';
import type { Detail } from '../../../src/audits/detail.ts';
import { parsePlan } from '../../../src/sql/plan-reading/parse-plan.ts';
import { findingOf, findingsOf, outcomeOf } from '../../fixtures/audit.ts';
import { shopCatalog } from '../../sql/schema-fixture.ts';
import { evidence, experimentsOf, plan, route, statement } from './workload.ts';

const text = 'SELECT * FROM orders WHERE note = $1';
const node = parsePlan('Result (cost=0.00..0.01 rows=1 width=4)').plan;

/** The statement takes 60 of its route's 100 ms. */
function artifacts(
  captured: Partial<CapturedPlan>,
  experiments: Partial<ExperimentsArtifact> = {},
): Partial<Artifacts> {
  const whole = { text, explainedText: text, parameters: ['x'], plan: node, error: null };
  return {
    ...evidence([statement(text, { ms: 60 })]),
    catalog: shopCatalog(),
    plans: { plans: [{ ...whole, ...captured }] },
    experiments: experimentsOf(experiments),
  };
}

function executed(printed: string): Partial<CapturedPlan> {
  return { executed: parsePlan(printed) };
}

function sqlOf(detail: Detail | null): string {
  if (detail?.kind !== 'statement') throw new Error('no statement');
  return detail.sql;
}

const scan = executed(`
Seq Scan on orders  (cost=0.00..2500.00 rows=20 width=8) (actual time=0.05..90.00 rows=12 loops=1)
  Filter: ((total > 5) AND (status = 'x'::text))
  Rows Removed by Filter: 99988
Execution Time: 100.000 ms`);

const misestimate = executed(`
Nested Loop  (cost=0.43..900.00 rows=10 width=48) (actual time=0.1..95.0 rows=20000 loops=1)
  ->  Seq Scan on orders o  (cost=0.00..800.00 rows=10 width=40) (actual time=0.05..40.0 rows=20000 loops=1)
        Filter: ((status = 'paid'::text) AND (total = 5))
        Rows Removed by Filter: 80000
  ->  Index Scan using users_pkey on users u  (cost=0.43..8.40 rows=1 width=8) (actual time=0.002..0.002 rows=1 loops=20000)
        Index Cond: (id = o.user_id)
Execution Time: 100.000 ms`);

const spill = executed(`
Sort  (cost=2145.10..2145.20 rows=48000 width=48) (actual time=70..95.0 rows=48000 loops=1)
  Sort Key: total DESC
  Sort Method: external merge  Disk: 17284kB
  ->  Seq Scan on orders  (cost=0.00..1800.00 rows=48000 width=40) (actual time=0.05..30.0 rows=48000 loops=1)
Execution Time: 100.000 ms`);

const cases: readonly (readonly [Audit, Partial<CapturedPlan>, RegExp, number])[] = [
  [sequentialScan, scan, /read from end to end for 12 of 100,000 rows/, 0.9],
  [rowMisestimate, misestimate, /2,000 times more rows than planned/, 0.95],
  [diskSpill, spill, /Sorting 48,000 rows writes 17\.7 MB/, 0.65],
  [
    rowsRemoved,
    executed(`
Index Scan using orders_user_id_idx on orders  (cost=0.4..250.00 rows=20 width=8) (actual time=0.05..90.00 rows=12 loops=1)
  Index Cond: (user_id = 5)
  Filter: (status = 'x'::text)
  Rows Removed by Filter: 40000
Execution Time: 100.000 ms`),
    /40,000 of 40,012 rows from the index orders_user_id_idx are thrown away/,
    0.9,
  ],
  [
    nestedLoop,
    executed(`
Nested Loop  (cost=0.43..900.00 rows=20000 width=48) (actual time=0.1..95.0 rows=20000 loops=1)
  ->  Seq Scan on orders o  (cost=0.00..800.00 rows=20000 width=40) (actual time=0.05..10.0 rows=20000 loops=1)
  ->  Index Scan using users_pkey on users u  (cost=0.43..8.40 rows=1 width=8) (actual time=0.004..0.004 rows=1 loops=20000)
        Index Cond: (id = o.user_id)
Execution Time: 100.000 ms`),
    /Index Scan using users_pkey on users u runs 20,000 times/,
    0.85,
  ],
  [
    heapFetches,
    executed(`
Index Only Scan using orders_user_id_idx on orders  (cost=0.4..250.00 rows=5000 width=8) (actual time=0.05..80.00 rows=5000 loops=1)
  Heap Fetches: 4900
Execution Time: 100.000 ms`),
    /fetches 4,900 rows from the table/,
    0.8,
  ],
  [
    jitOverhead,
    executed(`
Aggregate  (cost=250000.0..250000.01 rows=1 width=8) (actual time=99..99.00 rows=1 loops=1)
Planning Time: 0.3 ms
JIT:
  Functions: 30
  Timing: Generation 2.1 ms, Inlining 10.0 ms, Optimization 20.0 ms, Emission 17.9 ms, Total 50.0 ms
Execution Time: 100.000 ms`),
    /Compiling 30 functions takes 50 ms/,
    0.5,
  ],
  [
    planningOverhead,
    executed(`
Index Scan using orders_pkey on orders  (cost=0.4..8.00 rows=1 width=8) (actual time=0.05..10.00 rows=1 loops=1)
Planning Time: 30.0 ms
Execution Time: 10.000 ms`),
    /Planning takes 30 ms, executing 10 ms/,
    0.75,
  ],
  [
    bufferMisses,
    executed(`
Seq Scan on orders  (cost=0.00..2500.00 rows=100000 width=8) (actual time=0.05..90.00 rows=100000 loops=1)
  Buffers: shared hit=10 read=5000
Execution Time: 100.000 ms`),
    /41 MB are read from outside shared buffers/,
    0.9,
  ],
  [
    missingWorkers,
    executed(`
Gather  (cost=1000.0..25000.00 rows=100000 width=8) (actual time=0.05..90.00 rows=100000 loops=1)
  Workers Planned: 2
  Workers Launched: 0
  ->  Parallel Seq Scan on orders  (cost=0.00..2500.00 rows=100000 width=8) (actual time=0.05..80.00 rows=100000 loops=1)
Execution Time: 100.000 ms`),
    /0 of 2 planned workers could be had/,
    0.6,
  ],
  [
    triggerOverhead,
    executed(`
Delete on orders  (cost=0.4..8.00 rows=0 width=0) (actual time=10..10.00 rows=0 loops=1)
  ->  Index Scan using orders_pkey on orders  (cost=0.4..8.00 rows=1 width=6) (actual time=0.05..5.00 rows=1 loops=1)
Trigger for constraint items_order_id_fkey: time=80.000 calls=1
Execution Time: 100.000 ms`),
    /Checking items_order_id_fkey takes 80 ms/,
    0.8,
  ],
  [
    genericPlan,
    {
      plan: plan(10, { 'Node Type': 'Index Scan', 'Index Name': 'orders_note_idx' }),
      ...executed(`
Seq Scan on orders  (cost=0.00..2500.00 rows=50000 width=8) (actual time=0.05..90.00 rows=12 loops=1)
  Filter: (note = $1)
  Rows Removed by Filter: 99988
Execution Time: 100.000 ms`),
    },
    /Prepared for any values it costs 2,500, for these 10/,
    0.996,
  ],
];

describe.each(cases)('$id', (audit, captured, title, share) => {
  const found = findingOf(audit, artifacts(captured));

  test('says what it found, where, and shows the plan', () => {
    expect(found.title).toMatch(title);
    expect(found.audit).toBe(audit.id);
    expect(found.where).toMatchObject({ functionName: 'listOrders' });
    const details = found.evidence.map(({ kind }) => kind);
    expect(details).toEqual(['text', 'statement', 'code', 'plan']);
    expect(found.remedy.actions.length).toBeGreaterThan(0);
    expect(found.remedy.rollback).not.toBe('');
  });

  test('gains no more than the share of the statement that hangs on it', () => {
    const [gain] = found.prediction.gains;
    expect(gain?.boundMs).toBeCloseTo(60 * share, 0);
    expect(gain?.gainMs.high).toBeLessThanOrEqual(gain?.boundMs ?? 0);
    expect(gain?.gainMs.mid).toBeGreaterThan(0);
    expect(found.routes[0]?.route).toBe(route);
  });

  test('is silent where nobody would feel it', () => {
    const fast = { ...artifacts(captured), ...evidence([statement(text, { ms: 0.1 })]) };
    expect(findingsOf(audit, fast)).toEqual([]);
  });
});

test('estimates alone are not judged by what only an execution shows', () => {
  const outcome = outcomeOf(diskSpill, artifacts({ plan: plan(5_000) }));
  expect(outcome).toMatchObject({
    status: 'unmeasured',
    reason: expect.stringContaining('--analyze') as string,
  });
});

describe('what another finding explains is not reported again', () => {
  const sequential: PlanNode = plan(2_500, { Filter: '(note = $1)' });
  const withIndex = {
    table: 'orders',
    definition: 'CREATE INDEX orders_note_idx ON orders (note)',
    reason: 'orders is looked up by note',
    estimatedPages: 10,
    estimatedSizeBytes: 81_920,
    effects: [
      {
        text,
        costBefore: 2_500,
        costAfter: 20,
        planBefore: sequential,
        planAfter: plan(20, { 'Node Type': 'Index Scan', 'Index Name': 'orders_note_idx' }),
      },
    ],
  };

  test('a scan that an index of the lab takes away', () => {
    expect(findingsOf(sequentialScan, artifacts(scan, { indexes: [withIndex] }))).toEqual([]);
  });

  test('but a scan the index leaves where it is', () => {
    const useless = {
      ...withIndex,
      effects: withIndex.effects.map((each) => ({ ...each, planAfter: sequential })),
    };
    expect(findingsOf(sequentialScan, artifacts(scan, { indexes: [useless] }))).toHaveLength(1);
  });

  test('a scan only estimated, where the lab tried indexes and none helped', () => {
    const estimated = { plan: sequential };
    expect(findingsOf(sequentialScan, artifacts(estimated))).toEqual([]);
    const differing = { fidelity: { same: 9, compared: 10, differing: [text] } };
    expect(findingsOf(sequentialScan, artifacts(estimated, differing))).toHaveLength(1);
  });

  test('a nested loop chosen for a wrong number of rows', () => {
    expect(findingsOf(nestedLoop, artifacts(misestimate))).toEqual([]);
  });

  test('blocks read by a scan that reads too much', () => {
    const reading = executed(`
Seq Scan on orders  (cost=0.00..2500.00 rows=20 width=8) (actual time=0.05..90.00 rows=12 loops=1)
  Filter: (note = 'x'::text)
  Rows Removed by Filter: 99988
  Buffers: shared hit=10 read=5000
Execution Time: 100.000 ms`);
    expect(findingsOf(bufferMisses, artifacts(reading))).toEqual([]);
  });
});

describe('the change', () => {
  test('names the columns an index could be tried on, those compared by = first', () => {
    const { remedy } = findingOf(sequentialScan, artifacts(scan));
    expect(sqlOf(remedy.change)).toBe(
      'CREATE INDEX CONCURRENTLY ON public.orders (status, total);',
    );
  });

  test('makes statistics on just the columns of the condition', () => {
    const { remedy } = findingOf(rowMisestimate, artifacts(misestimate));
    expect(sqlOf(remedy.change)).toBe(
      'CREATE STATISTICS orders_status_total_stats (dependencies, mcv) ON status, total FROM public.orders;\n' +
        'ANALYZE public.orders;',
    );
    expect(remedy.rollback).toBe('DROP STATISTICS orders_status_total_stats;');
  });

  test('gives the memory that would have sufficed to one transaction', () => {
    const { remedy } = findingOf(diskSpill, artifacts(spill));
    expect(sqlOf(remedy.change)).toBe(`BEGIN;\nSET LOCAL work_mem = '34MB';\n${text};\nCOMMIT;`);
  });
});
