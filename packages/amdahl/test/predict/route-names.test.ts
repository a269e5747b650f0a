import { expect, test } from 'vitest';
import { matchingRoutes } from '../../src/predict/route-names.ts';

const matches = (route: string, ...names: string[]): readonly string[] =>
  matchingRoutes(route, names, (name) => name);

test('the same text comes first', () => {
  expect(matches('GET /orders/:id', 'GET /orders/:orderId', 'GET /orders/:id')).toEqual([
    'GET /orders/:id',
    'GET /orders/:orderId',
  ]);
});

test('a label tells requests of one route apart', () => {
  const names = ['GET /reviews (oldest)', 'GET /reviews', 'GET /orders'];
  expect(matches('GET /reviews', ...names)).toEqual(['GET /reviews', 'GET /reviews (oldest)']);
});

test.each(['GET /orders/{id}', 'GET /orders/:orderId', 'GET /orders/[id]', 'get /orders/:id/'])(
  'a parameter by another name is the same route: %s',
  (name) => {
    expect(matches('GET /orders/:id', name, 'GET /orders')).toEqual([name]);
  },
);

test('a script that names nothing has many names for one route', () => {
  const names = ['GET /orders/1', 'GET /orders/2?page=3', 'GET /orders'];
  expect(matches('GET /orders/:id', ...names)).toEqual(names.slice(0, 2));
});

test('a parameter by another name fits better than a value in its place', () => {
  expect(matches('GET /orders/:id', 'GET /orders/17', 'GET /orders/:orderId')).toEqual([
    'GET /orders/:orderId',
  ]);
});

test('another method, length or segment is another route', () => {
  expect(
    matches('GET /orders/:id', 'POST /orders/:id', 'GET /orders/:id/lines', 'GET /users/:id'),
  ).toEqual([]);
});
