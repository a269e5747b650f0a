import { afterAll, beforeAll, expect, test } from 'vitest';
import { agreeWithTarget } from '../../../src/lab/experiments/agree-with-target.ts';
import { labStatements, type LabStatement } from '../../../src/lab/experiments/lab-statement.ts';
import { buildHollowLab, type HollowLab } from '../../../src/lab/hollow-lab.ts';
import { explain } from '../../../src/sql/explain.ts';
import { readCatalog } from '../../../src/sql/read-catalog.ts';
import { openReadOnly, type ReadOnlyDatabase } from '../../../src/sql/read-only-database.ts';
import { schemaOf } from '../../../src/sql/schema.ts';
import { startStorefront, type Storefront } from '../storefront.ts';

/** As the target would, had it less memory for hash tables than it says. */
const text = 'SELECT order_id, sum(quantity) FROM order_items GROUP BY order_id';

let shop: Storefront;
let database: ReadOnlyDatabase;
let lab: HollowLab;
let statements: readonly LabStatement[];

beforeAll(async () => {
  shop = await startStorefront();
  database = await openReadOnly(shop.url);
  const catalog = await readCatalog(database);
  lab = await buildHollowLab({ catalog, tables: catalog.tables, candidates: [] });
  await lab.query("SET hash_mem_multiplier = 1; SET work_mem = '4MB'");
  const plan = await lab.explain(text, []);
  const captured = { text, explainedText: text, parameters: [], plan, error: null };
  statements = labStatements(captured, schemaOf(catalog));
});

afterAll(async () => {
  await lab?.close();
  await database?.close();
  await shop?.close();
});

const multiplier = async (): Promise<number> =>
  Number((await lab.query("SELECT current_setting('hash_mem_multiplier') AS value"))[0]?.['value']);

test('the memory of hash tables is set where the plans are the target’s', async () => {
  await lab.query('SET hash_mem_multiplier = 2');
  const share = await agreeWithTarget(lab, statements, 150_000);
  expect(share).toBeLessThan(1);
  expect(await multiplier()).toBeCloseTo(2 * share, 2);
});

test('it stays where they agree already, where nothing agrees, and for a target as new as the lab', async () => {
  await lab.query('SET hash_mem_multiplier = 1.05');
  expect(await agreeWithTarget(lab, statements, 150_000)).toBe(1);
  await lab.query('SET hash_mem_multiplier = 2');
  const other = await explain(database.query, 'SELECT 1', []);
  const strange = statements.map((one) => ({ ...one, plan: other }));
  expect(await agreeWithTarget(lab, strange, 150_000)).toBe(1);
  expect(await agreeWithTarget(lab, statements, 180_000)).toBe(1);
  expect(await multiplier()).toBe(2);
});
