import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPostgres, type PostgresServer } from '../../src/lab/postgres.ts';
import { refusalInText, refusalToExecute } from '../../src/sql/execution-guard.ts';
import { openReadOnly, type ReadOnlyDatabase } from '../../src/sql/read-only-database.ts';

describe('the text alone', () => {
  test.each([
    ['UPDATE t SET a = 1', 'it is no SELECT'],
    ['CREATE TABLE t AS SELECT 1', 'it is no SELECT'],
    ['CALL p()', 'it is no SELECT'],
    ['WITH gone AS (DELETE FROM t RETURNING *) SELECT * FROM gone', 'WITH clause'],
    ['SELECT * FROM (WITH n AS (INSERT INTO t VALUES (1) RETURNING *) SELECT * FROM n) x', 'WITH'],
    [
      'SELECT 1 UNION (WITH n AS (MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DELETE RETURNING t.a) SELECT a FROM n)',
      'WITH',
    ],
    ['SELECT * INTO copy FROM t', 'SELECT INTO'],
    ['SELECT * FROM t FOR UPDATE', 'locks rows'],
    ['SELECT * FROM t WHERE a IN (SELECT a FROM u FOR SHARE)', 'locks rows'],
    ['SELECT * FROM ((SELECT 1) UNION (SELECT a FROM t FOR NO KEY UPDATE)) x', 'locks rows'],
    ['SELECT 1; DROP TABLE t', '2 statements'],
    ['SELEC 1', 'does not parse'],
  ])('forbids %s', (text, reason) => {
    expect(refusalInText(text)).toContain(reason);
  });

  test.each([
    ['SELECT * FROM t'],
    ['VALUES (1), (2)'],
    ['TABLE t'],
    ["SELECT 'DELETE FROM t FOR UPDATE' AS update"],
    ['WITH RECURSIVE r AS (SELECT 1 UNION ALL SELECT 2 FROM r) SELECT * FROM r'],
  ])('does not forbid %s', (text) => {
    expect(refusalInText(text)).toBeNull();
  });
});

describe('with the catalog', () => {
  let server: PostgresServer;
  let database: ReadOnlyDatabase;

  beforeAll(async () => {
    server = await startPostgres();
    const client = new Client({ connectionString: server.url() });
    await client.connect();
    await client.query(`
      CREATE TABLE t (a int);
      CREATE SEQUENCE s;
      CREATE FUNCTION sure(int) RETURNS int LANGUAGE sql STABLE AS 'SELECT $1';
      CREATE FUNCTION unsure(int) RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN $1; END';
      CREATE FUNCTION differs(int, int) RETURNS bool LANGUAGE plpgsql AS 'BEGIN RETURN $1 <> $2; END';
      CREATE OPERATOR <~> (LEFTARG = int, RIGHTARG = int, FUNCTION = differs);
      CREATE VIEW inner_view AS SELECT unsure(a) AS a FROM t;
      CREATE VIEW outer_view AS SELECT * FROM inner_view;
      CREATE VIEW plain_view AS SELECT a, now() FROM t`);
    await client.end();
    database = await openReadOnly(server.url());
  });

  afterAll(async () => {
    await database?.close();
    await server?.stop();
  });

  test.each([
    ["SELECT nextval('s')", 'nextval()'],
    ["SELECT setval('s', 1)", 'setval()'],
    ['SELECT pg_terminate_backend(1)', 'pg_terminate_backend()'],
    ['SELECT pg_advisory_lock(1)', 'pg_advisory_lock()'],
    ["SELECT set_config('work_mem', '1MB', false)", 'set_config()'],
    ["SELECT lo_import('/etc/hostname')", 'lo_import()'],
    ["SELECT * FROM pg_read_file('x')", 'pg_read_file()'],
    ['SELECT unsure(1)', 'public.unsure()'],
    ['SELECT * FROM t WHERE a = (SELECT unsure(a))', 'public.unsure()'],
    ['SELECT * FROM t WHERE a <~> 1', 'operator <~>'],
    ['SELECT * FROM outer_view', 'public.unsure()'],
  ])('%s is refused', async (text, reason) => {
    expect(await refusalToExecute(database.query, text)).toContain(reason);
  });

  test.each([
    ['SELECT count(*), random(), now(), clock_timestamp() FROM t'],
    ['SELECT sure(1), lower(1::text), a + 1 FROM t'],
    ['SELECT * FROM plain_view JOIN pg_class ON true'],
    ["SELECT pg_relation_size('t')"],
  ])('%s is not', async (text) => {
    expect(await refusalToExecute(database.query, text)).toBeNull();
  });
});
