import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CatalogArtifact } from '../../../src/artifacts/catalog.ts';
import type { IndexSelection } from '../../../src/artifacts/experiments.ts';
import { buildHollowLab, type HollowLab } from '../../../src/lab/hollow-lab.ts';
import { labStatements, type LabStatement } from '../../../src/lab/experiments/lab-statement.ts';
import { planCache, type PlanCache } from '../../../src/lab/experiments/plan-cache.ts';
import {
  selectIndexes,
  type SelectionOptions,
} from '../../../src/lab/experiments/select-indexes.ts';
import { tryDrops } from '../../../src/lab/experiments/try-drops.ts';
import { workloadCandidates } from '../../../src/lab/experiments/workload-candidates.ts';
import type { PlanNode } from '../../../src/artifacts/plans.ts';
import { explain } from '../../../src/sql/explain.ts';
import { indexName } from '../../../src/sql/index-definition.ts';
import { readCatalog } from '../../../src/sql/read-catalog.ts';
import { openReadOnly, type ReadOnlyDatabase } from '../../../src/sql/read-only-database.ts';
import { costOf } from '../../../src/sql/read-plan.ts';
import { schemaOf, type Schema } from '../../../src/sql/schema.ts';
import { startStorefront, workload, type Storefront } from '../storefront.ts';

let shop: Storefront;
let database: ReadOnlyDatabase;
let schema: Schema;
let statements: readonly LabStatement[];
let lab: HollowLab;
let cache: PlanCache;

beforeAll(async () => {
  shop = await startStorefront();
  database = await openReadOnly(shop.url);
  const catalog: CatalogArtifact = await readCatalog(database);
  schema = schemaOf(catalog);
  const captured: LabStatement[] = [];
  for (const [at, [text, ...parameters]] of workload.entries()) {
    const plan = await explain(database.query, text, parameters);
    const one = { text: `${at}: ${text}`, explainedText: text, parameters, plan, error: null };
    captured.push(...labStatements(one, schema));
  }
  statements = captured;
  const candidates = workloadCandidates(statements, schema, { maxCandidates: 60 });
  lab = await buildHollowLab({ catalog, tables: catalog.tables, candidates });
  cache = planCache(lab, catalog.serverVersionNumber);
});

afterAll(async () => {
  await lab?.close();
  await database?.close();
  await shop?.close();
});

/** All of one workload look at the same plans. */
const select = (more: Partial<SelectionOptions> = {}): Promise<IndexSelection> =>
  selectIndexes(lab, statements, { schema, cache, ...more });

const definitions = ({ indexes }: IndexSelection): readonly string[] =>
  indexes.map(({ definition }) => definition.replace(/^.*? ON /, ''));

/** Two statements, as often as that. */
function used(counts: Readonly<Record<string, number>>): readonly LabStatement[] {
  return statements.flatMap((statement) => {
    const calls = counts[statement.explainedText];
    return calls === undefined ? [] : [{ ...statement, usage: { calls, meanMs: null } }];
  });
}

// Hundreds of plans each.
describe('a selection', { timeout: 120_000 }, () => {
  test('is what the workload then costs, when it is really built', async () => {
    const { indexes, costBefore, costAfter, complete } = await select();
    expect(complete).toBe(true);
    expect(costAfter).toBeLessThan(0.8 * costBefore);
    for (const { definition } of indexes) await shop.client.query(definition);
    let real = 0;
    try {
      for (const { explainedText, parameters } of statements) {
        real += costOf(await explain(database.query, explainedText, parameters));
      }
    } finally {
      for (const { definition } of indexes) {
        await shop.client.query(`DROP INDEX ${indexName(definition)}`);
      }
    }
    expect(Math.abs(real / costAfter - 1), `${costAfter} predicted, ${real} real`).toBeLessThan(
      0.1,
    );
  });

  test('serves many statements with few indexes, each of which saves something beside the others', async () => {
    const { indexes } = await select({ leastOfToday: 0.01 });
    const byUser = indexes.filter(({ definition }) => definition.includes('(user_id'));
    expect(byUser).toHaveLength(1);
    expect(byUser[0]?.effects.length).toBeGreaterThanOrEqual(3);
    for (const { savedMs, overheadMs, effects } of indexes) {
      expect(savedMs).toBeGreaterThan(overheadMs);
      expect(effects.every(({ costAfter, costBefore }) => costAfter < costBefore)).toBe(true);
    }
  });

  test('keeps within a budget, and a larger one never costs the workload more', async () => {
    const small = await select({ maxSizeBytes: 2_000_000 });
    const large = await select({ maxSizeBytes: 5_000_000 });
    const one = await select({ maxIndexes: 1 });
    expect(small.sizeBytes).toBeLessThanOrEqual(2_000_000);
    expect(large.sizeBytes).toBeLessThanOrEqual(5_000_000);
    expect(large.costAfter).toBeLessThanOrEqual(small.costAfter);
    expect(one.indexes).toHaveLength(1);
  });

  test('weighs statements by their executions, and writes against them', async () => {
    const read = 'SELECT * FROM order_items WHERE product_id = $1';
    const insert = 'INSERT INTO order_items (order_id, product_id, quantity) VALUES ($1, $2, $3)';
    const chosenFor = async (
      counts: Readonly<Record<string, number>>,
    ): Promise<readonly string[]> =>
      definitions(await selectIndexes(lab, used(counts), { schema }));
    // Whether the two other columns pay for their place in it hangs on what ANALYZE has drawn.
    const [chosen, ...others] = await chosenFor({ [read]: 1_000, [insert]: 10 });
    expect(chosen).toMatch(/^order_items \(product_id\)/);
    expect(others).toEqual([]);
    expect(await chosenFor({ [read]: 1, [insert]: 1_000_000 })).toEqual([]);
  });

  test('offers nothing that is left out', async () => {
    const found = await select({ without: ({ table }) => table.name === 'orders' });
    expect(definitions(found).filter((each) => each.startsWith('orders '))).toEqual([]);
    expect(found.indexes.length).toBeGreaterThan(0);
  });
});

describe('an index taken out', { timeout: 120_000 }, () => {
  test('is missed by the statements that used it, and by no others', async () => {
    const baseline = new Map<LabStatement, PlanNode>();
    for (const each of statements) {
      baseline.set(each, await lab.explain(each.explainedText, each.parameters));
    }
    const signal = new AbortController().signal;
    const options = { schema, msPerCost: 0.01, writers: statements, signal };
    const drops = await tryDrops(lab, baseline, options);
    const missed = (name: string): readonly string[] =>
      (drops.find(({ index }) => index === name)?.effects ?? []).map(({ text }) =>
        text.slice(0, 2),
      );
    // Keys and constraints are not even tried.
    expect(drops.map(({ index }) => index).toSorted()).toEqual([
      'orders_created_at_idx',
      'orders_failed_idx',
      'orders_placed_on_idx',
      'products_lower_name_idx',
    ]);
    expect(missed('products_lower_name_idx')).toEqual(['10']);
    expect(missed('orders_placed_on_idx')).toEqual(['13']);
    const failed = drops.find(({ index }) => index === 'orders_failed_idx');
    expect(failed?.effects.length).toBe(2);
    expect(failed?.lostMs).toBeGreaterThan(failed?.upkeepMs ?? 0);
    const first = statements.find(({ text }) => text.startsWith('13:'));
    if (first === undefined) throw new Error('no such statement');
    const now = await lab.explain(first.explainedText, first.parameters);
    expect(now).toEqual(baseline.get(first));
  });
});
