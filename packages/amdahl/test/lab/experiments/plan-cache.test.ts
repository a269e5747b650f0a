import { afterAll, beforeAll, expect, test } from 'vitest';
import { labStatements, type LabStatement } from '../../../src/lab/experiments/lab-statement.ts';
import { planCache } from '../../../src/lab/experiments/plan-cache.ts';
import { workloadCandidates } from '../../../src/lab/experiments/workload-candidates.ts';
import { buildHollowLab, type HollowLab } from '../../../src/lab/hollow-lab.ts';
import { explain } from '../../../src/sql/explain.ts';
import type { LabIndex } from '../../../src/sql/index-definition.ts';
import { readCatalog } from '../../../src/sql/read-catalog.ts';
import { openReadOnly, type ReadOnlyDatabase } from '../../../src/sql/read-only-database.ts';
import { costOf } from '../../../src/sql/read-plan.ts';
import { schemaOf } from '../../../src/sql/schema.ts';
import { startStorefront, workload, type Storefront } from '../storefront.ts';

let shop: Storefront;
let database: ReadOnlyDatabase;
let lab: HollowLab;
let version: number;
const statements: LabStatement[] = [];

beforeAll(async () => {
  shop = await startStorefront();
  database = await openReadOnly(shop.url);
  const catalog = await readCatalog(database);
  const schema = schemaOf(catalog);
  version = catalog.serverVersionNumber;
  for (const [text, ...parameters] of workload) {
    const plan = await explain(database.query, text, parameters);
    const one = { text, explainedText: text, parameters, plan, error: null };
    statements.push(...labStatements(one, schema));
  }
  const candidates = workloadCandidates(statements, schema, { maxCandidates: 80 });
  lab = await buildHollowLab({ catalog, tables: catalog.tables, candidates });
});

afterAll(async () => {
  await lab?.close();
  await database?.close();
  await shop?.close();
});

/** With every one of them in sight, whatever use it is. */
async function reallyCosts(
  { explainedText, parameters }: LabStatement,
  indexes: readonly LabIndex[],
): Promise<number> {
  return costOf(await lab.explainWith(indexes, explainedText, parameters));
}

test('a statement has no cheaper plan by what the cache leaves out of sight', async () => {
  const cache = planCache(lab, version);
  const all = [...lab.candidates.keys()];
  let [inSight, usable] = [0, 0];
  for (const statement of statements) {
    const plan = await cache.plan(statement, new Set(all));
    if (plan === null) throw new Error(`no plan for ${statement.text}`);
    expect(costOf(plan) / (await reallyCosts(statement, all))).toBeCloseTo(1, 3);
    inSight += cache.smallestOfRoles(statement, all).size;
    usable += all.filter((index) => cache.couldUse(statement, index)).length;
  }
  expect(inSight).toBeLessThan(usable / 2);
});

test('costs lie within the bounds that other plans give, which ask for none', async () => {
  const cache = planCache(lab, version);
  const all = [...lab.candidates.keys()];
  for (const statement of statements) {
    await cache.plan(statement, new Set());
    await cache.plan(statement, new Set(all));
    await cache.plan(statement, new Set(all.filter((_, at) => at % 2 === 0)));
  }
  const { made } = cache;
  let told = 0;
  for (const [at, statement] of statements.entries()) {
    const some = all.filter((_, place) => place % 3 === at % 3);
    const { least, most } = cache.bounds(statement, new Set(some));
    const cost = await reallyCosts(statement, some);
    // The planner calls costs within 1 % of each other equal (add_path in pathnode.c).
    expect(least).toBeLessThanOrEqual(cost * 1.01);
    expect(most).toBeGreaterThanOrEqual(cost / 1.01);
    if (least > 0 && most < Infinity) told += 1;
  }
  expect(told).toBe(statements.length);
  expect(cache.made).toBe(made);
});

test('a plan answers for fewer candidates that hold all it uses', async () => {
  const cache = planCache(lab, version);
  const all = new Set(lab.candidates.keys());
  for (const statement of statements) {
    const best = await cache.plan(statement, all);
    const { made } = cache;
    const used = new Set(await cache.used(statement, all));
    expect(await cache.plan(statement, used)).toBe(best);
    expect(cache.made).toBe(made);
  }
});
