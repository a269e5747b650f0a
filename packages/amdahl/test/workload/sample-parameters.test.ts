import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CatalogArtifact } from '../../src/artifacts/catalog.ts';
import { startPostgres, type PostgresServer } from '../../src/lab/postgres.ts';
import { readCatalog } from '../../src/sql/read-catalog.ts';
import { openReadOnly, type ReadOnlyDatabase } from '../../src/sql/read-only-database.ts';
import { planStatements } from '../../src/workload/plan-statements.ts';
import { fillParameters } from '../../src/workload/sample-parameters.ts';
import { statement, workload } from './workload-fixture.ts';

let server: PostgresServer;
let database: ReadOnlyDatabase;
let catalog: CatalogArtifact;

beforeAll(async () => {
  server = await startPostgres();
  const client = new Client({ connectionString: server.url() });
  await client.connect();
  await client.query(`
    CREATE TYPE mood AS ENUM ('happy', 'sad');
    CREATE TABLE orders (id bigint PRIMARY KEY, user_id int, status text, email text, mood mood,
      paid boolean, total numeric, placed timestamptz, day date, tags text[], data jsonb,
      key uuid DEFAULT gen_random_uuid(), nothing text);
    INSERT INTO orders SELECT i, i % 500, CASE WHEN i % 10 < 7 THEN 'done' WHEN i % 10 < 9 THEN 'open'
        ELSE 'failed' END, 'User' || i || '@x.org', 'happy', i % 2 = 0, i,
        timestamptz '2026-01-01' + i * interval '1 minute', date '2026-01-01' + i / 100,
        ARRAY['a', 'b'], '{"a": 1}', gen_random_uuid(), NULL
      FROM generate_series(1, 10000) i;
    CREATE INDEX ON orders (status);
    CREATE INDEX ON orders (placed);
    CREATE TABLE users (id int PRIMARY KEY, name text);
    INSERT INTO users SELECT i, 'name ' || i FROM generate_series(1, 500) i;
    ANALYZE`);
  await client.end();
  database = await openReadOnly(server.url());
  catalog = await readCatalog(database);
});

afterAll(async () => {
  await database?.close();
  await server?.stop();
});

function listsFor(text: string): readonly (readonly unknown[])[] {
  const filled = fillParameters(workload([statement(text)]), catalog);
  return filled.statements[0]?.parameterLists ?? [];
}

test('common values by their frequency: the lists stand for thirds of the rows', () => {
  expect(listsFor('SELECT * FROM orders WHERE status = $1')).toEqual([['done'], ['open']]);
  const ids = listsFor('SELECT * FROM orders WHERE id = $1').map(([id]) => Number(id));
  expect(ids).toEqual([
    expect.closeTo(1_667, -3),
    expect.closeTo(5_000, -3),
    expect.closeTo(8_333, -3),
  ]);
  expect(listsFor('SELECT * FROM orders WHERE mood = $1')).toEqual([['happy']]);
});

test('the members of a list differ, and an array holds several', () => {
  const [list = []] = listsFor('SELECT * FROM orders WHERE user_id IN ($1, $2, $3)');
  expect(new Set(list).size).toBe(3);
  const [[array] = []] = listsFor('SELECT * FROM orders o WHERE o.user_id = ANY($1)');
  expect(array).toMatch(/^\{("\d+",){9}"\d+"\}$/);
});

test('of an open range the newest tenth in the median, of a closed one a tenth', async () => {
  const share = async (condition: string): Promise<number> => {
    const text = `SELECT id FROM orders WHERE ${condition}`;
    const filled = fillParameters(workload([statement(text)]), catalog);
    const { plans } = await planStatements(database, filled, {
      signal: new AbortController().signal,
      report: () => undefined,
    });
    expect(plans[0]?.error).toBeNull();
    expect(plans[0]?.parameters).not.toEqual([]);
    return (plans[0]?.plan?.['Plan Rows'] ?? 0) / 10_000;
  };
  expect(await share('placed > $1')).toBeCloseTo(0.1, 1);
  expect(await share('$1 >= placed')).toBeCloseTo(0.1, 1);
  expect(await share('placed >= $1 AND placed < $2')).toBeCloseTo(0.1, 1);
  expect(await share('total BETWEEN $1 AND $2')).toBeCloseTo(0.1, 1);
  expect(await share('(placed, id) < ($1, $2)')).toBeCloseTo(0.1, 1);
});

test('patterns begin as a value does, as far as tells some rows from the rest', async () => {
  const [[start] = []] = listsFor('SELECT * FROM users WHERE name LIKE $1');
  const [[anywhere] = []] = listsFor('SELECT * FROM users WHERE name ILIKE $1');
  const [[fragment] = []] = listsFor("SELECT * FROM users WHERE name LIKE '%' || $1 || '%'");
  // Every name begins with "name ": the digits behind it tell them apart.
  expect(start).toMatch(/^name \d+%$/);
  expect(anywhere).toMatch(/^%name \d+%$/);
  expect(fragment).toMatch(/^name \d+$/);
  const [row] = await database.query<{ share: number }>(
    'SELECT avg((name LIKE $1)::int)::float8 AS share FROM users',
    [start],
  );
  expect(row?.share).toBeGreaterThan(0);
  expect(row?.share).toBeLessThan(0.25);
});

test.each([
  ['SELECT * FROM orders WHERE lower(email) = lower($1) LIMIT $2 OFFSET $3'],
  ['SELECT * FROM orders WHERE ($1::text IS NULL OR status = $1) AND paid = $2'],
  ['SELECT * FROM orders WHERE placed > now() - $1::interval AND key = $2'],
  [
    'SELECT date_trunc($1, placed), count(*) FROM orders WHERE date_trunc($1, placed) = $2 GROUP BY 1',
  ],
  ['SELECT coalesce(sum(total), $1), $2 AS label FROM orders WHERE day = $3::date'],
  ['SELECT count(*) FILTER (WHERE status = $1) FROM orders HAVING count(*) > $2'],
  [
    'SELECT u.name FROM users u JOIN orders o ON o.user_id = u.id AND o.status = $1 WHERE u.id = $2',
  ],
  ['SELECT * FROM users u WHERE EXISTS (SELECT FROM orders WHERE user_id = u.id AND total > $1)'],
  [
    'WITH recent AS (SELECT * FROM orders WHERE placed > $1) SELECT * FROM recent WHERE status = $2',
  ],
  [
    'SELECT * FROM (SELECT user_id AS buyer FROM orders) s JOIN users u ON u.id = s.buyer WHERE u.name = $1',
  ],
  [
    'SELECT id FROM orders WHERE status = $1 UNION ALL SELECT id FROM users WHERE name = $2 LIMIT $3',
  ],
  [
    'INSERT INTO orders (id, status, tags, data, nothing, key) VALUES ($1, $2, $3, $4, $5, $6), ($7, $8, $9, $10, $11, $12)',
  ],
  ['INSERT INTO users VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET name = $3 RETURNING id'],
  ['UPDATE orders SET status = $1, total = $2, placed = $3 WHERE id = $4'],
  ['DELETE FROM orders USING users u WHERE u.id = user_id AND u.name = $1 AND NOT paid = $2'],
  [
    'SELECT * FROM orders WHERE placed BETWEEN $1 AND $2 AND status <> $3 ORDER BY placed DESC LIMIT $4',
  ],
  ['SELECT CASE WHEN total > $1 THEN $2 ELSE $3 END FROM orders WHERE mood = ANY($4)'],
])('values a server takes, every list of them: %s', async (text) => {
  const lists = listsFor(text);
  expect(lists.length).toBeGreaterThan(0);
  expect(JSON.stringify(lists)).not.toContain('null');
  for (const list of lists) {
    await expect(database.query(`EXPLAIN ${text}`, list)).resolves.toBeDefined();
  }
});

test.each([
  ['a column of which nothing is known', 'SELECT * FROM orders WHERE nothing = $1'],
  ['an operator that compares no values', 'SELECT * FROM orders WHERE data @> $1'],
  ['a key of a document', 'SELECT * FROM orders WHERE data ->> $1 = $2'],
  ['a table that is not in the catalog', 'SELECT * FROM elsewhere WHERE id = $1'],
])('left without: %s', (_, text) => {
  expect(listsFor(text)).toEqual([]);
});

test('values that were seen stay, texts without parameters too, and it is said what was filled', () => {
  const seen = statement('SELECT * FROM orders WHERE id = $1', { parameterLists: [[7]] });
  const plain = statement('SELECT * FROM orders WHERE id = 5');
  const broken = statement('SELECT * FROM orders WHERE');
  const { statements, warnings } = fillParameters(
    workload([
      seen,
      plain,
      broken,
      statement('SELECT * FROM users WHERE id = $1'),
      statement('SELECT * FROM orders WHERE data @> $1'),
    ]),
    catalog,
  );
  expect(statements.slice(0, 3)).toEqual([seen, plain, broken]);
  expect(warnings).toEqual([
    expect.stringContaining('no values for 1 statement: they were planned with values drawn'),
    expect.stringContaining('For 1 statement neither'),
  ]);
});
