import { expect, test } from 'vitest';
import { invalidIndex } from '../../../src/audits/queries/invalid-index.ts';
import { findingOf, findingsOf } from '../../fixtures/audit.ts';
import { shopCatalog } from '../../sql/schema-fixture.ts';
import { evidence } from './workload.ts';

const left = {
  schema: 'public',
  table: 'orders',
  name: 'orders_total_idx',
  definition: 'CREATE UNIQUE INDEX orders_total_idx ON public.orders USING btree (total)',
  ready: true,
};

test('what a failed build left is dropped, and built again if it is wanted', () => {
  const catalog = shopCatalog({ invalidIndexes: [left] });
  const { title, remedy } = findingOf(invalidIndex, { ...evidence([]), catalog });
  expect(title).toBe('orders keeps 1 index that a failed build left invalid: orders_total_idx');
  expect(remedy.change).toMatchObject({
    sql: 'DROP INDEX CONCURRENTLY public.orders_total_idx;',
  });
  expect(remedy.drops).toEqual(['orders_total_idx']);
  expect(remedy.actions.join(' ')).toContain('CREATE UNIQUE INDEX CONCURRENTLY orders_total_idx');
});

test('leftovers of REINDEX are not built again', () => {
  const catalog = shopCatalog({ invalidIndexes: [{ ...left, name: 'orders_total_idx_ccnew1' }] });
  const { remedy } = findingOf(invalidIndex, { ...evidence([]), catalog });
  expect(remedy.actions.join(' ')).toContain('REINDEX CONCURRENTLY');
  expect(remedy.actions.join(' ')).not.toContain('CREATE');
});

test('nothing is found where every index is valid', () => {
  expect(findingsOf(invalidIndex, { ...evidence([]), catalog: shopCatalog() })).toEqual([]);
});
