import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres, type PostgresServer } from 'amdahl/lab';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { prepareShopDatabase, type ShopDatabases } from '../../src/database/prepare.ts';
import { seedVersion } from '../../src/database/seed.ts';
import { templateName } from '../../src/database/template.ts';

const scale = 0.001;
const quiet = (): void => undefined;

let server: PostgresServer;
let databases: ShopDatabases;

beforeAll(async () => {
  server = await startPostgres();
  databases = await prepareShopDatabase({ scale, databaseUrl: server.url(), onProgress: quiet });
});

afterAll(async () => {
  await databases.stop();
  await server.stop();
});

async function query(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows as Record<string, unknown>[];
  } finally {
    await client.end();
  }
}

const byName = (a: string, b: string): number => a.localeCompare(b);

const indexNames = async (url: string): Promise<string[]> =>
  (await query(url, "SELECT indexname FROM pg_indexes WHERE schemaname = 'public'")).map(
    ({ indexname }) => String(indexname),
  );

const databaseNames = async (): Promise<unknown[]> =>
  (await query(server.url(), 'SELECT datname FROM pg_database')).map(({ datname }) => datname);

test('each copy is fresh, whatever was written to another', async () => {
  const a = await databases.databaseFor(new Set());
  await query(a, 'UPDATE stock SET quantity = 0');
  const b = await databases.databaseFor(new Set());
  expect(await query(b, 'SELECT count(*)::integer AS empty FROM stock WHERE quantity = 0')).toEqual(
    [{ empty: 0 }],
  );
});

test('a copy has the changes to the schema its fixes need, and no others', async () => {
  const sinful = await indexNames(await databases.databaseFor(new Set()));
  const fixed = await indexNames(
    await databases.databaseFor(new Set(['index', 'redundant-index', 'n-plus-one'])),
  );
  expect(fixed.filter((name) => !sinful.includes(name)).toSorted(byName)).toEqual([
    'orders_user_id_created_at_id_idx',
    'reviews_product_id_created_at_id_idx',
  ]);
  expect(sinful.filter((name) => !fixed.includes(name)).toSorted(byName)).toEqual([
    'order_lines_order_id_idx',
    'order_lines_product_idx',
    'order_lines_quantity_idx',
  ]);
});

test('an owner drops its copies when it stops, and leaves those of others alone', async () => {
  const others = await databases.databaseFor(new Set());
  const mine = await prepareShopDatabase({ scale, databaseUrl: server.url(), onProgress: quiet });
  const copy = new URL(await mine.databaseFor(new Set())).pathname.slice(1);
  expect(await databaseNames()).toContain(copy);
  await mine.stop();
  expect(await databaseNames()).not.toContain(copy);
  expect(await query(others, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('copies whose owner is gone are dropped by the next one', async () => {
  await query(server.url(), 'CREATE DATABASE shop_copy_00000000_1');
  const next = await prepareShopDatabase({ scale, databaseUrl: server.url(), onProgress: quiet });
  expect(await databaseNames()).not.toContain('shop_copy_00000000_1');
  await next.stop();
});

test('a seed that was interrupted is made anew', async () => {
  const other = 0.0011;
  await query(server.url(), `CREATE DATABASE ${templateName(other)}_building`);
  const next = await prepareShopDatabase({
    scale: other,
    databaseUrl: server.url(),
    onProgress: quiet,
  });
  const copy = await next.databaseFor(new Set());
  expect(await query(copy, 'SELECT count(*)::integer AS orders FROM orders')).toEqual([
    { orders: 2000 },
  ]);
  await next.stop();
  expect(await databaseNames()).not.toContain(`${templateName(other)}_building`);
});

test('a role that may not create databases is told how to get there', async () => {
  await query(server.url(), 'CREATE ROLE visitor LOGIN');
  const url = new URL(server.url());
  url.username = 'visitor';
  await expect(
    prepareShopDatabase({ scale, databaseUrl: url.href, onProgress: quiet }),
  ).rejects.toThrow(/found "visitor", which may not. Run ALTER ROLE visitor CREATEDB/);
});

test('a server that cannot be reached is named, without its password', async () => {
  const preparing = prepareShopDatabase({
    scale,
    databaseUrl: 'postgresql://me:secret@127.0.0.1:1/postgres',
    onProgress: quiet,
  });
  await expect(preparing).rejects.toThrow(/127\.0\.0\.1:1\/postgres; found: .*ECONNREFUSED/);
  await expect(preparing).rejects.not.toThrow(/secret/);
});

test.each([0, 2, Number.NaN])('a scale of %s is refused', async (wrong) => {
  await expect(prepareShopDatabase({ scale: wrong, onProgress: quiet })).rejects.toThrow(
    `found ${wrong}`,
  );
});

test('the embedded server keeps its seed, belongs to one process and starts afresh when half made', async () => {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'shop-prepare-'));
  const said: string[] = [];
  const options = { scale, dataDirectory, onProgress: (text: string) => said.push(text) };
  try {
    const first = await prepareShopDatabase(options);
    expect(said).toContain('gathering statistics');
    await expect(prepareShopDatabase(options)).rejects.toThrow(`found process ${process.pid}`);
    await first.stop();

    said.length = 0;
    const again = await prepareShopDatabase(options);
    expect(said).toEqual(['starting the embedded PostgreSQL']);
    await again.stop();

    const directory = join(dataDirectory, `v${seedVersion}-scale-${scale}`);
    expect(existsSync(join(directory, 'complete'))).toBe(true);
    rmSync(join(directory, 'complete'));
    // Left behind by a process that no longer exists.
    writeFileSync(join(directory, 'lock'), '2147483646');
    const afresh = await prepareShopDatabase(options);
    expect(said).toContain('gathering statistics');
    await afresh.stop();
    expect(existsSync(join(directory, 'lock'))).toBe(false);
  } finally {
    rmSync(dataDirectory, { recursive: true, force: true });
  }
});
