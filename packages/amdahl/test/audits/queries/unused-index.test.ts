import { describe, expect, test } from 'vitest';
import type { CatalogArtifact, CatalogIndex } from '../../../src/artifacts/catalog.ts';
import { unusedIndex } from '../../../src/audits/queries/unused-index.ts';
import { findingOf, findingsOf, outcomeOf } from '../../fixtures/audit.ts';
import { index, shopCatalog } from '../../sql/schema-fixture.ts';
import { effect, evidence, experimentsOf, route, statement } from './workload.ts';

const insert = 'INSERT INTO orders (user_id) VALUES ($1)';
const given = evidence([statement(insert, { ms: 12 })]);
const counting = { readAt: '2026-11-20T00:00:00Z', statisticsSince: '2026-11-01T00:00:00Z' };

function unused(more: Partial<CatalogIndex> = {}): CatalogIndex {
  return index('orders', 'idle', ['total'], { scans: 0, ...more });
}

function catalogWith(
  indexes: readonly CatalogIndex[],
  more: Partial<CatalogArtifact> = counting,
): { readonly catalog: CatalogArtifact } {
  const catalog = shopCatalog(more);
  return { catalog: { ...catalog, indexes: [...catalog.indexes, ...indexes] } };
}

test('an index that nothing has read in weeks goes, with the way back', () => {
  const finding = findingOf(unusedIndex, { ...given, ...catalogWith([unused()]) });
  expect(finding.title).toBe('orders keeps 1 index that nothing has read in 19 days: 2.26 MB');
  expect(finding.remedy.change).toMatchObject({ sql: 'DROP INDEX CONCURRENTLY public.idle;' });
  expect(finding.remedy.rollback).toBe(
    'CREATE INDEX CONCURRENTLY idle ON public.orders USING btree (total);',
  );
  expect(finding.remedy.drops).toEqual(['idle']);
  // One of two indexes and the table itself: a third of the write at most.
  expect(finding.prediction.gains).toEqual([
    { route, beforeMs: 100, gainMs: { low: 0, mid: 4 / 3, high: 4 }, boundMs: 4 },
  ]);
});

describe('too little to tell', () => {
  const reasonFor = (more: Partial<CatalogArtifact>): string => {
    const outcome = outcomeOf(unusedIndex, { ...given, ...catalogWith([unused()], more) });
    return outcome.status === 'unmeasured' ? outcome.reason : outcome.status;
  };

  test('when the counters are young', () => {
    expect(reasonFor({ ...counting, statisticsSince: '2026-11-17T12:00:00Z' })).toBe(
      'usage counters count since 2 days only, and 7 days are needed to call an index unused',
    );
  });

  test('when nobody knows since when they count; a server that ran for weeks tells enough', () => {
    const { readAt } = counting;
    expect(reasonFor({ readAt })).toMatch(/do not say since when/);
    expect(reasonFor({ readAt, serverStarted: '2026-11-19T00:00:00Z' })).toMatch(/1 day only/);
    expect(reasonFor({ readAt, serverStarted: '2026-10-01T00:00:00Z' })).toBe('found');
  });

  test('on a standby, which counts its own scans', () => {
    expect(reasonFor({ ...counting, standby: true })).toMatch(/^a standby/);
  });
});

describe('nothing is found', () => {
  test.each([
    ['for an index that is read', unused({ scans: 1 })],
    ['for a unique one', unused({ unique: true })],
    ['for a constraint', unused({ constraint: true })],
    ['for one the table is clustered or replicated by', unused({ pinned: true })],
    ['for the part of a whole', unused({ partOf: { schema: 'public', name: 'whole' } })],
  ])('%s', (_what, other) => {
    expect(findingsOf(unusedIndex, { ...given, ...catalogWith([other]) })).toEqual([]);
  });

  test('for a small index on a table that is hardly written to', () => {
    const { catalog } = catalogWith([unused({ sizeBytes: 16_384 })]);
    const quiet = catalog.tables.map((table) => ({
      ...table,
      writes: { inserted: 9_000, updated: 0, deleted: 0 },
    }));
    expect(findingsOf(unusedIndex, { ...given, catalog: { ...catalog, tables: quiet } })).toEqual(
      [],
    );
    expect(findingsOf(unusedIndex, { ...given, catalog })).toHaveLength(1);
  });

  test('for one that a foreign key needs, unless another serves that too', () => {
    const indexes = [unused({ keys: ['user_id', 'total'] })];
    const { catalog } = catalogWith(indexes);
    const foreignKeys = [
      { columns: ['user_id'], referencesTable: 'users', referencesColumns: ['id'] },
    ];
    const tables = catalog.tables.map((table) =>
      table.name === 'orders' ? { ...table, foreignKeys } : table,
    );
    const known = { ...catalog, tables };
    expect(findingsOf(unusedIndex, { ...given, catalog: known })).toEqual([]);
    const another = index('orders', 'busy', ['user_id', 'status']);
    const both = { ...known, indexes: [...known.indexes, another] };
    expect(findingsOf(unusedIndex, { ...given, catalog: both })).toHaveLength(1);
  });

  test('for one that another covers: that is another audit’s', () => {
    const wide = index('orders', 'wide', ['total', 'user_id']);
    expect(findingsOf(unusedIndex, { ...given, ...catalogWith([unused(), wide]) })).toEqual([]);
  });

  test('for one that a captured statement would miss', () => {
    const missed = (effects: readonly ReturnType<typeof effect>[]): unknown =>
      findingsOf(unusedIndex, {
        ...given,
        ...catalogWith([unused()]),
        experiments: experimentsOf({
          drops: [{ index: 'idle', effects, lostMs: 5, upkeepMs: 0 }],
        }),
      });
    expect(missed([effect('SELECT 1', 5, 500)])).toEqual([]);
    expect(missed([])).toHaveLength(1);
  });
});
