import { describe, expect, test } from 'vitest';
import { exclusionReason, matchesWildcard } from '../../../src/gather/discovery/exclusions.ts';

describe('a path that looks as if it changed something is left out', () => {
  test.each([
    '/logout',
    '/log-out',
    '/users/sign_out',
    '/session/SignOut',
    '/products/3/delete',
    '/deleteUser?id=3',
    '/cart?action=remove&id=3',
    '/newsletter/unsubscribe',
    '/cart/add-to-cart/5',
    '/admin/cache/purge',
    '/a%2Flogout',
  ])('%s', (path) => {
    expect(exclusionReason(path, [])).toMatch(/might change something/);
  });
});

describe('a path that only looks similar is visited', () => {
  test.each([
    '/',
    '/products/3',
    '/blog/logbook-outing',
    '/payments-explained',
    '/removers',
    '/search?q=kettle',
    '/%E0%A4%A',
    '/users.json',
  ])('%s', (path) => {
    expect(exclusionReason(path, [])).toBeNull();
  });
});

test('a file for the browser is no route', () => {
  expect(exclusionReason('/assets/site.css?v=3', [])).toBe('a file, no route');
});

describe('patterns of the user', () => {
  test.each([
    ['/admin/users', '/admin/*', true],
    ['/admin', '/admin/*', false],
    ['/administration', '/admin*', true],
    ['/search?q=x', '/search', true],
    ['/search?q=x', '/search?q=*', true],
    ['/a.b', '/a?b', false],
    ['/axb', '/a.b', false],
    ['/x/reports/y', '*reports*', true],
  ])('%s by %s: %s', (path, pattern, matches) => {
    expect(matchesWildcard(path, pattern)).toBe(matches);
  });

  test('are named as the reason', () => {
    expect(exclusionReason('/admin/x', ['/private', '/admin/*'])).toBe('excluded by "/admin/*"');
  });
});
