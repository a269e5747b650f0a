import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CatalogArtifact } from '../../src/artifacts/catalog.ts';
import { catalogGatherer } from '../../src/gather/catalog.ts';
import { startPostgres, type PostgresServer } from '../../src/lab/postgres.ts';
import { agentOf } from '../fixtures/agent.ts';
import { databaseContext } from '../fixtures/database-context.ts';
import { captured } from '../fixtures/statements.ts';

let server: PostgresServer;
let client: Client;

beforeAll(async () => {
  server = await startPostgres({ settings: { work_mem: '9MB', random_page_cost: '1.1' } });
  client = new Client({ connectionString: server.url() });
  await client.connect();
  await client.query(`
    CREATE EXTENSION pg_trgm;
    CREATE SCHEMA sales;
    CREATE TYPE sales.state AS ENUM ('it''s open', 'closed');
    CREATE DOMAIN cents AS bigint;
    CREATE TYPE place AS (street text, floor integer);
    CREATE TABLE customers (id integer PRIMARY KEY, name varchar(40) NOT NULL, "Home" place);
    CREATE TABLE sales.orders (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      customer_id integer REFERENCES customers,
      state sales.state NOT NULL DEFAULT 'closed',
      total cents,
      doubled bigint GENERATED ALWAYS AS (id * 2) VIRTUAL,
      note text COLLATE "C",
      UNIQUE (customer_id, id));
    CREATE INDEX lower_name ON customers (lower(name));
    CREATE INDEX covering ON sales.orders (customer_id DESC) INCLUDE (total) WHERE total > 10;
    CREATE VIEW sales.open AS SELECT * FROM sales.orders WHERE state = 'it''s open';
    CREATE STATISTICS sales.together ON customer_id, state FROM sales.orders;
    INSERT INTO customers SELECT i, 'Name ' || i FROM generate_series(1, 500) i;
    INSERT INTO sales.orders (customer_id, total, note)
      SELECT 1 + i % 500, i % 100, repeat('n', i % 7) FROM generate_series(1, 5000) i;
    ANALYZE;
    SELECT pg_stat_force_next_flush();
    CREATE ROLE narrow LOGIN;
    GRANT USAGE ON SCHEMA sales TO narrow;
    GRANT SELECT (id, name) ON customers TO narrow;
    CREATE ROLE keeper LOGIN;
    ALTER ROLE keeper SET default_transaction_read_only = on;
    GRANT USAGE ON SCHEMA sales TO keeper;
    GRANT SELECT ON ALL TABLES IN SCHEMA public, sales TO keeper`);
});

afterAll(async () => {
  await client?.end();
  await server?.stop();
});

async function gather(role: string): Promise<CatalogArtifact> {
  const database = server.url().replace('postgres@', `${role}@`);
  return (await catalogGatherer.gather(databaseContext(database))) as CatalogArtifact;
}

describe('the catalog', () => {
  test('holds tables with sizes, statistics, keys and writes', async () => {
    const catalog = await gather('keeper');
    expect(catalog).toMatchObject({
      database: 'postgres',
      settings: { work_mem: '9MB', random_page_cost: '1.1' },
      collation: { provider: 'builtin', bytewise: true },
      extensions: [{ name: 'pg_trgm', schema: 'public' }],
      extendedStatistics: [{ schema: 'sales', name: 'together', data: null }],
      hidden: [
        'What the extended statistics sales.together hold is shown to the owner of sales.orders only, so the lab takes its columns as independent: read as postgres to have them.',
      ],
    });
    expect(catalog.serverVersionNumber).toBeGreaterThan(180_000);
    const orders = catalog.tables.find(({ name }) => name === 'orders');
    expect(orders).toMatchObject({
      schema: 'sales',
      kind: 'table',
      rows: 5_000,
      primaryKey: ['id'],
      foreignKeys: [
        { columns: ['customer_id'], referencesTable: 'customers', referencesColumns: ['id'] },
      ],
      writes: { inserted: 5_000, updated: 0, deleted: 0 },
    });
    expect(orders?.sizeBytes).toBe((orders?.pages ?? 0) * 8_192);
    const [id, , state, total, doubled, note] = orders?.columns ?? [];
    expect(id?.statistics).toMatchObject({ nullFraction: 0, averageWidth: 8, distinct: -1 });
    expect(state).toMatchObject({ type: 'sales.state', notNull: true });
    expect(total).toMatchObject({ type: 'cents', notNull: false });
    expect(total?.statistics?.mostCommonValues).toMatch(/^\{/);
    expect(doubled).toMatchObject({ generated: 'virtual', default: '(id * 2)' });
    expect(note?.collation).toBe('pg_catalog."C"');
  });

  test('holds indexes as they are defined, with statistics of their expressions for their owner', async () => {
    const { indexes } = await gather('postgres');
    const named = (name: string): unknown => indexes.find((index) => index.name === name);
    expect(named('covering')).toMatchObject({
      schema: 'sales',
      table: 'orders',
      keys: ['customer_id'],
      include: ['total'],
      predicate: '((total)::bigint > 10)',
      unique: false,
      constraint: false,
    });
    expect(named('orders_pkey')).toMatchObject({ primary: true, unique: true, constraint: true });
    expect(named('orders_customer_id_id_key')).toMatchObject({ constraint: true, primary: false });
    const lower = named('lower_name') as CatalogArtifact['indexes'][number];
    const [key = ''] = lower.keys;
    expect(key).toContain('lower');
    expect(lower.expressionStatistics?.[key]).toMatchObject({ distinct: -1 });
  });

  test('holds the SQL that makes its types and views again', async () => {
    const { types, views } = await gather('keeper');
    expect(types).toEqual([
      {
        name: 'sales.state',
        definition: `CREATE TYPE sales.state AS ENUM ('it''s open', 'closed')`,
      },
      { name: 'cents', definition: 'CREATE DOMAIN public.cents AS bigint' },
      { name: 'place', definition: 'CREATE TYPE public.place AS (street text, floor integer)' },
    ]);
    expect(views).toEqual([
      {
        schema: 'sales',
        name: 'open',
        definition: expect.stringContaining('SELECT') as unknown,
        reads: [{ schema: 'sales', name: 'orders' }],
      },
    ]);
  });

  test('says what a role without rights does not see, and how to grant it', async () => {
    const catalog = await gather('narrow');
    expect(catalog.hidden.slice(0, 2)).toEqual([
      'The role narrow may read only id, name of customers, so the statistics of the other columns are hidden and plans of statements that use them cannot be asked for: GRANT SELECT ON customers TO narrow.',
      'The role narrow may not read sales.orders, so its statistics are hidden and its plans cannot be asked for: GRANT SELECT ON sales.orders TO narrow.',
    ]);
    const [customers, orders] = catalog.tables;
    // Rights on single columns are enough for the statistics of these.
    expect(customers?.columns.map((column) => column.statistics !== null)).toEqual([
      true,
      true,
      false,
    ]);
    expect(orders?.columns.every((column) => column.statistics === null)).toBe(true);
    expect(orders?.rows).toBe(5_000);
  });
});

test('only tables that statements touch keep statistics, which hold values of the data', async () => {
  const statements = [captured('SELECT id FROM sales.open')];
  const catalog = (await catalogGatherer.gather(
    databaseContext(server.url(), { agent: agentOf({ statements }) }),
  )) as CatalogArtifact;
  const known = catalog.tables.map(({ name, columns }) => [
    name,
    columns.some((column) => column.statistics !== null),
  ]);
  expect(known).toEqual([
    ['customers', false],
    ['orders', true],
  ]);
  expect(catalog.indexes.some((index) => index.expressionStatistics !== undefined)).toBe(false);
});

describe('what is no database', () => {
  const at = (database: string | null): Promise<unknown> =>
    catalogGatherer.gather(databaseContext(database));

  test('is absent when none was given', async () => {
    expect(await at(null)).toEqual({ absent: 'no database was given (--db postgresql://…)' });
  });

  test('is unreachable, refused or unreadable, each with its code and without the password', async () => {
    await expect(at('postgresql://a:secret@127.0.0.1:1/x')).rejects.toMatchObject({
      code: 'AMDAHL_DATABASE_UNREACHABLE',
      message: expect.not.stringContaining('secret') as unknown,
    });
    await expect(at(server.url('no_such_database'))).rejects.toMatchObject({
      code: 'AMDAHL_DATABASE_REFUSED',
      found: expect.stringContaining('no_such_database') as unknown,
    });
    await expect(at(server.url().replace('postgres@', 'nobody@'))).rejects.toMatchObject({
      code: 'AMDAHL_DATABASE_REFUSED',
    });
    await expect(at('not a url')).rejects.toMatchObject({ code: 'AMDAHL_DATABASE_BAD_URL' });
  });
});
