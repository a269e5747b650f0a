import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PlanNode } from '../../../src/artifacts/plans.ts';
import { parsePlan } from '../../../src/sql/plan-reading/parse-plan.ts';
import { startStorefront, type Storefront } from '../../lab/storefront.ts';
import { explainSample, planSamples } from './plan-samples.ts';

let shop: Storefront;

beforeAll(async () => {
  shop = await startStorefront();
}, 120_000);

afterAll(() => shop.close());

/** Differ from one execution to the next: what was in memory, who was faster. */
const unsteady = /Time$|Blocks$|^Workers$|^Sort Space Used$|^Sort Method$|Usage$|Batches$|Buckets$/;
/** Only in JSON: what TEXT leaves out where it goes without saying, or says in another way. */
const onlyInJson =
  /^(?:Inner Unique|Single Copy|Disabled|Planned Partitions|Subplans Removed|Parallel Aware)$/;

/** Which process gets which rows, and how many groups each finds, is chance. */
const shared = /^Actual Rows$|^Actual Loops$|^Rows Removed/;

function comparable(node: PlanNode, inWorkers: boolean = false): unknown {
  const parallel = inWorkers || node['Workers Launched'] !== undefined;
  const fields = Object.entries(node).filter(
    ([name, value]) =>
      name !== 'Plans' &&
      !unsteady.test(name) &&
      !onlyInJson.test(name) &&
      !(parallel && shared.test(name)) &&
      // TEXT leaves out rows and blocks that are none.
      !(value === 0 && /^(?:Rows Removed|Tuples|Conflicting)/.test(name)),
  );
  return {
    ...Object.fromEntries(fields.map(([name, value]) => [name, steady(node, name, value)])),
    parallel: node['Parallel Aware'] ?? false,
    children: (node.Plans ?? []).map((child) => comparable(child, parallel)),
  };
}

/** Averages of several loops are rounded, in TEXT more than in JSON. */
function steady(node: PlanNode, name: string, value: unknown): unknown {
  const averaged = /^Actual Rows$|^Rows Removed/.test(name) && (node['Actual Loops'] ?? 1) > 1;
  return averaged && typeof value === 'number' ? Math.round(value) : value;
}

test.each(planSamples)('TEXT and JSON are read alike: $sql', async (sample) => {
  const text = parsePlan(await explainSample(shop.client, sample, 'TEXT'));
  const json = parsePlan(await explainSample(shop.client, sample, 'JSON'));
  expect(comparable(text.plan)).toEqual(comparable(json.plan));
  expect(text.triggers.map(({ name, calls }) => [name, calls])).toEqual(
    json.triggers.map(({ name, calls }) => [name, calls]),
  );
  for (const explained of [text, json]) {
    expect(explained.planningMs).toBeGreaterThan(0);
    expect(explained.executionMs).toBeGreaterThan(0);
  }
});
