import { expect, test } from 'vitest';
import { batchingCode, eagerLoading } from '../../../src/audits/queries/eager-loading.ts';
import { frame } from '../../fixtures/agent.ts';

const where = frame('src/orders.ts', 4, 'linesOf');
const text = 'SELECT * FROM lines WHERE order_id = $1';

test.each([
  ['@prisma/client', 'findMany({ include: { lines: true } })'],
  ['typeorm', 'find({ relations: { lines: true } })'],
  ['sequelize', "findAll({ include: [{ association: 'lines' }] })"],
  ['drizzle-orm', 'findMany({ with: { lines: true } })'],
  ['@mikro-orm/knex', "populate: ['lines']"],
  ['objection', "withGraphFetched('lines')"],
  ['knex', "knex('lines').whereIn('order_id', values)"],
  ['kysely', "where('order_id', 'in', values)"],
])('a statement by way of %s is loaded with its own call', (via, call) => {
  expect(eagerLoading({ ...where, via }, text, 'order_id')).toContain(call);
});

test('no mapper is named where none is on the stack', () => {
  expect(eagerLoading(where, text, 'order_id')).toBeNull();
  expect(eagerLoading({ ...where, via: 'express' }, text, 'order_id')).toBeNull();
});

test('a loop beside its list gets a map, a function called for each row a loader', () => {
  const batch = { text, parameters: [1], columns: ['order_id'] };
  const inPlace = batchingCode(where, where, batch);
  expect(inPlace.after).toContain('Map.groupBy(rows, (row) => row.order_id)');
  const helper = batchingCode(where, frame('src/orders.ts', 20, 'showOrders'), batch);
  expect(helper.title).toContain('a loader behind linesOf');
});
