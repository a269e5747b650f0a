import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildHollowLab } from '../../src/lab/hollow-lab.ts';
import { readCatalog } from '../../src/sql/read-catalog.ts';
import { openReadOnly } from '../../src/sql/read-only-database.ts';
import { explain } from '../../src/sql/explain.ts';
import { factsOf, targetAndLab, type Statement, type TargetAndLab } from './target-and-lab.ts';
import { needsSystemPostgres, systemPostgres } from '../fixtures/system-postgres.ts';

/** Columns that follow from one another; the dropped one sets attribute numbers off. */
const script = `
CREATE SCHEMA "Odd ""Names""";
CREATE TYPE colour AS ENUM ('red', 'green', 'blue');
CREATE TABLE cars (
  dropped integer, maker text, model text, "Colour" colour, sold date, price numeric(9, 2),
  note text, sold_at timestamptz);
ALTER TABLE cars DROP COLUMN dropped;
INSERT INTO cars
SELECT 'maker ' || i % 20, 'model ' || (i % 20) * 5 + i % 3,
       CASE WHEN i % 20 < 10 THEN 'red' WHEN i % 7 = 0 THEN NULL ELSE 'blue' END::colour,
       date '2024-01-01' + i % 20 * 3, (i % 20) * 1000.5, NULLIF(repeat('"x, {}', i % 3), ''),
       timestamptz '2024-01-01 UTC' + i % 20 * interval '30 hours'
FROM generate_series(1, 30000) i;
CREATE STATISTICS groups (ndistinct) ON model, maker, sold FROM cars;
CREATE STATISTICS rules (dependencies) ON maker, model, price FROM cars;
CREATE STATISTICS "Odd ""Names"""."Most" (mcv) ON "Colour", maker, sold, note FROM cars;
CREATE STATISTICS moments (mcv) ON sold_at, maker FROM cars;
CREATE STATISTICS month ON (date_trunc('month', sold)) FROM cars;
CREATE STATISTICS mixed ON (lower(maker)), model, (price % 7) FROM cars;
CREATE STATISTICS never ON price, sold FROM cars;
CREATE TABLE parts (a integer, b integer, day date) PARTITION BY RANGE (day);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2024-01-01') TO ('2024-07-01');
CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM ('2024-07-01') TO ('2025-01-01');
INSERT INTO parts SELECT i % 100, i % 100 / 2, date '2024-01-01' + i % 300
FROM generate_series(1, 30000) i;
CREATE STATISTICS whole ON a, b FROM parts;
CREATE STATISTICS part ON a, b FROM parts_2;
ANALYZE;
`;

const statements: readonly Statement[] = [
  ['SELECT maker, model, count(*) FROM cars GROUP BY maker, model'],
  ['SELECT maker, model, sold, count(*) FROM cars GROUP BY maker, model, sold'],
  [`SELECT * FROM cars WHERE maker = 'maker 3' AND model = 'model 15' AND price = 3001.5`],
  [`SELECT * FROM cars WHERE "Colour" = 'red' AND maker = 'maker 3' AND sold = '2024-01-10'`],
  [`SELECT * FROM cars WHERE "Colour" IS NULL AND maker = 'maker 13'`],
  [`SELECT * FROM cars WHERE "Colour" = 'red' AND maker = 'maker 13'`],
  [`SELECT * FROM cars WHERE maker = 'maker 4' AND note = '"x, {}'`],
  [`SELECT * FROM cars WHERE maker = 'maker 1' AND sold_at < '2024-01-02 10:00Z'`],
  [`SELECT date_trunc('month', sold), count(*) FROM cars GROUP BY 1`],
  [`SELECT * FROM cars WHERE date_trunc('month', sold) = '2024-02-01'`],
  [`SELECT lower(maker), model, price % 7, count(*) FROM cars GROUP BY 1, 2, 3`],
  [`SELECT * FROM cars WHERE lower(maker) = 'maker 3' AND model = 'model 15'`],
  ['SELECT a, b, count(*) FROM parts GROUP BY a, b'],
  ['SELECT * FROM parts WHERE a = 6 AND b = 3'],
  ['SELECT * FROM parts_2 WHERE a = 6 AND b = 3'],
];

let both: TargetAndLab;

beforeAll(async () => {
  both = await targetAndLab(script, { postgres: { settings: { timezone: 'Asia/Tokyo' } } });
});

afterAll(() => both?.close());

/** Rows rather than costs show what the planner believes about columns together. */
async function estimates(
  { database, lab }: Pick<TargetAndLab, 'database' | 'lab'>,
  [text, ...parameters]: Statement,
): Promise<{ readonly target: unknown; readonly lab: unknown }> {
  const target = await explain(database.query, text, parameters);
  const inLab = await lab.explain(text, parameters);
  return {
    target: { ...factsOf(text, target), rows: target['Plan Rows'] },
    lab: { ...factsOf(text, inLab), rows: inLab['Plan Rows'] },
  };
}

describe('extended statistics', () => {
  test('make the lab estimate columns together as the target does', async () => {
    expect(both.lab.warnings).toEqual([]);
    for (const statement of statements) {
      const { target, lab } = await estimates(both, statement);
      expect(lab).toEqual(target);
    }
  });

  test('are hidden from all but the owner, which is said with the grant', async () => {
    await both.client.query(`
      CREATE ROLE seller; ALTER TABLE cars OWNER TO seller;
      CREATE ROLE reader LOGIN; GRANT SELECT ON cars TO reader`);
    const database = await openReadOnly(both.urlOf('reader'));
    try {
      const catalog = await readCatalog(database, { statements: ['SELECT * FROM cars'] });
      expect(catalog.hidden).toHaveLength(7);
      expect(catalog.hidden[0]).toContain('GRANT seller TO reader');
      const lab = await buildHollowLab({
        catalog,
        tables: catalog.tables.filter(({ name }) => name === 'cars'),
        candidates: [],
      });
      expect(lab.warnings[0]).toContain('The lab has not what the extended statistics');
      expect(lab.warnings).toHaveLength(7);
      await lab.close();
    } finally {
      await database.close();
    }
  });
});

test.skipIf(systemPostgres === null)(
  `extended statistics of another version are taken too${needsSystemPostgres}`,
  async () => {
    const older = await targetAndLab(script, {
      postgres: { programs: systemPostgres as string },
    });
    try {
      expect(older.lab.warnings).toEqual([]);
      for (const statement of statements) {
        const { target, lab } = await estimates(older, statement);
        expect(lab).toMatchObject({ rows: (target as { rows: number }).rows });
      }
    } finally {
      await older.close();
    }
  },
  // A second target, and a second lab.
  90_000,
);
