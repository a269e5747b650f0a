import { afterAll, beforeAll, expect, test } from 'vitest';
import { nodeFigures, type NodeFigures } from '../../../src/sql/plan-reading/node-figures.ts';
import { parsePlan } from '../../../src/sql/plan-reading/parse-plan.ts';
import { startStorefront, type Storefront } from '../../lab/storefront.ts';
import { explainSample, planSamples } from './plan-samples.ts';

function figuresOf(text: string): readonly NodeFigures[] {
  return nodeFigures(parsePlan(text));
}

function labelled(figures: readonly NodeFigures[], label: string): NodeFigures {
  const found = figures.find((each) => each.label === label);
  if (found === undefined)
    throw new Error(`No ${label} among ${figures.map((each) => each.label).join('; ')}`);
  return found;
}

test('time and rows of a loop count as often as there were loops', () => {
  const figures = figuresOf(`
Nested Loop  (cost=0.00..500.00 rows=100 width=8) (actual time=0.1..50.0 rows=400.00 loops=1)
  Buffers: shared hit=400 read=50
  ->  Seq Scan on a  (cost=0.00..100.00 rows=100 width=4) (actual time=0.1..10.0 rows=100.00 loops=1)
        Buffers: shared hit=40 read=50
  ->  Index Scan using b_idx on b  (cost=0.00..4.00 rows=1 width=4) (actual time=0.1..0.3 rows=4.00 loops=100)
        Buffers: shared hit=360
Execution Time: 60.0 ms`);
  expect(labelled(figures, 'Index Scan using b_idx on b')).toMatchObject({
    totalMs: 30,
    ownMs: 30,
    totalRows: 400,
    share: 0.5,
    estimate: { ratio: 4, direction: 'under' },
    ownBuffers: { hit: 360, read: 0 },
  });
  expect(labelled(figures, 'Nested Loop')).toMatchObject({
    ownMs: 10,
    path: [],
    ownBuffers: { hit: 0, read: 0 },
  });
  expect(labelled(figures, 'Seq Scan on a')).toMatchObject({ path: [0], ownBuffers: { read: 50 } });
});

test('below a Gather the loops are processes, which run side by side', () => {
  const figures = figuresOf(`
Gather  (cost=0.00..900.00 rows=300 width=8) (actual time=1.0..100.0 rows=300.00 loops=1)
  Workers Planned: 2
  Workers Launched: 2
  ->  Nested Loop  (cost=0.00..500.00 rows=125 width=8) (actual time=0.1..90.0 rows=100.00 loops=3)
        ->  Parallel Seq Scan on a  (cost=0.00..100.00 rows=125 width=4) (actual time=0.1..30.0 rows=100.00 loops=3)
        ->  Index Scan using b_idx on b  (cost=0.00..4.00 rows=1 width=4) (actual time=0.1..0.5 rows=1.00 loops=300)`);
  expect(labelled(figures, 'Gather')).toMatchObject({ totalMs: 100, ownMs: 10, processes: 1 });
  expect(labelled(figures, 'Nested Loop')).toMatchObject({ totalMs: 90, ownMs: 10, processes: 3 });
  expect(labelled(figures, 'Parallel Seq Scan on a')).toMatchObject({ ownMs: 30, totalRows: 300 });
  expect(labelled(figures, 'Index Scan using b_idx on b')).toMatchObject({ ownMs: 50 });
});

test('a leader that waits for its only worker leaves one process', () => {
  const figures = figuresOf(`
Gather  (cost=0.00..900.00 rows=300 width=8) (actual time=1.0..100.0 rows=300.00 loops=1)
  Workers Planned: 1
  Workers Launched: 1
  Single Copy: true
  ->  Seq Scan on a  (cost=0.00..100.00 rows=125 width=4) (actual time=0.1..90.0 rows=300.00 loops=1)`);
  expect(labelled(figures, 'Seq Scan on a')).toMatchObject({ totalMs: 90, processes: 1 });
  expect(labelled(figures, 'Gather').ownMs).toBeCloseTo(10);
});

test('a CTE is charged to the scans that read it, an InitPlan to the condition that needs it', () => {
  const figures = figuresOf(`
Hash Join  (cost=1.00..900.00 rows=10 width=8) (actual time=1.0..100.0 rows=10.00 loops=1)
  CTE big
    ->  Seq Scan on c  (cost=0.00..100.00 rows=10 width=4) (actual time=0.1..40.0 rows=10.00 loops=1)
  InitPlan 2
    ->  Aggregate  (cost=0.00..50.00 rows=1 width=4) (actual time=0.1..20.0 rows=1.00 loops=1)
  ->  Seq Scan on a  (cost=0.00..300.00 rows=10 width=4) (actual time=0.1..35.0 rows=10.00 loops=1)
        Filter: (x > (InitPlan 2).col1)
  ->  Hash  (cost=1.00..1.00 rows=10 width=4) (actual time=0.1..46.0 rows=10.00 loops=1)
        ->  CTE Scan on big  (cost=0.00..1.00 rows=10 width=4) (actual time=0.1..45.0 rows=10.00 loops=1)
  SubPlan 3
    ->  Index Scan using d_idx on d  (cost=0.00..5.00 rows=1 width=4) (actual time=0.1..0.5 rows=0.50 loops=10)`);
  const own = Object.fromEntries(figures.map(({ label, ownMs }) => [label, ownMs]));
  expect(own).toEqual({
    'Hash Join': 14,
    'Seq Scan on c': 40,
    Aggregate: 20,
    'Seq Scan on a': 15,
    Hash: 1,
    'CTE Scan on big': 5,
    'Index Scan using d_idx on d': 5,
  });
  expect(labelled(figures, 'Index Scan using d_idx on d').totalRows).toBe(5);
});

test('before PostgreSQL 17 conditions name an InitPlan by its parameter', () => {
  const figures = figuresOf(`
Limit  (cost=1.00..900.00 rows=10 width=8) (actual time=1.0..30.0 rows=10 loops=1)
  InitPlan 1 (returns $0)
    ->  Aggregate  (cost=0.00..50.00 rows=1 width=4) (actual time=0.1..20.0 rows=1 loops=1)
  ->  Seq Scan on a  (cost=0.00..300.00 rows=10 width=4) (actual time=0.1..29.0 rows=10 loops=1)
        Filter: (x > $0)`);
  expect(labelled(figures, 'Seq Scan on a').ownMs).toBe(9);
  expect(labelled(figures, 'Limit').ownMs).toBe(1);
});

test('what was never executed holds nothing, and is no misestimate', () => {
  const figures = figuresOf(`
Append  (cost=0.00..500.00 rows=100 width=8) (actual time=0.1..5.0 rows=0.00 loops=1)
  ->  Seq Scan on a  (cost=0.00..100.00 rows=1000 width=4) (actual time=0.1..4.0 rows=0.00 loops=1)
  ->  Seq Scan on b  (cost=0.00..400.00 rows=4 width=4) (never executed)`);
  expect(labelled(figures, 'Seq Scan on b')).toMatchObject({
    neverExecuted: true,
    ownMs: 0,
    share: 0,
    estimate: null,
    totalRows: 0,
  });
  expect(labelled(figures, 'Seq Scan on a').estimate).toMatchObject({
    ratio: 1_000,
    direction: 'over',
  });
});

test('without ANALYZE the shares are of the cost, and of what a Limit leaves of it', () => {
  const figures = figuresOf(`
Limit  (cost=0.00..10.00 rows=10 width=8)
  ->  Nested Loop  (cost=0.00..1000.00 rows=1000 width=8)
        ->  Seq Scan on a  (cost=0.00..100.00 rows=100 width=4)
        ->  Index Scan using b_idx on b  (cost=0.00..8.00 rows=10 width=4)`);
  expect(figures.map(({ share }) => share)).toEqual([
    0,
    expect.closeTo(0.1),
    expect.closeTo(0.1),
    expect.closeTo(0.8),
  ]);
  expect(figures[0]).toMatchObject({
    totalMs: null,
    ownMs: null,
    totalRows: null,
    ownBuffers: null,
  });
});

let shop: Storefront;

beforeAll(async () => {
  shop = await startStorefront();
}, 120_000);

afterAll(() => shop.close());

test.each(planSamples)('nothing is lost or counted twice: $sql', async (sample) => {
  const explained = parsePlan(await explainSample(shop.client, sample, 'TEXT'));
  const figures = nodeFigures(explained);
  const { plan } = explained;
  const blocks = figures.reduce(
    (sum, each) => sum + (each.ownBuffers?.hit ?? 0) + (each.ownBuffers?.read ?? 0),
    0,
  );
  expect(blocks).toBe((plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0));
  for (const { share, totalShare } of figures) {
    expect(share).toBeGreaterThanOrEqual(0);
    expect(totalShare).toBeLessThanOrEqual(1);
  }
});
