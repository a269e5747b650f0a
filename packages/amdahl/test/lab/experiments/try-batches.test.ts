import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PlanNode } from '../../../src/artifacts/plans.ts';
import { buildHollowLab, type HollowLab } from '../../../src/lab/hollow-lab.ts';
import { labStatements, type LabStatement } from '../../../src/lab/experiments/lab-statement.ts';
import { tryBatches } from '../../../src/lab/experiments/try-batches.ts';
import { batchStatement } from '../../../src/sql/batch.ts';
import { explain } from '../../../src/sql/explain.ts';
import { readCatalog } from '../../../src/sql/read-catalog.ts';
import { openReadOnly, type ReadOnlyDatabase } from '../../../src/sql/read-only-database.ts';
import { costOf } from '../../../src/sql/read-plan.ts';
import { schemaOf, type Schema } from '../../../src/sql/schema.ts';
import { startStorefront, type Storefront } from '../storefront.ts';

let shop: Storefront;
let database: ReadOnlyDatabase;
let schema: Schema;
let lab: HollowLab;

beforeAll(async () => {
  shop = await startStorefront();
  database = await openReadOnly(shop.url);
  const catalog = await readCatalog(database);
  schema = schemaOf(catalog);
  lab = await buildHollowLab({ catalog, tables: catalog.tables, candidates: [] });
});

afterAll(async () => {
  await lab?.close();
  await database?.close();
  await shop?.close();
});

async function baselineOf(
  statements: readonly (readonly [string, ...unknown[]])[],
): Promise<ReadonlyMap<LabStatement, PlanNode>> {
  const baseline = new Map<LabStatement, PlanNode>();
  for (const [text, ...parameters] of statements) {
    const plan = await lab.explain(text, parameters);
    const captured = { text, explainedText: text, parameters, plan, error: null };
    for (const statement of labStatements(captured, schema)) baseline.set(statement, plan);
  }
  return baseline;
}

const byKey = 'SELECT email, name FROM users WHERE id = $1';
const unindexed = 'SELECT id, total_cents FROM orders WHERE user_id = $1';
const newest = 'SELECT id FROM orders WHERE user_id = $1 ORDER BY created_at DESC LIMIT 3';

test('lookups are planned for many values at the cost the target would plan', async () => {
  const signal = new AbortController().signal;
  const tried = await tryBatches(
    lab,
    await baselineOf([[byKey, 7], [unindexed, 7], [newest, 7], ['SELECT count(*) FROM orders']]),
    schema,
    signal,
  );
  expect(tried.map(({ text }) => text)).toEqual([byKey, unindexed, newest]);
  for (const { text, parameters, values, costOfOne, costOfBatch } of tried) {
    expect({ parameters, values }).toEqual({ parameters: [1], values: 20 });
    const batch = batchStatement(text, [[7]], () => 'integer');
    const sevens = Array.from({ length: 20 }, () => 7);
    const onTarget = await explain(database.query, batch?.text ?? '', [sevens]);
    expect(costOfBatch.toFixed(1)).toBe(costOf(onTarget).toFixed(1));
    expect(costOfOne).toBe(costOf(await lab.explain(text, [7])));
  }
  const shareOf = (index: number): number => {
    const { costOfOne = 0, costOfBatch = 0, values = 0 } = tried[index] ?? {};
    return costOfBatch / (values * costOfOne);
  };
  // One pass over the table serves all values; a LIMIT for each does not.
  expect(shareOf(1)).toBeLessThan(0.15);
  expect(shareOf(2)).toBeGreaterThan(0.5);
});
