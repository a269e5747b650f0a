import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keepsSameRows } from '../../../../src/lab/experiments/same-rows.ts';
import { startPostgres, type PostgresServer } from '../../../../src/lab/postgres.ts';
import { deparse, parseExpression, parseStatement } from '../../../../src/sql/parser.ts';
import { readCatalog } from '../../../../src/sql/read-catalog.ts';
import { openReadOnly } from '../../../../src/sql/read-only-database.ts';
import type { QueryFunction } from '../../../../src/sql/explain.ts';
import { rewritesOf, type Rewrite } from '../../../../src/sql/lint/rules/date-range.ts';
import { schemaOf, type Schema } from '../../../../src/sql/schema.ts';
import { shapeOf } from '../../../../src/sql/statement-shape.ts';

let server: PostgresServer;
let client: Client;
let schema: Schema;

/**
 * Moments at and around every border a rewrite could get wrong: years, months, midnights, the last
 * microsecond, the hours a change of summer time skips and repeats, nulls.
 */
const moments = `
  CREATE TABLE events (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    day date, local_at timestamp, at timestamptz, at_seconds timestamptz(0), name text);
  INSERT INTO events (day, local_at, at, at_seconds, name)
  SELECT m::date, m::timestamp, m, m, 'x'
  FROM (
    SELECT b + shift AS m
    FROM unnest('{2022-01-01,2023-01-01,2023-02-01,2023-02-28,2023-03-01,2023-03-26,2023-10-29,
                  2023-12-31,2024-01-01,2024-02-29,2024-03-31,2024-07-15,2025-01-01}'::timestamptz[]) b,
         unnest(ARRAY[interval '0', interval '1 microsecond', interval '-1 microsecond',
                      interval '1 day', interval '-1 day', interval '12 hours', interval '90 minutes',
                      interval '150 minutes', interval '23:59:59.999999']) shift
    UNION ALL
    SELECT timestamptz '2022-01-01' + i * interval '31 hours' FROM generate_series(1, 900) i
    UNION ALL SELECT NULL) moments;
  ANALYZE events;`;

beforeAll(async () => {
  server = await startPostgres({ settings: { timezone: 'Europe/Berlin' } });
  client = new Client({ connectionString: server.url() });
  await client.connect();
  await client.query(moments);
  const database = await openReadOnly(server.url());
  schema = schemaOf(await readCatalog(database));
  await database.close();
});

afterAll(async () => {
  await client?.end();
  await server?.stop();
});

const query: QueryFunction = async (text, values = []) =>
  (await client.query<Record<string, unknown>>(text, [...values])).rows;

function rewrite(condition: string, parameters: readonly unknown[] = []): readonly Rewrite[] {
  const { node, error } = parseStatement(`SELECT id FROM events e WHERE ${condition} ORDER BY id`);
  if (node === null) throw new Error(error);
  const shape = shapeOf(node, schema, parameters);
  return shape === null ? [] : rewritesOf(node, shape);
}

describe('a rewritten condition keeps exactly the same rows', () => {
  const cases: readonly (readonly [condition: string, parameters?: readonly unknown[]])[] = [
    ...['day', 'local_at', 'at', 'at_seconds'].flatMap((column) => [
      [`EXTRACT(YEAR FROM ${column}) = 2023`] as const,
      [`EXTRACT(YEAR FROM ${column}) = $1`, [2023]] as const,
      [`date_part('year', e.${column}) >= $1`, [2024]] as const,
      [`EXTRACT(YEAR FROM ${column}) > 2023`] as const,
      [`2023 < EXTRACT(YEAR FROM ${column})`] as const,
      [`EXTRACT(YEAR FROM ${column}) <= 2023`] as const,
      [`EXTRACT(YEAR FROM ${column}) < $1::int`, [2023]] as const,
      [`EXTRACT(YEAR FROM ${column}) BETWEEN 2022 AND 2023`] as const,
      [`EXTRACT(YEAR FROM ${column}) = EXTRACT(YEAR FROM now())`] as const,
      [`date_trunc('month', ${column}) = $1`, ['2023-03-01']] as const,
      [`date_trunc('month', ${column}) = $1`, ['2023-03-02']] as const,
      [`date_trunc('year', ${column}) = '2024-01-01'`] as const,
      [`date_trunc('day', ${column}) = $1`, ['2023-10-29']] as const,
      [`date_trunc('month', ${column}) = date_trunc('month', now() - interval '3 years')`] as const,
      [`to_char(${column}, 'YYYY-MM') = $1`, ['2023-02']] as const,
      [`to_char(${column}, 'YYYY-MM') = $1`, ['2023-2']] as const,
      [`to_char(${column}, 'YYYY') = '2024'`] as const,
      [`to_char(${column}, 'YYYY-MM-DD') = $1`, ['2024-02-29']] as const,
    ]),
    ...['local_at', 'at', 'at_seconds'].flatMap((column) => [
      [`${column}::date = $1`, ['2023-10-29']] as const,
      [`${column}::date = '2024-02-29'`] as const,
      [`CAST(${column} AS date) >= $1`, ['2024-03-31']] as const,
      [`${column}::date > date '2024-03-31'`] as const,
      [`${column}::date <= $1`, ['2023-03-26']] as const,
      [`date(${column}) < $1`, ['2023-03-26']] as const,
      [`${column}::date BETWEEN $1 AND $2`, ['2023-02-28', '2023-03-01']] as const,
      [`date_trunc('hour', ${column}) = $1`, ['2024-07-15 12:00']] as const,
    ]),
  ];

  test.each(cases.map(([condition, parameters = []]) => ({ condition, parameters })))(
    '$condition $parameters',
    async ({ condition, parameters }) => {
      const [step] = rewrite(condition, parameters);
      if (step === undefined) throw new Error('no rewrite');
      const before = `SELECT id FROM events e WHERE ${condition} ORDER BY id`;
      const after = deparse(step.node);
      const [expected, found] = [await query(before, parameters), await query(after, parameters)];
      expect(found).toEqual(expected);
      expect(await keepsSameRows(query, [step], parameters)).toBe(true);
    },
  );
});

test('the column stands bare afterwards, with its alias, and the rest is as it was', () => {
  const { node } = parseStatement(
    "SELECT e.name FROM events AS e WHERE e.name = 'x' AND EXTRACT(YEAR FROM e.at) = $1 LIMIT 5",
  );
  const shape = node === null ? null : shapeOf(node, schema);
  const [step] = node === null || shape === null ? [] : rewritesOf(node, shape);
  expect(step?.rule).toBe('extract-year');
  expect(step === undefined ? '' : deparse(step.node)).toBe(
    [
      'SELECT e.name',
      'FROM events AS e',
      'WHERE',
      "  e.name = 'x'",
      '  AND e.at >= make_date(CAST($1 AS int), 1, 1)',
      '  AND e.at < make_date(CAST($1 AS int) + 1, 1, 1)',
      'LIMIT 5',
    ].join('\n'),
  );
});

test.each([
  'EXTRACT(MONTH FROM at) = 5',
  'EXTRACT(YEAR FROM at) <> 2024',
  'EXTRACT(YEAR FROM at) = 2024.5',
  "EXTRACT(YEAR FROM at AT TIME ZONE 'UTC') = 2024",
  'EXTRACT(YEAR FROM at) = EXTRACT(YEAR FROM local_at)',
  'NOT (EXTRACT(YEAR FROM at) = 2024)',
  'EXTRACT(YEAR FROM at) = 2024 OR id = 1',
  'at::date = now()',
  'at::date = local_at',
  'day::date = $1',
  "date_trunc('month', at, 'UTC') = $1",
  "date_trunc('month', at) >= $1",
  "date_trunc('decade', at) = $1",
  "to_char(at, 'DD.MM.YYYY') = $1",
  "to_char(at, 'YYYY-MM') > $1",
  'lower(name) = $1',
  "at >= '2024-01-01'",
])('no rewrite where the meaning could change, or nothing is hidden: %s', (condition) => {
  expect(rewrite(condition)).toEqual([]);
});

test('a rewrite that keeps other rows is recognised', async () => {
  const [step] = rewrite('EXTRACT(YEAR FROM at) = 2023');
  if (step === undefined) throw new Error('no rewrite');
  const wrong: Rewrite = {
    ...step,
    after: parseExpression("at >= '2023-01-01' AND at <= '2024-01-01'"),
  };
  expect(await keepsSameRows(query, [step], [])).toBe(true);
  expect(await keepsSameRows(query, [wrong], [])).toBe(false);
});
