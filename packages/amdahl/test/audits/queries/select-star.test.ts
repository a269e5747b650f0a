import { describe, expect, test } from 'vitest';
import { selectStar } from '../../../src/audits/queries/select-star.ts';
import type { CatalogArtifact } from '../../../src/artifacts/catalog.ts';
import { column, index, shopCatalog, table } from '../../sql/schema-fixture.ts';
import { findingOf, findingsOf } from '../../fixtures/audit.ts';
import { evidence, route, site, statement } from './workload.ts';

const text = 'SELECT p.* FROM products AS p ORDER BY price LIMIT 20';
// 20 rows of 950 bytes an execution.
const wide = { rows: 2_000, bytes: 2_000 * 950 };
const catalog = shopCatalog();

test('wide columns fetched by a star are named, and the statement written without them', () => {
  const finding = findingOf(selectStar, { ...evidence([statement(text, wide)]), catalog });
  expect(finding.title).toBe(
    '1 statement fetches every column of products; description is 95 % of the bytes',
  );
  expect(finding.where).toEqual(site);
  expect(finding.remedy.change).toMatchObject({
    before: text,
    after: 'SELECT\n  p.id,\n  p.name,\n  p.price\nFROM products AS p\nORDER BY\n  price\nLIMIT 20',
  });
  const [gain] = finding.prediction.gains;
  // 18 kB a request at 1 to 10 ns a byte.
  expect(gain).toMatchObject({ route, beforeMs: 100 });
  expect(gain?.gainMs.high).toBeCloseTo(0.18, 2);
  expect(gain?.gainMs.low).toBeCloseTo(0.018, 3);
});

test('statements over one table are one finding', () => {
  const other = statement('SELECT * FROM products WHERE id = ANY ($1)', wide);
  const finding = findingOf(selectStar, { ...evidence([statement(text, wide), other]), catalog });
  expect(finding.title).toMatch(/^2 statements fetch every column of products/);
});

test('columns kept out of line are found by the pointer they leave, and cost more a byte', () => {
  const toasted: CatalogArtifact = {
    ...catalog,
    tables: [
      table(
        'products',
        [column('id', 'integer', { width: 4 }), column('document', 'jsonb', { width: 18 })],
        { toastBytes: 100_000 * 4_000 },
      ),
    ],
  };
  const finding = findingOf(selectStar, {
    ...evidence([statement(text, { rows: 2_000, bytes: 2_000 * 9_000 })]),
    catalog: toasted,
  });
  expect(finding.title).toContain('document is');
  expect(finding.prediction.gains[0]?.gainMs.mid).toBeCloseTo((20 * 9_000 * 20) / 1e6, 1);
});

test('an index that would answer by itself is named', () => {
  const sorted = shopCatalog({
    indexes: [index('products', 'products_price_name_idx', ['price', 'name'])],
  });
  const finding = findingOf(selectStar, { ...evidence([statement(text, wide)]), catalog: sorted });
  expect(finding.remedy.actions.at(-1)).toBe(
    'Where price and name suffice, products_price_name_idx answers by itself (an index-only scan); the star sends every row found there to the table.',
  );
  const plain = findingOf(selectStar, { ...evidence([statement(text, wide)]), catalog });
  expect(plain.remedy.actions).toHaveLength(finding.remedy.actions.length - 1);
});

test('without an agent the bytes are those of the columns', () => {
  const uncounted = { ...wide, bytes: 0 };
  const finding = findingOf(selectStar, { ...evidence([statement(text, uncounted)]), catalog });
  expect(finding.title).toMatch(/description is 95 % of the bytes$/);
});

describe('nothing is found', () => {
  test.each([
    ['when columns are named', 'SELECT p.id, p.description FROM products AS p', wide],
    ['when no column is wide', 'SELECT * FROM orders', wide],
    ['when the rows were few', text, { rows: 200, bytes: 200 * 950 }],
    ['when the wide column was empty', text, { rows: 20_000, bytes: 20_000 * 45 }],
    ['when nothing came back', text, { rows: 0, bytes: 0 }],
    ['for a count of rows', 'SELECT count(*) FROM products', wide],
  ])('%s', (_when, sql, more) => {
    expect(findingsOf(selectStar, { ...evidence([statement(sql, more)]), catalog })).toEqual([]);
  });
});
