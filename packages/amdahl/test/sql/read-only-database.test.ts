import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPostgres, type PostgresServer } from '../../src/lab/postgres.ts';
import { openReadOnly } from '../../src/sql/read-only-database.ts';

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgres();
  const client = new Client({ connectionString: server.url() });
  await client.connect();
  await client.query('CREATE TABLE kept AS SELECT 1 AS a');
  await client.end();
});

afterAll(() => server?.stop());

test.each([
  'INSERT INTO kept VALUES (2)',
  'CREATE TABLE other ()',
  'WITH x AS (DELETE FROM kept RETURNING *) SELECT * FROM x',
  "SELECT lo_create(0), nextval('x')",
])('even a superuser changes nothing: %s', async (text) => {
  const database = await openReadOnly(server.url());
  try {
    await expect(database.query(text)).rejects.toThrow(/read-only transaction|does not exist/);
    expect(await database.query('SELECT a FROM kept')).toEqual([{ a: 1 }]);
  } finally {
    await database.close();
  }
});

test('leaves no setting behind on the session, which a pooler may hand to the app', async () => {
  const database = await openReadOnly(server.url());
  try {
    await database.query('SELECT 1');
    const [during] = await database.query(
      `SELECT reset_val AS value, current_setting('transaction_read_only') AS now
       FROM pg_settings WHERE name = 'default_transaction_read_only'`,
    );
    expect(during).toEqual({ value: 'off', now: 'on' });
    const [timeout] = await database.query(
      `SELECT reset_val AS outside, setting <> reset_val AS inside FROM pg_settings WHERE name = 'statement_timeout'`,
    );
    expect(timeout).toEqual({ outside: '0', inside: true });
  } finally {
    await database.close();
  }
});

test('a failed statement leaves the session usable; a lost one is said so', async () => {
  const database = await openReadOnly(server.url());
  await expect(database.query('SELECT 1 / 0')).rejects.toThrow('division by zero');
  expect(await database.query('SELECT 1 AS a')).toEqual([{ a: 1 }]);
  await expect(
    database.query('SELECT pg_terminate_backend(pg_backend_pid())'),
  ).rejects.toMatchObject({ code: 'AMDAHL_DATABASE_LOST' });
  await expect(database.query('SELECT 1')).rejects.toMatchObject({ code: 'AMDAHL_DATABASE_LOST' });
  await database.close();
});
