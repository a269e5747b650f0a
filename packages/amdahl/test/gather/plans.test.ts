import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CapturedPlan, PlansArtifact } from '../../src/artifacts/plans.ts';
import { plansGatherer } from '../../src/gather/plans.ts';
import { startPostgres, type PostgresServer } from '../../src/lab/postgres.ts';
import { agentOf } from '../fixtures/agent.ts';
import { databaseContext } from '../fixtures/database-context.ts';
import { captured } from '../fixtures/statements.ts';

let server: PostgresServer;
let client: Client;

beforeAll(async () => {
  server = await startPostgres();
  client = new Client({ connectionString: server.url() });
  await client.connect();
  await client.query(
    `
    CREATE TABLE orders (id integer PRIMARY KEY, status text, total integer);
    INSERT INTO orders SELECT i, CASE WHEN i % 1000 = 0 THEN 'failed' ELSE 'done' END, i
      FROM generate_series(1, 20000) i;
    CREATE INDEX orders_status_idx ON orders (status);
    CREATE TABLE secrets (id integer);
    VACUUM ANALYZE`.replace('VACUUM ANALYZE', 'ANALYZE'),
  );
  await client.query(`
    CREATE ROLE reader LOGIN;
    ALTER ROLE reader SET default_transaction_read_only = on;
    GRANT SELECT, UPDATE, INSERT, DELETE ON orders TO reader`);
});

afterAll(async () => {
  await client?.end();
  await server?.stop();
});

async function plan(
  ...statements: readonly ReturnType<typeof captured>[]
): Promise<readonly CapturedPlan[]> {
  const database = server.url().replace('postgres@', 'reader@');
  const context = databaseContext(database, { agent: agentOf({ statements }) });
  return ((await plansGatherer.gather(context)) as PlansArtifact).plans;
}

test('a statement is planned with the values that were sent, and nothing is executed', async () => {
  const found = await plan(
    captured('SELECT * FROM orders WHERE id = $1', [[5]]),
    captured('UPDATE orders SET total = 0 WHERE id = $1', [[5]]),
    captured('DELETE FROM orders', []),
    captured('INSERT INTO orders VALUES ($1, $2, $3)', [[99_999, 'x', 1]]),
  );
  expect(found.map(({ plan: root }) => root?.['Node Type'])).toEqual([
    'Index Scan',
    'ModifyTable',
    'ModifyTable',
    'ModifyTable',
  ]);
  expect(found[0]).toMatchObject({ parameters: [5], error: null });
  const { rows } = await client.query('SELECT count(*)::int, min(total) FROM orders');
  expect(rows).toEqual([{ count: 20_000, min: 1 }]);
});

test('of several values the plan of median cost stands for all', async () => {
  const text = 'SELECT * FROM orders WHERE status = $1';
  const [rare] = await plan(captured(text, [['failed'], ['none'], ['done']]));
  expect(rare?.parameters).toEqual(['failed']);
  const [common] = await plan(captured(text, [['done']]));
  expect(common?.plan?.['Node Type']).toBe('Seq Scan');
});

test('the literals of the example are planned, under the text without them', async () => {
  const [found] = await plan(
    captured('SELECT * FROM orders WHERE id = ?', [], {
      exampleText: 'SELECT * FROM orders WHERE id = 7',
    }),
  );
  expect(found).toMatchObject({
    text: 'SELECT * FROM orders WHERE id = ?',
    explainedText: 'SELECT * FROM orders WHERE id = 7',
    plan: { 'Index Cond': '(id = 7)' },
  });
});

test('without usable values it is the generic plan', async () => {
  const [found] = await plan(captured('SELECT * FROM orders WHERE id = $1', [['no number']]));
  expect(found).toMatchObject({ parameters: [], plan: { 'Index Cond': '(id = $1)' }, error: null });
});

test('what cannot be planned says why, and the others are planned', async () => {
  const found = await plan(
    captured('SELECT * FROM secrets'),
    captured('SELECT * FROM gone'),
    captured('SELECT * FROM orders WHERE'),
    captured('SELECT 1'),
    captured('BEGIN'),
  );
  const errors = Object.fromEntries(found.map(({ text, error }) => [text, error]));
  expect(errors).toEqual({
    'SELECT * FROM secrets': 'permission denied for table secrets',
    'SELECT * FROM gone': 'relation "gone" does not exist',
    'SELECT * FROM orders WHERE': 'syntax error at end of input',
    'SELECT 1': null,
  });
});

test('with analyze SELECTs are executed once more, and nothing else', async () => {
  const database = server.url().replace('postgres@', 'reader@');
  const statements = [
    captured('SELECT * FROM orders WHERE status = $1', [['failed']]),
    captured('UPDATE orders SET total = 0', []),
    captured('SELECT * FROM orders FOR UPDATE', []),
    captured('SELECT 1 / (id - $1::int) FROM orders', [[7]]),
    captured('SELECT * FROM gone', []),
  ];
  const context = databaseContext(database, { agent: agentOf({ statements }) });
  const options = { ...context.options, analyze: true };
  const { plans, warnings } = (await plansGatherer.gather({
    ...context,
    options,
  })) as PlansArtifact;
  const byText = new Map(plans.map(({ text, executed }) => [text, executed?.plan['Actual Rows']]));
  expect(Object.fromEntries(byText)).toEqual({
    'SELECT * FROM orders WHERE status = $1': 20,
    'UPDATE orders SET total = 0': undefined,
    'SELECT * FROM orders FOR UPDATE': undefined,
    'SELECT 1 / (id - $1::int) FROM orders': undefined,
    'SELECT * FROM gone': undefined,
  });
  expect(warnings).toEqual([expect.stringMatching(/^1 statement could not .*: division by zero/)]);
});

test('without statements there is nothing to plan', async () => {
  const context = databaseContext(server.url());
  expect(await plansGatherer.gather(context)).toEqual({
    absent: 'no statements were captured: they come from the agent inside the app',
  });
});
