import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CatalogArtifact } from '../../src/artifacts/catalog.ts';
import { buildHollowLab } from '../../src/lab/hollow-lab.ts';
import { startPostgres, type PostgresServer } from '../../src/lab/postgres.ts';
import { unprivilegedUser } from '../../src/lab/system-user.ts';
import { readCatalog } from '../../src/sql/read-catalog.ts';
import { openReadOnly, type ReadOnlyDatabase } from '../../src/sql/read-only-database.ts';
import { needsSystemPostgres, systemPostgres } from '../fixtures/system-postgres.ts';

const script = `
CREATE SCHEMA shut;
CREATE TABLE people (id integer PRIMARY KEY, name text NOT NULL, salary integer);
CREATE TABLE shut.secrets (id integer PRIMARY KEY, secret text);
CREATE TABLE guarded (id integer PRIMARY KEY, owner text);
ALTER TABLE guarded ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON guarded USING (owner = current_user);
INSERT INTO people SELECT i, 'name ' || i, i FROM generate_series(1, 5000) i;
INSERT INTO guarded SELECT i, 'x' FROM generate_series(1, 100) i;
ANALYZE;
CREATE ROLE nobody LOGIN;
CREATE ROLE "some One" LOGIN;
GRANT SELECT (id) ON people TO "some One";
GRANT SELECT ON shut.secrets, guarded TO "some One";
CREATE ROLE reader LOGIN;
ALTER ROLE reader SET default_transaction_read_only = on;
GRANT pg_read_all_data TO reader`;

let server: PostgresServer;
let client: Client;

beforeAll(async () => {
  server = await startPostgres({ settings: { autovacuum: 'off', wal_level: 'replica' } });
  client = new Client({ connectionString: server.url() });
  await client.connect();
  await client.query(script);
});

afterAll(async () => {
  await client?.end();
  await server?.stop();
});

async function withRole<Result>(
  role: string,
  work: (database: ReadOnlyDatabase) => Promise<Result>,
): Promise<Result> {
  const url = server.url().replace('postgres@', `${encodeURIComponent(role)}@`);
  const database = await openReadOnly(url);
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

const statisticsIn = ({ tables }: CatalogArtifact): readonly string[] =>
  tables.flatMap(({ name, columns }) =>
    columns.flatMap((column) => (column.statistics === null ? [] : [`${name}.${column.name}`])),
  );

describe('what a role may see', () => {
  test('who may only connect reads the schema, and is told what to be granted', async () => {
    const catalog = await withRole('nobody', (database) => readCatalog(database));
    expect(catalog.tables.map(({ name }) => name)).toEqual(['guarded', 'people', 'secrets']);
    expect(catalog.tables[1]).toMatchObject({ rows: 5_000, primaryKey: ['id'] });
    expect(statisticsIn(catalog)).toEqual([]);
    expect(catalog.hidden).toEqual([
      'The role nobody may not read guarded, so its statistics are hidden and its plans cannot be asked for: GRANT SELECT ON guarded TO nobody.',
      'The role nobody may not read people, so its statistics are hidden and its plans cannot be asked for: GRANT SELECT ON people TO nobody.',
      'The role nobody may not use the schema shut, so plans of shut.secrets cannot be asked for and its statistics are hidden: GRANT USAGE ON SCHEMA shut TO nobody; GRANT SELECT ON shut.secrets TO nobody.',
    ]);
    // Without any statistics there is still a lab.
    const lab = await buildHollowLab({ catalog, tables: catalog.tables, candidates: [] });
    expect((await lab.explain('SELECT * FROM people WHERE id = 1', []))['Node Type']).toContain(
      'Index',
    );
    await lab.close();
  });

  test('rights on some columns, a schema shut off, and policies are each told apart', async () => {
    const catalog = await withRole('some One', readCatalog);
    expect(statisticsIn(catalog)).toEqual(['people.id']);
    expect(catalog.hidden).toEqual([
      'The role some One may read only id of people, so the statistics of the other columns are hidden and plans of statements that use them cannot be asked for: GRANT SELECT ON people TO "some One".',
      'The role some One may not use the schema shut, so plans of shut.secrets cannot be asked for: GRANT USAGE ON SCHEMA shut TO "some One".',
      'Row-level security hides the statistics of guarded from the role some One: ALTER ROLE "some One" BYPASSRLS, or read as the owner of the table.',
    ]);
  });

  test('the grants that were asked for are enough', async () => {
    await client.query('CREATE ROLE granted LOGIN; ALTER ROLE granted BYPASSRLS');
    const before = await withRole('granted', readCatalog);
    for (const sentence of before.hidden) {
      await client.query(/: (GRANT .*)\.$/.exec(sentence)?.[1] ?? '');
    }
    const after = await withRole('granted', readCatalog);
    expect(after.hidden).toEqual([]);
    expect(statisticsIn(after)).toEqual(statisticsIn(await withRole('postgres', readCatalog)));
  });

  test('nothing is written: not by a read, not by a text that tries to', async () => {
    await client.query(`
      CREATE TABLE ddl_log (tag text);
      CREATE FUNCTION log_ddl() RETURNS event_trigger LANGUAGE plpgsql
        AS $$ BEGIN INSERT INTO ddl_log VALUES (tg_tag); END $$;
      CREATE EVENT TRIGGER ddl_watch ON ddl_command_end EXECUTE FUNCTION log_ddl()`);
    // Whatever writes takes a transaction number.
    const nextTransaction = async (): Promise<unknown> =>
      (await client.query('SELECT pg_snapshot_xmax(pg_current_snapshot()) AS next')).rows[0];
    const before = await nextTransaction();
    // The superuser, who could; and the role whose transactions are read-only anyway.
    for (const role of ['postgres', 'reader']) {
      await withRole(role, async (database) => {
        await readCatalog(database);
        for (const text of [
          'SELECT 1; COMMIT; DROP TABLE people',
          'EXPLAIN SELECT 1; COMMIT; DELETE FROM people',
          'DELETE FROM people',
          `SELECT nextval('log_seq')`,
          'SET TRANSACTION READ WRITE',
          'CREATE TEMP TABLE t ()',
        ]) {
          await database.query(text).catch(() => undefined);
        }
        await expect(database.query('DELETE FROM people')).rejects.toMatchObject({
          code: '25006',
        });
      });
    }
    expect(await nextTransaction()).toEqual(before);
    const { rows } = await client.query(
      'SELECT (SELECT count(*)::int FROM ddl_log) AS ddl, (SELECT count(*)::int FROM people) AS people',
    );
    expect(rows).toEqual([{ ddl: 0, people: 5_000 }]);
  });
});

describe('a database that is not what one hoped for', () => {
  test('without a table is told to be perhaps the wrong one', async () => {
    await client.query('CREATE DATABASE empty');
    const database = await openReadOnly(server.url('empty'));
    const catalog = await readCatalog(database);
    await database.close();
    expect(catalog.tables).toEqual([]);
    expect(catalog.hidden).toEqual([
      'The database empty has no tables of its own: see that it is the one the service uses.',
    ]);
  });

  test('with a table locked by a migration is not waited for without end', async () => {
    const migration = new Client({ connectionString: server.url() });
    await migration.connect();
    await migration.query('BEGIN');
    await migration.query('LOCK TABLE people');
    try {
      await expect(withRole('postgres', (database) => readCatalog(database))).rejects.toMatchObject(
        {
          code: 'AMDAHL_DATABASE_LOCKED',
        },
      );
    } finally {
      await migration.end();
    }
  });

  test.each([1, 7])('killed after %i answers is lost', async (answers) => {
    const victim = await startPostgres();
    const database = await openReadOnly(victim.url());
    let left = answers;
    const dying: ReadOnlyDatabase = {
      ...database,
      query: async (text, values) => {
        if (left === 0) await victim.stop();
        left -= 1;
        return database.query(text, values);
      },
    };
    await expect(readCatalog(dying)).rejects.toMatchObject({ code: 'AMDAHL_DATABASE_LOST' });
    await database.close();
    await victim.stop();
  });

  test.skipIf(systemPostgres === null)(
    `a standby is read, and said to count for itself only${needsSystemPostgres}`,
    async () => {
      const programs = systemPostgres as string;
      const primary = await startPostgres({
        programs,
        settings: { wal_level: 'replica', max_wal_senders: '4' },
      });
      const folder = mkdtempSync(join(tmpdir(), 'amdahl-standby-'));
      const directory = join(folder, 'data');
      const admin = new Client({ connectionString: primary.url() });
      try {
        await admin.connect();
        await admin.query(
          `CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t SELECT generate_series(1, 1000); ANALYZE`,
        );
        const backup = spawnSync(
          join(programs, 'pg_basebackup'),
          ['-d', primary.url(), '-D', directory, '-R', '-X', 'stream', '-c', 'fast'],
          { encoding: 'utf8' },
        );
        expect(backup.stderr).not.toContain('error');
        const user = unprivilegedUser();
        if (user !== null) {
          spawnSync('chown', ['-R', `${user.uid}:${user.gid}`, folder]);
          spawnSync('chmod', ['755', folder]);
        }
        const standby = await startPostgres({ programs, dataDirectory: directory });
        const database = await openReadOnly(standby.url());
        const catalog = await readCatalog(database);
        await database.close();
        await standby.stop();
        expect(catalog.standby).toBe(true);
        expect(catalog.hidden).toEqual([
          'The database postgres is a standby: scans of its indexes are those asked of it alone, and writes are not counted on it; read the primary too (--replica) before an index is called unused.',
        ]);
        expect(catalog.tables[0]).toMatchObject({ name: 't', rows: 1_000 });
      } finally {
        await admin.end();
        await primary.stop();
        rmSync(folder, { recursive: true, force: true });
      }
    },
    // Two servers and a base backup.
    90_000,
  );
});
