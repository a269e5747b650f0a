import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CatalogArtifact } from '../../../src/artifacts/catalog.ts';
import type { ExperimentsArtifact } from '../../../src/artifacts/experiments.ts';
import type { CapturedPlan } from '../../../src/artifacts/plans.ts';
import { labStatements } from '../../../src/lab/experiments/lab-statement.ts';
import { referentialChecks } from '../../../src/lab/experiments/referential-checks.ts';
import { runExperiments } from '../../../src/lab/experiments/run-experiments.ts';
import { explain } from '../../../src/sql/explain.ts';
import { readCatalog } from '../../../src/sql/read-catalog.ts';
import { openReadOnly, type ReadOnlyDatabase } from '../../../src/sql/read-only-database.ts';
import { schemaOf } from '../../../src/sql/schema.ts';
import { index } from '../../sql/schema-fixture.ts';
import { startStorefront, type Storefront } from '../storefront.ts';

let shop: Storefront;
let database: ReadOnlyDatabase;
let catalog: CatalogArtifact;

beforeAll(async () => {
  shop = await startStorefront();
  database = await openReadOnly(shop.url);
  catalog = await readCatalog(database);
});

afterAll(async () => {
  await database?.close();
  await shop?.close();
});

async function planned(text: string, ...parameters: unknown[]): Promise<CapturedPlan> {
  const plan = await explain(database.query, text, parameters);
  return { text, explainedText: text, parameters, plan, error: null };
}

/** What PostgreSQL asks for each row the statement deletes or changes. */
async function asked(
  known: CatalogArtifact,
  text: string,
  ...parameters: unknown[]
): Promise<readonly string[]> {
  const schema = schemaOf(known);
  const statements = labStatements(await planned(text, ...parameters), schema);
  return referentialChecks(statements, schema).map(({ asksFor = '' }) => asksFor);
}

test('a row deleted is asked for in every table that refers to it without an index', async () => {
  expect(await asked(catalog, 'DELETE FROM users WHERE id = $1', 5)).toEqual([
    'orders is searched by user_id for each row deleted from users',
  ]);
  // The key of order_items begins with order_id, not with product_id.
  expect(await asked(catalog, 'DELETE FROM orders WHERE id = $1', 5)).toEqual([]);
  expect(await asked(catalog, 'DELETE FROM products WHERE id = $1', 5)).toHaveLength(1);
});

test('so is a key that changes, and nothing else', async () => {
  expect(await asked(catalog, "UPDATE users SET name = 'x' WHERE id = 5")).toEqual([]);
  expect(await asked(catalog, 'SELECT * FROM users WHERE id = $1', 5)).toEqual([]);
});

test('an index on the referring columns answers, whatever comes after them', async () => {
  const more = [...catalog.indexes, index('orders', 'o', ['user_id', 'created_at'])];
  const partial = [
    ...catalog.indexes,
    index('orders', 'o', ['user_id'], { predicate: '(id > 5)' }),
  ];
  const text = 'DELETE FROM users WHERE id = $1';
  expect(await asked({ ...catalog, indexes: more }, text, 5)).toEqual([]);
  expect(await asked({ ...catalog, indexes: partial }, text, 5)).toHaveLength(1);
});

test(
  'the index is selected, though the plan of the DELETE knows nothing of it',
  {
    timeout: 120_000,
  },
  async () => {
    const text = 'DELETE FROM users WHERE id = $1';
    const experiments: ExperimentsArtifact = await runExperiments({
      catalog,
      plans: { plans: [await planned(text, 5)] },
      usage: new Map([[text, { calls: 100, meanMs: 12 }]]),
      report: () => undefined,
      signal: new AbortController().signal,
    });
    const [found, ...others] = experiments.selection?.indexes ?? [];
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      definition: 'CREATE INDEX orders_user_id_idx ON orders (user_id)',
      reason: 'orders is searched by user_id for each row deleted from users',
      effects: [{ text }],
    });
  },
);
