import { expect, test } from 'vitest';
import { authorizationHeader } from '../../src/http/authorization.ts';
import { isRedirect, nextHop } from '../../src/http/redirect.ts';

test.each([
  [301, 'GET', 'GET', true],
  [301, 'POST', 'GET', false],
  [302, 'POST', 'GET', false],
  [302, 'PUT', 'PUT', true],
  [303, 'PUT', 'GET', false],
  [303, 'HEAD', 'HEAD', false],
  [307, 'POST', 'POST', true],
  [308, 'DELETE', 'DELETE', true],
])('%i turns %s into %s', (status, method, next, keepsBody) => {
  expect(isRedirect(status)).toBe(true);
  expect(nextHop(status, method, '/x')).toEqual({ method: next, location: '/x', keepsBody });
});

test.each([200, 300, 304, 305, 400])('%i leads nowhere', (status) => {
  expect(isRedirect(status)).toBe(false);
});

test('writes the authorization of users and tokens', () => {
  // The example of RFC 7617, section 2, and the one with UTF-8 of section 2.1.
  expect(authorizationHeader({ user: 'Aladdin', password: 'open sesame' })).toBe(
    'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==',
  );
  expect(authorizationHeader({ user: 'test', password: '123£' })).toBe('Basic dGVzdDoxMjPCow==');
  expect(authorizationHeader({ bearer: 'abc' })).toBe('Bearer abc');
});

test.each([
  { user: 'a:b', password: '' },
  { bearer: '' },
  { bearer: 'a\r\nb' },
  { user: 'a' } as never,
  null as never,
])('refuses %j as authorization', (auth) => {
  expect(() => authorizationHeader(auth)).toThrow(
    expect.objectContaining({ code: 'AMDAHL_LOAD_BAD_REQUEST' }),
  );
});
