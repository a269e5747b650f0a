import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StatementAggregate } from '@amdahl/agent/protocol';
import type { Artifacts } from '../../src/artifacts/artifacts.ts';
import type { ExperimentsArtifact } from '../../src/artifacts/experiments.ts';
import { catalogGatherer } from '../../src/gather/catalog.ts';
import { experimentsGatherer } from '../../src/gather/experiments.ts';
import { plansGatherer } from '../../src/gather/plans.ts';
import { agentOf } from '../fixtures/agent.ts';
import { databaseContext } from '../fixtures/database-context.ts';
import { captured } from '../fixtures/statements.ts';
import { startStorefront, workload, type Storefront } from '../lab/storefront.ts';

const extra: readonly (readonly [string, ...unknown[]])[] = [
  ['SELECT id FROM users WHERE lower(email) = $1', 'user500@example.com'],
  ['SELECT count(*) FROM orders o WHERE o.updated_at::date = $1', '2023-04-05'],
];

let shop: Storefront;
let experiments: ExperimentsArtifact;

beforeAll(async () => {
  shop = await startStorefront();
  // A role that may read and nothing else, by its rights and by its default.
  await shop.client.query(`
    CREATE ROLE reader LOGIN; ALTER ROLE reader SET default_transaction_read_only = on;
    GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader`);
  experiments = await gatherAll(
    [...workload, ...extra].map(([text, ...parameters]) =>
      captured(text, parameters.length === 0 ? [] : [parameters]),
    ),
  );
});

afterAll(() => shop?.close());

async function gatherAll(statements: readonly StatementAggregate[]): Promise<ExperimentsArtifact> {
  const database = shop.url.replace('postgres@', 'reader@');
  const agent = agentOf({ statements });
  const catalog = await catalogGatherer.gather(databaseContext(database));
  const plans = await plansGatherer.gather(databaseContext(database, { agent }));
  const artifacts = { agent, catalog, plans } as Partial<Artifacts>;
  return (await experimentsGatherer.gather(
    databaseContext(database, artifacts),
  )) as ExperimentsArtifact;
}

function indexNamed(name: string): ExperimentsArtifact['indexes'][number] | undefined {
  return experiments.indexes.find(({ definition }) => definition.includes(` ${name} ON `));
}

test('the lab plans as the target does; statements the role may not plan are left out', () => {
  const texts = new Set([...workload, ...extra].map(([text]) => text));
  const readable = [...texts].filter((text) => !/^(UPDATE|DELETE|INSERT)/.test(text)).length;
  expect(experiments.fidelity).toEqual({ same: readable, compared: readable, differing: [] });
  expect(experiments.warnings).toEqual([]);
  expect(experiments.msPerCost).toBeGreaterThan(0);
});

test('an index that serves several statements shows what it does for each', () => {
  const index = indexNamed('orders_user_id_created_at_idx');
  expect(index?.effects.length).toBeGreaterThanOrEqual(3);
  for (const effect of index?.effects ?? []) {
    expect(effect.costAfter).toBeLessThan(effect.costBefore);
    expect(effect.planBefore['Total Cost']).toBe(effect.costBefore);
    expect(effect.planAfter['Total Cost']).toBe(effect.costAfter);
  }
  expect(index?.estimatedSizeBytes).toBe((index?.estimatedPages ?? 0) * 8_192);
});

test('an index that would change nothing is not among them', () => {
  expect(indexNamed('users_id_incl_name_idx')).toBeUndefined();
});

describe('a condition no plain index serves', () => {
  test('is answered by a trigram index where a text is searched inside', () => {
    expect(indexNamed('products_name_gin_trgm_idx')).toMatchObject({ rule: 'leading-wildcard' });
  });

  test('is answered by an index on the expression where it cannot be rewritten', () => {
    const index = indexNamed('users_lower_email_idx');
    expect(index).toMatchObject({ rule: 'function-on-column' });
    expect(index?.effects[0]?.planAfter['Plan Rows']).toBe(1);
  });

  test('is rewritten where it can be: alone when an index waits for it, else with its index', () => {
    const [year, day] = [
      experiments.rewrites.find(({ rule }) => rule === 'extract-year'),
      experiments.rewrites.find(({ rule }) => rule === 'cast-to-date'),
    ];
    expect(year).toMatchObject({ sameRows: true, withIndex: null });
    expect(year?.effect.costAfter).toBeLessThan(year?.effect.costBefore ?? 0);
    expect(day).toMatchObject({
      sameRows: true,
      withIndex: 'CREATE INDEX orders_updated_at_idx ON orders (updated_at)',
    });
    expect(day?.effect.costAfter).toBeLessThan((day?.effect.costBefore ?? 0) / 100);
    expect(experiments.indexes.map(({ definition }) => definition).join('\n')).not.toContain(
      'EXTRACT',
    );
  });
});

test('nothing was written to the target', async () => {
  const { rows } = await shop.client.query<{ indexes: number }>(
    `SELECT count(*)::int AS indexes FROM pg_indexes WHERE schemaname = 'public'`,
  );
  // Two keys per table but one, and the five of the schema.
  expect(rows[0]?.indexes).toBe(9);
});

test('without catalog or plans there is nothing to try', async () => {
  expect(await experimentsGatherer.gather(databaseContext(shop.url))).toEqual({
    absent: 'the catalog of the database was not read',
  });
});
