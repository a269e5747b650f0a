import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CatalogArtifact } from '../../src/artifacts/catalog.ts';
import { buildHollowLab } from '../../src/lab/hollow-lab.ts';
import { startPostgres, type PostgresServer } from '../../src/lab/postgres.ts';
import { readCatalog } from '../../src/sql/read-catalog.ts';
import { openReadOnly } from '../../src/sql/read-only-database.ts';

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgres();
});

afterAll(() => server?.stop());

/** A database in an encoding, with a table whose column `odd` holds this byte, once spelt in hex. */
async function catalogIn(encoding: string, byte: string): Promise<CatalogArtifact> {
  const admin = new Client({ connectionString: server.url() });
  await admin.connect();
  const name = encoding.toLowerCase();
  await admin.query(
    `CREATE DATABASE ${name} ENCODING '${encoding}' TEMPLATE template0
     LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C'`,
  );
  await admin.end();
  const client = new Client({ connectionString: server.url(name) });
  await client.connect();
  await client.query(`
    SET client_encoding = '${encoding}';
    CREATE TABLE words (id integer PRIMARY KEY, odd text NOT NULL, plain text NOT NULL);
    INSERT INTO words SELECT i, convert_from('\\x${byte}'::bytea || (i % 9)::text::bytea,
      '${encoding}'), 'plain ' || i % 9 FROM generate_series(1, 3000) i;
    CREATE TABLE others AS SELECT i % 7 AS n FROM generate_series(1, 1000) i;
    ANALYZE`);
  await client.end();
  const database = await openReadOnly(server.url(name));
  const catalog = await readCatalog(database);
  await database.close();
  return catalog;
}

const valuesOf = (catalog: CatalogArtifact): unknown =>
  catalog.tables.flatMap(({ columns }) =>
    columns.map((column) => [
      column.name,
      column.statistics?.mostCommonValues?.slice(0, 9) ?? null,
    ]),
  );

test('bytes without an encoding cost their column its values, which is said, and nothing more', async () => {
  const catalog = await catalogIn('SQL_ASCII', 'e4ff');
  expect(catalog.hidden).toEqual([
    'The statistics of words.odd hold bytes that are no text in UTF-8; its common values and histogram are left out.',
  ]);
  expect(valuesOf(catalog)).toEqual([
    ['n', expect.stringMatching(/^\{/)],
    ['id', null],
    ['odd', null],
    ['plain', expect.stringContaining('plain') as unknown],
  ]);
  const lab = await buildHollowLab({ catalog, tables: catalog.tables, candidates: [] });
  expect(lab.warnings).toEqual([]);
  // Nine values are nine values, whatever they are.
  const plan = await lab.explain(`SELECT odd FROM words GROUP BY odd`, []);
  expect(plan['Plan Rows']).toBe(9);
  await lab.close();
});

test('Latin letters arrive as what they are', async () => {
  const catalog = await catalogIn('LATIN1', 'e4');
  expect(catalog.hidden).toEqual([]);
  expect(catalog.tables[1]?.columns[1]?.statistics?.mostCommonValues).toContain('ä1');
});

test('a byte that has no letter in its encoding costs no other column anything either', async () => {
  const catalog = await catalogIn('WIN1252', '81');
  expect(catalog.hidden).toEqual([
    'The statistics of words.odd hold bytes that are no text in UTF-8; its common values and histogram are left out.',
  ]);
  expect(valuesOf(catalog)).toEqual([
    ['n', expect.stringMatching(/^\{/)],
    ['id', null],
    ['odd', null],
    ['plain', expect.stringContaining('plain') as unknown],
  ]);
  expect(catalog.tables[1]?.columns[1]?.statistics).toMatchObject({ distinct: 9 });
});
