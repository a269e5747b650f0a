import { describe, expect, test } from 'vitest';
import type { CatalogIndex } from '../../../src/artifacts/catalog.ts';
import { redundantIndex } from '../../../src/audits/queries/redundant-index.ts';
import { index, shopCatalog } from '../../sql/schema-fixture.ts';
import { findingOf, findingsOf } from '../../fixtures/audit.ts';
import { effect, evidence, experimentsOf, route, statement } from './workload.ts';

const insert = 'INSERT INTO orders (user_id) VALUES ($1)';
const given = evidence([statement(insert, { ms: 12 })]);
const long = index('orders', 'long', ['user_id', 'created_at']);

function find(...indexes: CatalogIndex[]): ReturnType<typeof findingsOf> {
  const catalog = shopCatalog();
  return findingsOf(redundantIndex, {
    ...given,
    catalog: { ...catalog, indexes: [...catalog.indexes, ...indexes] },
  });
}

const dropped = (...indexes: CatalogIndex[]): unknown =>
  find(...indexes).map(({ remedy }) =>
    remedy.change?.kind === 'statement' ? remedy.change.sql : '',
  );

test('a prefix of another index goes, with the way back and what it takes from writes', () => {
  const catalog = shopCatalog();
  const finding = findingOf(redundantIndex, {
    ...given,
    catalog: {
      ...catalog,
      indexes: [...catalog.indexes, long, index('orders', 'short', ['user_id'])],
    },
  });
  expect(finding.title).toBe('orders keeps 1 index that is covered by others: 2.26 MB');
  expect(finding.remedy.change).toMatchObject({ sql: 'DROP INDEX CONCURRENTLY public.short;' });
  expect(finding.remedy.rollback).toBe(
    'CREATE INDEX CONCURRENTLY short ON public.orders USING btree (user_id);',
  );
  // One of three indexes and the table itself: a quarter of the write at most.
  expect(finding.prediction.gains).toEqual([
    { route, beforeMs: 100, gainMs: { low: 0, mid: 1, high: 3 }, boundMs: 3 },
  ]);
});

test('of twins the one that is used less goes', () => {
  expect(
    dropped(
      index('orders', 'a', ['user_id'], { scans: 5 }),
      index('orders', 'b', ['user_id'], { scans: 500 }),
    ),
  ).toEqual(['DROP INDEX CONCURRENTLY public.a;']);
});

describe('a small one beside a wide one', () => {
  const small = index('orders', 'short', ['user_id'], { sizeBytes: long.sizeBytes / 2 });
  const found = (costAfter: number, sizeBytes = small.sizeBytes): number => {
    const catalog = shopCatalog();
    const effects = [effect('SELECT user_id, count(*) FROM orders GROUP BY 1', 1_000, costAfter)];
    const drop = { index: 'short', effects, lostMs: 10, upkeepMs: 1 };
    const indexes = [...catalog.indexes, long, { ...small, sizeBytes }];
    return findingsOf(redundantIndex, {
      ...given,
      catalog: { ...catalog, indexes },
      experiments: { ...experimentsOf({ indexes: [] }), drops: [drop] },
    }).length;
  };

  test('stays when statements miss it clearly in the lab', () => {
    expect(found(1_100)).toBe(0);
    expect(found(1_040)).toBe(1);
  });

  test('goes when it is hardly smaller', () => {
    expect(found(1_100, long.sizeBytes * 0.9)).toBe(1);
  });
});

test('a copy of the primary key goes, never the key', () => {
  expect(dropped(index('orders', 'copy', ['id']))).toEqual([
    'DROP INDEX CONCURRENTLY public.copy;',
  ]);
});

test('without writes under load it is still found, with nothing promised', () => {
  const catalog = shopCatalog();
  const finding = findingOf(redundantIndex, {
    ...evidence([]),
    catalog: { ...catalog, indexes: [long, index('orders', 'short', ['user_id'])] },
  });
  expect(finding.prediction.gains).toEqual([]);
});

describe('nothing is found', () => {
  const short = (more: Partial<CatalogIndex>): CatalogIndex =>
    index('orders', 'short', ['user_id'], more);

  test.each([
    ['for a unique index', short({ unique: true })],
    ['for a constraint', short({ constraint: true })],
    ['for a partial one', short({ predicate: '(total > 5)' })],
    [
      'for another method',
      short({ method: 'hash', definition: 'CREATE INDEX short ON orders USING hash (user_id)' }),
    ],
    [
      'for the other direction',
      short({ definition: 'CREATE INDEX short ON orders (user_id DESC)' }),
    ],
    [
      'for another operator class',
      short({ definition: 'CREATE INDEX short ON orders (user_id text_pattern_ops)' }),
    ],
    ['when it includes more', short({ include: ['status'] })],
    ['for the second column of another', index('orders', 'second', ['created_at'])],
    ['on another table', index('users', 'elsewhere', ['user_id'])],
  ])('%s', (_what, other) => {
    expect(find(long, other)).toEqual([]);
  });
});
