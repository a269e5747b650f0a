import { rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPostgres, type PostgresServer } from '../../src/lab/postgres.ts';
import { openReadOnly, type ReadOnlyDatabase } from '../../src/sql/read-only-database.ts';
import {
  readStatementsView,
  type StatementsViewOptions,
} from '../../src/workload/statements-view.ts';
import type { Workload } from '../../src/workload/workload.ts';
import { needsSystemPostgres, systemPostgres } from '../fixtures/system-postgres.ts';

/** Tests that start a server of their own, on a machine that does other things too. */
const slowMs = 120_000;

const preload = { shared_preload_libraries: 'pg_stat_statements' };

async function read(url: string, options: StatementsViewOptions = {}): Promise<Workload> {
  const database: ReadOnlyDatabase = await openReadOnly(url);
  try {
    return await readStatementsView(database, options);
  } finally {
    await database.close();
  }
}

async function sql(url: string, ...texts: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (const text of texts) await client.query(text);
  } finally {
    await client.end();
  }
}

const counts = ({ statements }: Workload): Readonly<Record<string, number | null>> =>
  Object.fromEntries(statements.map(({ text, calls }) => [text, calls]));

describe.each([
  { version: '18', programs: undefined },
  { version: `15${needsSystemPostgres}`, programs: systemPostgres ?? undefined },
])('PostgreSQL $version', ({ version, programs }) => {
  const isMissing = version.startsWith('15') && programs === undefined;
  let server: PostgresServer;

  beforeAll(async () => {
    if (isMissing) return;
    server = await startPostgres({
      ...(programs === undefined ? {} : { programs }),
      settings: preload,
    });
    await sql(
      server.url(),
      'CREATE DATABASE shop',
      'CREATE DATABASE bare',
      'CREATE ROLE owner LOGIN SUPERUSER',
      'CREATE ROLE app LOGIN',
      'CREATE ROLE monitor LOGIN IN ROLE pg_read_all_stats',
    );
    await sql(
      server.url('shop'),
      'CREATE SCHEMA "Extensions"',
      'GRANT USAGE ON SCHEMA "Extensions" TO public',
      'CREATE EXTENSION pg_stat_statements SCHEMA "Extensions"',
      'CREATE TABLE orders (id int PRIMARY KEY, placed timestamptz)',
      'GRANT SELECT ON orders TO app',
      'INSERT INTO orders SELECT i FROM generate_series(1, 100) i',
    );
  });

  beforeAll(async () => {
    if (!isMissing) await sql(server.url('shop'), 'SELECT "Extensions".pg_stat_statements_reset()');
  });

  afterAll(async () => {
    await server?.stop();
  });

  const as = (role: string, database = 'shop'): string =>
    server.url(database).replace('postgres@', `${role}@`);

  test.skipIf(isMissing)(
    'statements are counted over roles, wherever the extension lives',
    async () => {
      for (const role of ['app', 'owner']) {
        await sql(
          as(role),
          'SELECT * FROM orders WHERE id = 1',
          'SELECT * FROM orders WHERE id = 2',
        );
      }
      const workload = await read(as('monitor'));
      expect(counts(workload)).toMatchObject({ 'SELECT * FROM orders WHERE id = $1': 4 });
      const statement = workload.statements.find(({ text }) => text.includes('WHERE id'));
      expect(statement).toMatchObject({ rows: 4, origin: null, parameterLists: [] });
      expect(statement?.meanMs).toBeGreaterThan(0);
      expect(workload.source).toMatch(
        /^pg_stat_statements of shop since \d{4}-\d\d-\d\d \d\d:\d\d UTC$/,
      );
    },
  );

  test.skipIf(isMissing)(
    'what only asks the server, and utility statements, are left out',
    async () => {
      await sql(
        as('owner'),
        'SELECT relname FROM pg_class LIMIT 1',
        'SELECT n.nspname FROM pg_catalog.pg_namespace n',
        'SELECT table_name FROM information_schema.tables LIMIT 1',
        "SELECT current_setting('work_mem')",
        'BEGIN',
        'CREATE TABLE gone (id int)',
        'SELECT o.id FROM orders o JOIN pg_class c ON c.oid = o.id',
        'ROLLBACK',
      );
      const texts = Object.keys(counts(await read(as('monitor')))).join('\n');
      expect(texts).not.toMatch(/relname|nspname|information_schema|current_setting|BEGIN|CREATE/);
      expect(texts).toContain('JOIN pg_class');
    },
  );

  test.skipIf(isMissing)(
    'a literal that names its type is written so that a server takes it',
    async () => {
      await sql(as('app'), "SELECT * FROM orders WHERE placed > now() - interval '3 days'");
      expect(Object.keys(counts(await read(as('monitor'))))).toContain(
        'SELECT * FROM orders WHERE placed > now() - $1::interval',
      );
    },
  );

  test.skipIf(isMissing)(
    'a list of constants is planned as a list, however the server kept it',
    async () => {
      await sql(as('app'), 'SELECT * FROM orders WHERE id IN (1, 2, 3, 4, 5)');
      const { statements } = await read(as('monitor'));
      expect(statements.map(({ exampleText }) => exampleText.replaceAll(/\s/g, ''))).toContain(
        'SELECT*FROMordersWHEREidIN($1,$2,$3,$4,$5)',
      );
    },
  );

  test.skipIf(isMissing)('statements of another database are none of this one', async () => {
    await sql(as('owner', 'bare'), 'CREATE TABLE elsewhere (id int)', 'SELECT id FROM elsewhere');
    expect(Object.keys(counts(await read(as('monitor')))).join()).not.toContain('elsewhere');
  });

  test.skipIf(isMissing)(
    'a role without the right to see the texts is told whom to ask',
    async () => {
      await sql(as('owner'), 'CREATE ROLE blind LOGIN');
      await expect(read(as('blind'))).rejects.toMatchObject({
        code: 'AMDAHL_WORKLOAD_TEXTS_HIDDEN',
        next: 'Run as a superuser: GRANT pg_read_all_stats TO blind;',
      });
    },
  );

  test.skipIf(isMissing)(
    'texts hidden in part are a warning with their share of the time',
    async () => {
      await sql(as('app'), 'SELECT count(*) FROM orders');
      const workload = await read(as('app'));
      expect(Object.keys(counts(workload))).toContain('SELECT count(*) FROM orders');
      expect(workload.warnings.join()).toMatch(
        /^The texts of \d+ statements of other roles \(.*% of the time\) are hidden from app\. GRANT pg_read_all_stats TO app shows them\.$/,
      );
    },
  );

  test.skipIf(isMissing)(
    'of a long list those that took most time are read, and it is said',
    async () => {
      // A million rows: no question about the catalog takes as long.
      await sql(as('app'), 'SELECT max(a.id + b.id + c.id) FROM orders a, orders b, orders c');
      const { statements, warnings } = await read(as('monitor'), { most: 2 });
      expect(statements.length).toBeGreaterThan(0);
      expect(statements.length).toBeLessThanOrEqual(2);
      expect(warnings.join()).toMatch(/^Only the 2 entries .* \d+ more hold .*% of the time\.$/);
    },
  );

  test.skipIf(isMissing)(
    'without the extension, what to do next depends on the library',
    async () => {
      await expect(read(as('owner', 'bare'))).rejects.toMatchObject({
        code: 'AMDAHL_WORKLOAD_VIEW_MISSING',
        next: 'Run as a superuser: CREATE EXTENSION pg_stat_statements; in bare.',
      });
    },
  );

  test.skipIf(isMissing)('a view without statements of the app says so', async () => {
    await sql(as('owner'), 'CREATE DATABASE quiet');
    await sql(as('owner', 'quiet'), 'CREATE EXTENSION pg_stat_statements');
    await sql(as('owner', 'quiet'), 'SELECT pg_stat_statements_reset()');
    await expect(read(as('owner', 'quiet'))).rejects.toMatchObject({
      code: 'AMDAHL_WORKLOAD_VIEW_EMPTY',
    });
  });
});

test('a server that did not load the library', async () => {
  const server = await startPostgres();
  try {
    await expect(read(server.url())).rejects.toMatchObject({
      code: 'AMDAHL_WORKLOAD_VIEW_MISSING',
      found: 'none, nor is its library loaded',
    });
    await sql(server.url(), 'CREATE EXTENSION pg_stat_statements', 'CREATE ROLE visitor LOGIN');
    await expect(read(server.url())).rejects.toMatchObject({
      code: 'AMDAHL_WORKLOAD_VIEW_NOT_LOADED',
    });
    await sql(server.url(), 'REVOKE ALL ON pg_stat_statements FROM public');
    await expect(read(server.url().replace('postgres@', 'visitor@'))).rejects.toMatchObject({
      code: 'AMDAHL_WORKLOAD_VIEW_MISSING',
      next: 'Run as its owner: GRANT USAGE ON SCHEMA public TO visitor; GRANT SELECT ON public.pg_stat_statements TO visitor;',
    });
  } finally {
    await server.stop();
  }
});

test(
  'texts the server lost, and functions counted twice, are told',
  async () => {
    const server = await startPostgres({
      settings: { ...preload, 'pg_stat_statements.track': 'all' },
    });
    try {
      await sql(
        server.url(),
        'CREATE EXTENSION pg_stat_statements',
        'CREATE TABLE t (id int)',
        `CREATE FUNCTION inner_count() RETURNS bigint LANGUAGE plpgsql AS
         $$ BEGIN RETURN (SELECT count(*) FROM t); END $$`,
        'SELECT inner_count()',
      );
      const before = await read(server.url());
      expect(before.warnings).toEqual([expect.stringContaining('Statements inside functions')]);
      expect(Object.keys(counts(before))).toContain('SELECT inner_count()');
      rmSync(join(server.dataDirectory, 'pg_stat_tmp/pgss_query_texts.stat'));
      const after = await read(server.url());
      expect(after.unread[0]?.text).toMatch(/^query -?\d+$/);
      expect(after.unread[0]?.error).toContain('lost its file of statement texts');
      await sql(server.url(), 'SELECT pg_stat_statements_reset()', 'SELECT id FROM t');
      truncateSync(join(server.dataDirectory, 'pg_stat_tmp/pgss_query_texts.stat'));
      await sql(server.url(), 'SELECT count(*) FROM t');
      await expect(read(server.url())).rejects.toMatchObject({
        code: 'AMDAHL_WORKLOAD_VIEW_EMPTY',
        found: expect.stringContaining('damaged texts'),
      });
    } finally {
      await server.stop();
    }
  },
  slowMs,
);
