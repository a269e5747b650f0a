import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CatalogTable } from '../../src/artifacts/catalog.ts';
import { estimateIndexSize } from '../../src/lab/index-size.ts';
import { defineIndex, type LabIndex } from '../../src/sql/index-definition.ts';
import { targetAndLab, type TargetAndLab } from './target-and-lab.ts';

/** Four rows of each key, a quarter of all rows returned ones, spread at random over the keys. */
const script = `
  CREATE TABLE lines (order_id int, kind int, returned bool);
  SELECT setseed(0.5);
  INSERT INTO lines SELECT n / 4, n % 7, random() < 0.25 FROM generate_series(1, 200000) n`;

let both: TargetAndLab;
beforeAll(async () => (both = await targetAndLab(script)));
afterAll(() => both?.close());

describe('the pages of an index', () => {
  const indexes: readonly (readonly [string, Partial<LabIndex> & Pick<LabIndex, 'keys'>])[] = [
    ['every row', { keys: [{ column: 'order_id' }] }],
    ['few keys', { keys: [{ column: 'kind' }] }],
    [
      'a share of the rows of each key',
      { keys: [{ column: 'order_id' }], predicate: 'returned', selectivity: 0.25 },
    ],
    [
      'a share of the rows of few keys',
      { keys: [{ column: 'kind' }], predicate: 'returned', selectivity: 0.25 },
    ],
  ];

  test.each(indexes)('are told within a tenth for %s', async (_, parts) => {
    const table = both.catalog.tables.find(({ name }) => name === 'lines') as CatalogTable;
    const index = defineIndex(
      { table, method: 'btree', include: [], reason: 'measured', ...parts },
      new Set(),
    );
    await both.client.query(index.definition);
    const { rows } = await both.client.query<{ pages: number }>(
      'SELECT (pg_relation_size($1::regclass) / 8192)::int AS pages',
      [index.name],
    );
    const real = rows[0]?.pages ?? 0;
    expect(
      Math.abs(estimateIndexSize(index, both.catalog.serverVersionNumber).pages - real) / real,
    ).toBeLessThan(0.1);
  });
});
