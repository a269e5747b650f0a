import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseArrayText } from '../../src/sql/array-text.ts';
import { buildHollowLab, type HollowLab } from '../../src/lab/hollow-lab.ts';
import { maskStatement } from '../../src/lab/mask-comparisons.ts';
import { maskCatalog, type MaskedCatalog } from '../../src/lab/mask-statistics.ts';
import { costOf, planShape } from '../../src/sql/read-plan.ts';
import { targetAndLab, type Statement, type TargetAndLab } from './target-and-lab.ts';

const script = `
CREATE TYPE state AS ENUM ('open', 'shut');
CREATE DOMAIN code AS varchar(12);
CREATE TABLE people (
  id integer PRIMARY KEY, town varchar(40) NOT NULL, code code, born date NOT NULL,
  salary numeric(9, 2), tag uuid NOT NULL, state state NOT NULL, active boolean NOT NULL,
  skills text[] NOT NULL, body jsonb NOT NULL);
INSERT INTO people
SELECT i, 'Secretville ' || (i % 400 * i % 300), 'c' || i % 30, date '1950-01-01' + (i * 37) % 15000,
       1000 + i % 700 * 1.5, md5((i % 90)::text)::uuid, (ARRAY['open', 'shut']::state[])[1 + i % 2],
       i % 3 = 0, ARRAY['skill ' || i % 20], jsonb_build_object('private', i % 9)
FROM generate_series(1, 20000) i;
CREATE INDEX ON people (town); CREATE INDEX ON people (born);
CREATE INDEX people_lower ON people (lower(town));
CREATE INDEX rich ON people (id) WHERE salary > 2000;
CREATE STATISTICS pairs (mcv, ndistinct) ON town, code FROM people;
CREATE TABLE visits (person_id integer NOT NULL REFERENCES people, at timestamptz NOT NULL)
  PARTITION BY RANGE (at);
CREATE TABLE visits_old PARTITION OF visits FOR VALUES FROM (MINVALUE) TO ('2024-01-01 UTC');
CREATE TABLE visits_new PARTITION OF visits FOR VALUES FROM ('2024-01-01 UTC') TO (MAXVALUE);
CREATE INDEX ON visits (person_id);
INSERT INTO visits SELECT 1 + (i * i) % 20000, timestamptz '2023-01-01 UTC' + i * interval '23 minutes'
FROM generate_series(1, 40000) i;
ANALYZE;
`;

/** One of the UUIDs: the digest of 7. */
const md5 = '8f14e45f';

let both: TargetAndLab;
let masked: MaskedCatalog;
let lab: HollowLab;

beforeAll(async () => {
  both = await targetAndLab(script);
  masked = maskCatalog(both.catalog);
  lab = await buildHollowLab({
    catalog: masked.catalog,
    tables: masked.catalog.tables,
    candidates: [],
  });
});

afterAll(async () => {
  await lab?.close();
  await both?.close();
});

describe('a masked catalog', () => {
  test('holds no value of the data', () => {
    const text = JSON.stringify(masked.catalog);
    for (const real of ['Secretville', 'secretville', 'skill ', 'private', '1950-01', md5]) {
      expect(text).not.toContain(real);
    }
  });

  test('keeps frequencies, order and what is schema', () => {
    const columns = (name: string): readonly [string, string] => {
      const of = ({ tables }: typeof both.catalog): string | null =>
        tables
          .find((table) => table.name === 'people')
          ?.columns.find((column) => column.name === name)?.statistics?.mostCommonValues ?? null;
      return [of(both.catalog) ?? '', of(masked.catalog) ?? ''];
    };
    expect(columns('state')[1]).toBe(columns('state')[0]);
    expect(columns('active')[1]).toBe(columns('active')[0]);
    const [real, mask] = columns('town').map((list) => parseArrayText(list));
    expect(mask).toHaveLength(real?.length ?? 0);
    expect(new Set(mask).size).toBe(mask?.length);
    const ranks = (list: readonly string[] = []): readonly number[] => {
      const sorted = list.toSorted();
      return list.map((value) => sorted.indexOf(value));
    };
    expect(ranks(mask)).toEqual(ranks(real));
  });

  test('plans statements as the real one, constants and parameters masked with it', async () => {
    expect(lab.warnings).toEqual([]);
    const town = parseArrayText(
      both.catalog.tables[0]?.columns[1]?.statistics?.mostCommonValues ?? null,
    )[0];
    const statements: readonly Statement[] = [
      ['SELECT * FROM people WHERE town = $1', town],
      ['SELECT * FROM people WHERE town = $1', 'no such town'],
      [`SELECT * FROM people WHERE town = '${town}' AND code = 'c3'`],
      ['SELECT * FROM people WHERE tag = $1', '8f14e45f-ceea-167a-5a36-dedd4bea2543'],
      ['SELECT * FROM people WHERE id = ANY ($1)', [5, 7, 900]],
      ['SELECT id FROM people WHERE id BETWEEN $1 AND $2 AND salary > 2000', 10, 400],
      ["SELECT * FROM people WHERE born >= '1975-06-01' AND state = 'open'"],
      ['SELECT p.town, count(*) FROM people p JOIN visits v ON v.person_id = p.id GROUP BY p.town'],
      ['SELECT * FROM visits WHERE person_id = $1', 5],
      ['SELECT count(*) FROM visits WHERE at >= $1', '2024-06-01T00:00:00.000Z'],
      ['SELECT town, code, count(*) FROM people GROUP BY town, code'],
      ["SELECT id FROM people WHERE skills @> '{skill 4}'"],
    ];
    const differing: unknown[] = [];
    for (const [text, ...parameters] of statements) {
      const real = await both.lab.explain(text, parameters);
      const statement = maskStatement(text, parameters, both.catalog, masked.maskValue);
      const plan = await lab.explain(statement.text, statement.parameters);
      // A histogram's part is a hundredth of the rows.
      const near = Math.abs(costOf(plan) - costOf(real)) <= 0.02 * costOf(real) + 1;
      if (planShape(plan) !== planShape(real) || !near) {
        differing.push({
          text,
          statement,
          real: planShape(real),
          mask: planShape(plan),
          costs: [costOf(real), costOf(plan)],
        });
      }
    }
    expect(differing).toEqual([]);
  });
});
