import { describe, expect, test } from 'vitest';
import { groupByPattern, withoutIdentifiers } from '../../../src/gather/discovery/route-pattern.ts';

describe('a segment that looks like an identifier is a parameter', () => {
  test.each([
    ['/products/17', '/products/:id'],
    ['/users/6f1c9a52-0d0e-4c55-9a43-0d6f4b2f9f10/orders', '/users/:id/orders'],
    ['/commits/9fceb02d0ae598e95dc970b74767f19372d61af8', '/commits/:id'],
    ['/rooms/507f1f77bcf86cd799439011', '/rooms/:id'],
    ['/files/01ARZ3NDEKTSV4RRFFQ69G5FAV', '/files/:id'],
    ['/years/2024/07', '/years/:id/:id'],
  ])('%s', (path, pattern) => {
    expect(withoutIdentifiers(path)).toBe(pattern);
  });

  test.each([
    '/',
    '/about',
    '/products/copper-kettle',
    '/v2/users',
    '/facade',
    '/internationalisation',
    '/iso-8601-explained-in-detail',
  ])('but not in %s', (path) => {
    expect(withoutIdentifiers(path)).toBe(path);
  });
});

function grouped(paths: readonly string[], patterns: readonly string[] = []): unknown {
  return Object.fromEntries(groupByPattern(paths, patterns));
}

test('queries belong to the route of their path', () => {
  expect(grouped(['/search?q=a', '/search?q=b', '/'])).toEqual({
    '/search': ['/search?q=a', '/search?q=b'],
    '/': ['/'],
  });
});

test('the patterns of the framework win, the most literal one first', () => {
  expect(
    grouped(
      ['/users/me', '/users/anna', '/users/anna/orders/7', '/static/a/b'],
      ['/users/:name', '/users/me', '/users/:name/orders/:order', '/static/*'],
    ),
  ).toEqual({
    '/users/me': ['/users/me'],
    '/users/:name': ['/users/anna'],
    '/users/:name/orders/:order': ['/users/anna/orders/7'],
    '/static/a/b': ['/static/a/b'],
  });
});

test('many siblings under one parent are values', () => {
  const paths = 'abcdefghijkl'.split('').map((letter) => `/docs/page-${letter}`);
  expect(grouped(paths)).toEqual({ '/docs/:name': paths });
});

test('few siblings, and any number at the root, are routes', () => {
  const few = ['/docs/a', '/docs/b', '/docs/c'];
  const top = 'abcdefghijkl'.split('').map((letter) => `/${letter}`);
  expect(Object.keys(grouped([...few, ...top]) as object)).toEqual([...few, ...top]);
});
