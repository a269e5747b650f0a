import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildHollowLab } from '../../src/lab/hollow-lab.ts';
import { startPostgres, type PostgresServer } from '../../src/lab/postgres.ts';
import { readCatalog } from '../../src/sql/read-catalog.ts';
import { openReadOnly, type ReadOnlyDatabase } from '../../src/sql/read-only-database.ts';
import { tablesInUse } from '../../src/sql/tables-in-use.ts';

const tables = 5_000;
/** Making them takes a while where other tests run beside. */
const patienceMs = 90_000;

let server: PostgresServer;
let database: ReadOnlyDatabase;
let asked: string[];

beforeAll(async () => {
  server = await startPostgres({
    settings: { autovacuum: 'off', max_locks_per_transaction: '2048' },
  });
  const client = new Client({ connectionString: server.url() });
  await client.connect();
  await client.query(`
    DO $$ BEGIN FOR i IN 1..${tables} LOOP
      EXECUTE format('CREATE TABLE t%s (id integer PRIMARY KEY, kind text)', i);
    END LOOP; END $$`);
  await client.query(`
    CREATE VIEW busy AS SELECT * FROM t7 WHERE kind = 'a';
    CREATE VIEW idle AS SELECT * FROM t8;
    INSERT INTO t7 SELECT i, chr(97 + i % 5) FROM generate_series(1, 1000) i;
    INSERT INTO t8 SELECT * FROM t7;
    ANALYZE t7, t8;
    CREATE ROLE nobody LOGIN`);
  await client.end();
  const opened = await openReadOnly(server.url());
  asked = [];
  database = {
    ...opened,
    query: (text, values) => {
      asked.push(text);
      return opened.query(text, values);
    },
  };
}, patienceMs);

afterAll(async () => {
  await database?.close();
  await server?.stop();
});

test(
  'of thousands of tables only those in use are looked at and modelled',
  async () => {
    const statements = ['SELECT * FROM busy'];
    const catalog = await readCatalog(database, { statements });
    expect(catalog.tables).toHaveLength(tables);
    const known = catalog.tables.filter(({ columns }) =>
      columns.some(({ statistics }) => statistics !== null),
    );
    expect(known.map(({ name }) => name)).toEqual(['t7']);
    // As many questions as for a small database; one looks at the ends of an index in use.
    expect(asked.length).toBeLessThan(20);
    expect(asked.filter((text) => text.includes('min('))).toHaveLength(1);
    const inUse = tablesInUse(statements, catalog);
    const lab = await buildHollowLab({ catalog, tables: inUse, candidates: [] });
    try {
      expect(lab.warnings).toEqual([]);
      const rows = await lab.query(
        `SELECT relname AS name FROM pg_class
       WHERE relkind IN ('r', 'v') AND relnamespace = 'public'::regnamespace ORDER BY 1`,
      );
      expect(rows).toEqual([{ name: 'busy' }, { name: 't7' }]);
      expect((await lab.explain('SELECT * FROM busy', []))['Plan Rows']).toBe(200);
    } finally {
      await lab.close();
    }
  },
  patienceMs,
);

test('of thousands of hidden tables is told in one sentence', async () => {
  const outsider = await openReadOnly(server.url().replace('postgres@', 'nobody@'));
  const catalog = await readCatalog(outsider);
  await outsider.close();
  expect(catalog.hidden).toEqual([
    'The role nobody may not read 5000 of 5000 tables (t1, t10, t100, …), so their statistics are hidden and their plans cannot be asked for: GRANT pg_read_all_data TO nobody.',
  ]);
});
