import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPostgres, type PostgresServer } from '../../src/lab/postgres.ts';
import { openReadOnly } from '../../src/sql/read-only-database.ts';
import type { PlansArtifact } from '../../src/artifacts/plans.ts';
import { planStatements } from '../../src/workload/plan-statements.ts';
import { needsSystemPostgres, systemPostgres } from '../fixtures/system-postgres.ts';
import { statement, workload } from './workload-fixture.ts';

/** A thousand round trips, on a machine that does other things too. */
const manyMs = 120_000;

describe.each([
  { version: '18', programs: undefined },
  { version: `15${needsSystemPostgres}`, programs: systemPostgres ?? undefined },
])('PostgreSQL $version', ({ version, programs }) => {
  const isMissing = version.startsWith('15') && programs === undefined;
  let server: PostgresServer;
  let client: Client;

  beforeAll(async () => {
    if (isMissing) return;
    server = await startPostgres(programs === undefined ? {} : { programs });
    client = new Client({ connectionString: server.url() });
    await client.connect();
    await client.query(`
      CREATE TABLE orders (id int PRIMARY KEY, status text, total int);
      INSERT INTO orders SELECT i, CASE WHEN i % 1000 = 0 THEN 'failed' ELSE 'done' END, i
        FROM generate_series(1, 20000) i;
      CREATE INDEX orders_status_idx ON orders (status);
      ANALYZE`);
    await client.query(`
      CREATE TABLE secrets (id int);
      CREATE ROLE reader LOGIN;
      GRANT SELECT, UPDATE ON orders TO reader`);
  });

  afterAll(async () => {
    await client?.end();
    await server?.stop();
  });

  async function plan(
    ...statements: readonly ReturnType<typeof statement>[]
  ): Promise<PlansArtifact> {
    const database = await openReadOnly(server.url().replace('postgres@', 'reader@'));
    try {
      return await planStatements(database, workload(statements), {
        signal: new AbortController().signal,
        report: () => undefined,
      });
    } finally {
      await database.close();
    }
  }

  test.skipIf(isMissing)(
    'without values a statement has its generic plan, and it is not the one for NULL',
    async () => {
      const { plans } = await plan(
        statement('SELECT * FROM orders WHERE id = $1'),
        statement('SELECT * FROM orders WHERE total > $1'),
        statement('UPDATE orders SET total = $2 WHERE id = $1'),
      );
      expect(plans.map(({ error }) => error)).toEqual([null, null, null]);
      expect(plans[0]?.plan).toMatchObject({
        'Node Type': 'Index Scan',
        'Index Cond': '(id = $1)',
      });
      // A third of the rows, as for any unknown bound; `total > NULL` would be no row at all.
      expect(plans[1]?.plan?.['Plan Rows']).toBe(6_667);
      expect(plans[2]?.plan?.['Node Type']).toBe('ModifyTable');
    },
  );

  test.skipIf(isMissing)('with values the plan of median cost stands for all', async () => {
    const { plans } = await plan(
      statement('SELECT * FROM orders WHERE status = $1', {
        parameterLists: [['done'], ['failed'], ['none']],
      }),
    );
    expect(plans[0]).toMatchObject({ parameters: ['failed'], error: null });
  });

  test.skipIf(isMissing)(
    'each statement that cannot be planned says why, the others are planned',
    async () => {
      const { plans } = await plan(
        statement('SELECT * FROM secrets WHERE id = $1'),
        statement('SELECT * FROM gone WHERE id = $1'),
        statement('SELECT missing_function($1)'),
        statement('SELECT * FROM orders WHERE id = $1 AND'),
        statement('SELECT * FROM orders WHERE id = $1'),
      );
      expect(plans.map(({ error }) => error)).toEqual([
        'permission denied for table secrets',
        'relation "gone" does not exist',
        expect.stringContaining('function missing_function(unknown) does not exist'),
        'syntax error at end of input',
        null,
      ]);
    },
  );

  test.skipIf(isMissing)('nothing prepared stays behind, not even after an error', async () => {
    const database = await openReadOnly(server.url());
    try {
      await planStatements(
        database,
        workload([
          statement('SELECT * FROM orders WHERE id = $1'),
          statement('SELECT * FROM orders WHERE id = $1 AND status = $2'),
          statement('SELECT 1 / $1 FROM gone'),
        ]),
        { signal: new AbortController().signal, report: () => undefined },
      );
      expect(await database.query('SELECT name FROM pg_prepared_statements')).toEqual([]);
    } finally {
      await database.close();
    }
  });

  test.skipIf(isMissing)(
    'only so many are planned, which is said, and unread ones keep their error',
    async () => {
      // One version will do.
      if (programs !== undefined) return;
      const many = Array.from({ length: 303 }, (_, index) =>
        statement(`SELECT ${index} FROM orders WHERE id = 1`),
      );
      const { plans, warnings } = await plan(...many);
      expect(plans).toHaveLength(300);
      expect(warnings).toEqual([
        'Only the 300 statements that took most time were planned; 3 more were not.',
      ]);
    },
    manyMs,
  );
});
