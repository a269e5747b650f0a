import { describe, expect, test } from 'vitest';
import type { CatalogIndex } from '../../../src/artifacts/catalog.ts';
import type { DropExperiment } from '../../../src/artifacts/experiments.ts';
import { overIndexedTable } from '../../../src/audits/queries/over-indexed-table.ts';
import type { Finding } from '../../../src/audits/finding.ts';
import { findingOf, findingsOf } from '../../fixtures/audit.ts';
import { index, shopCatalog } from '../../sql/schema-fixture.ts';
import { effect, evidence, experimentsOf, statement } from './workload.ts';

const given = evidence([statement('INSERT INTO orders (user_id) VALUES ($1)', { ms: 12 })]);
/** The table has 16.4 MB. */
const heavy = index('orders', 'heavy', ['total'], { scans: 12, sizeBytes: 15_000_000 });
const busy = index('orders', 'busy', ['user_id'], { scans: 90_000, sizeBytes: 3_000_000 });

const drop = (name: string, more: Partial<DropExperiment> = {}): DropExperiment => ({
  index: name,
  effects: [],
  lostMs: 0,
  upkeepMs: 40,
  ...more,
});

function find(
  indexes: readonly CatalogIndex[],
  drops: readonly DropExperiment[],
): readonly Finding[] {
  const catalog = shopCatalog();
  return findingsOf(overIndexedTable, {
    ...given,
    catalog: { ...catalog, indexes: [...catalog.indexes, ...indexes] },
    experiments: experimentsOf({ drops }),
  });
}

test('of a table whose indexes outweigh its rows, those hardly read are named', () => {
  const catalog = shopCatalog();
  const finding = findingOf(overIndexedTable, {
    ...given,
    catalog: { ...catalog, indexes: [...catalog.indexes, heavy, busy] },
    experiments: experimentsOf({
      drops: [drop('heavy'), drop('busy', { effects: [effect('SELECT 1', 5, 900)], lostMs: 99 })],
    }),
  });
  expect(finding.title).toBe(
    'orders keeps 1.2 bytes of index for each byte of its rows, and 1 index of 3 is hardly read: 15 MB',
  );
  expect(finding.remedy.drops).toEqual(['heavy']);
  expect(finding.evidence[0]).toMatchObject({
    rows: [['heavy', 'total', 15_000_000, 12, 0, 0, 40]],
  });
});

test('one that costs writes more than statements would lose goes too', () => {
  const missed = (lostMs: number): readonly Finding[] =>
    find([heavy, busy], [drop('heavy', { effects: [effect('SELECT 1', 5, 900)], lostMs })]);
  expect(missed(39)).toHaveLength(1);
  expect(missed(41)).toEqual([]);
});

describe('nothing is found', () => {
  test.each([
    ['while the rows outweigh the indexes', [{ ...heavy, sizeBytes: 5_000_000 }]],
    ['for an index that was never read: another audit has those', [{ ...heavy, scans: 0 }, busy]],
    ['for an index that is read often', [{ ...heavy, scans: 5_000 }, busy]],
    [
      'for one that another covers: another audit has those',
      [heavy, index('orders', 'wide', ['total', 'status'], { scans: 90_000 }), busy],
    ],
  ])('%s', (_why, indexes) => {
    expect(find(indexes, [drop('heavy')])).toEqual([]);
  });

  test('for an index that could not be taken out in the lab', () => {
    expect(find([heavy, busy], [])).toEqual([]);
  });
});
