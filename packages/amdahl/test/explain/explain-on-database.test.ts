import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { explainOnDatabase, type ExplainOptions } from '../../src/explain/explain-on-database.ts';
import type { ExplainResult } from '../../src/explain/explain-result.ts';
import { readExplainable } from '../../src/explain/read-statement.ts';
import { startPostgres, type PostgresServer } from '../../src/lab/postgres.ts';
import { needsSystemPostgres, systemPostgres } from '../fixtures/system-postgres.ts';

const prepare = `
  CREATE TABLE orders (id integer PRIMARY KEY, status text, note text);
  INSERT INTO orders
    SELECT i, CASE WHEN i % 8000 = 0 THEN 'failed' ELSE 'done' END, repeat('x', 50)
      FROM generate_series(1, 40000) i;
  CREATE INDEX orders_failed_idx ON orders (id) WHERE status = 'failed';
  CREATE TABLE secrets (id integer);
  CREATE SEQUENCE numbers;
  ANALYZE orders;
  CREATE ROLE reader LOGIN;
  ALTER ROLE reader SET default_transaction_read_only = on;
  GRANT SELECT, UPDATE, DELETE ON orders TO reader;
  GRANT USAGE ON SEQUENCE numbers TO reader`;

function suite(programs: string | null): void {
  let server: PostgresServer;
  let client: Client;

  beforeAll(async () => {
    server = await startPostgres(programs === null ? {} : { programs });
    client = new Client({ connectionString: server.url() });
    await client.connect();
    await client.query(prepare);
  });

  afterAll(async () => {
    await client?.end();
    await server?.stop();
  });

  function explain(text: string, changes: Partial<ExplainOptions> = {}): Promise<ExplainResult> {
    const explainable = readExplainable(text);
    if (explainable.kind !== 'statement') throw new Error('no statement');
    return explainOnDatabase(explainable, {
      database: server.url().replace('postgres@', 'reader@'),
      analyze: false,
      parameters: null,
      timeoutMs: 15_000,
      ...changes,
    });
  }

  test('a change is planned and never executed', async () => {
    const { origin, explained, settings } = await explain("DELETE FROM orders WHERE note = 'x'");
    expect(origin).toBe('planned');
    expect(explained.plan).toMatchObject({ 'Node Type': 'ModifyTable', Operation: 'Delete' });
    expect(explained.plan['Actual Loops']).toBeUndefined();
    expect(settings).toMatchObject({ work_mem: '4MB' });
    const { rows } = await client.query('SELECT count(*)::int FROM orders');
    expect(rows).toEqual([{ count: 40_000 }]);
  });

  test('the size of a table tells of a scan that was only planned', async () => {
    const { problems } = await explain("SELECT id FROM orders WHERE note = 'y'");
    expect(problems.map(({ rule }) => rule)).toEqual(['sequential-scan']);
    expect(problems[0]?.title).toContain('of 40,000 rows');
  });

  test('values of parameters decide the plan; without any it serves all', async () => {
    const text = 'SELECT * FROM orders WHERE status = $1';
    const rare = await explain(text, { parameters: ['failed'] });
    expect(rare.parameterSource).toBe('given');
    expect(rare.problems.map(({ rule }) => rule)).toContain('generic-plan-trap');
    expect((await explain(text, { parameters: ['done'] })).explained.plan['Node Type']).toBe(
      'Seq Scan',
    );
    // Nearly all orders have the value the statistics name first.
    expect(await explain(text)).toMatchObject({
      parameterSource: 'statistics',
      parameters: ['done'],
    });
    const unknown = await explain('SELECT count(*) FROM orders WHERE length(note) > $1 * 2');
    expect(unknown).toMatchObject({ parameterSource: 'generic', parameters: [] });
    expect(unknown.explained.plan['Total Cost']).toBeGreaterThan(0);
  });

  test('executed only when asked, with figures of what it did', async () => {
    const { origin, explained } = await explain('SELECT * FROM orders WHERE status = $1', {
      analyze: true,
      parameters: ['failed'],
    });
    expect(origin).toBe('executed');
    expect(explained.plan['Actual Rows']).toBe(5);
    expect(explained.executionMs).toBeGreaterThan(0);
    expect(explained.plan['Shared Hit Blocks']).toBeGreaterThan(0);
  });

  test.each([
    ['DELETE FROM orders', 'it is no SELECT'],
    ['WITH d AS (DELETE FROM orders RETURNING id) SELECT * FROM d', 'WITH clause'],
    ['SELECT * FROM orders FOR UPDATE', 'locks rows'],
    ["SELECT nextval('numbers')", 'nextval()'],
  ])('%s is not executed', async (text, found) => {
    await expect(explain(text, { analyze: true })).rejects.toMatchObject({
      code: 'AMDAHL_EXPLAIN_NOT_EXECUTED',
      found: expect.stringContaining(found) as string,
    });
    const { rows } = await client.query(
      'SELECT count(*)::int, (SELECT is_called FROM numbers) FROM orders',
    );
    expect(rows).toEqual([{ count: 40_000, is_called: false }]);
  });

  test('what takes longer than the timeout is given up', async () => {
    await expect(
      explain('SELECT pg_sleep(60)', { analyze: true, timeoutMs: 50 }),
    ).rejects.toMatchObject({ code: 'AMDAHL_EXPLAIN_TIMEOUT', details: { timeoutMs: 50 } });
  });

  test.each([
    ['SELECT *\n  FROM gone', '42P01'],
    ['SELECT id, gone FROM orders', '42703'],
    ['SELECT * FROM secrets', '42501'],
    ["SELECT * FROM orders WHERE id = 'x'", '22P02'],
  ])('%s points at what is wrong', async (text, sqlState) => {
    await expect(explain(text)).rejects.toMatchObject({
      code: 'AMDAHL_EXPLAIN_NOT_PLANNED',
      details: { sqlState },
    });
  });

  test('the place the server complains of is one in the statement', async () => {
    await expect(explain('SELECT *\n  FROM gone')).rejects.toMatchObject({
      details: { line: 2, column: 8 },
      found: expect.stringMatching(/in line 2:\n +FROM gone\n +\^$/) as string,
    });
  });

  test.each([
    ['SELECT $1::int, $2::int', ['1'], /2 times --param/],
    ['SELECT 1', ['1'], /no --param/],
  ])('%s with %j is said to be wrong', async (text, parameters, expected) => {
    await expect(explain(text, { parameters })).rejects.toMatchObject({
      code: 'AMDAHL_EXPLAIN_PARAMETERS',
      expected: expect.stringMatching(expected) as string,
    });
  });
}

describe('on PostgreSQL 18', () => {
  suite(null);
});

describe.skipIf(systemPostgres === null)(`on PostgreSQL 15${needsSystemPostgres}`, () => {
  suite(systemPostgres);
});
