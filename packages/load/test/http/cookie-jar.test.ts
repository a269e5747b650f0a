import { expect, test } from 'vitest';
import { CookieJar } from '../../src/http/cookie-jar.ts';

const noon = Date.UTC(2026, 0, 1, 12);

function jar(setCookies: readonly string[], { requestPath = '/', secure = false } = {}): CookieJar {
  const made = new CookieJar('shop.example', secure, () => noon);
  made.store(setCookies, requestPath);
  return made;
}

test('sends cookies back in the order they came', () => {
  expect(jar(['a=1; Path=/', 'b=2; HttpOnly; SameSite=Lax']).header('/orders?page=2')).toBe(
    'a=1; b=2',
  );
});

test('sends nothing when there is nothing', () => {
  expect(jar([]).header('/')).toBe('');
});

test('replaces a cookie of the same name and path', () => {
  const cookies = jar(['a=1', 'b=2']);
  cookies.store(['a=3'], '/');
  expect(cookies.header('/')).toBe('b=2; a=3');
});

test('keeps everything after the first equals sign', () => {
  expect(jar(['token=a=b==; Path=/']).header('/')).toBe('token=a=b==');
});

test.each([
  ['/docs', '/docs', true],
  ['/docs', '/docs/a', true],
  ['/docs', '/docs?x=1', true],
  ['/docs/', '/docs/a', true],
  ['/docs', '/docsets', false],
  ['/docs', '/', false],
])('with path %s, %s is sent it: %s', (path, requested, sent) => {
  expect(jar([`a=1; Path=${path}`]).header(requested)).toBe(sent ? 'a=1' : '');
});

test('takes the folder of the request as the path when none is given', () => {
  const cookies = jar(['a=1', 'b=2; Path=relative'], { requestPath: '/shop/cart?x=/y/' });
  expect(cookies.header('/shop/other')).toBe('a=1; b=2');
  expect(cookies.header('/')).toBe('');
});

test('sends the cookie of the longer path first', () => {
  expect(jar(['a=1; Path=/', 'b=2; Path=/shop']).header('/shop/x')).toBe('b=2; a=1');
});

test.each([
  ['Max-Age=60', true],
  ['Max-Age=0', false],
  ['Max-Age=-1', false],
  ['Max-Age=soon', true],
  ['Expires=Thu, 01 Jan 2026 13:00:00 GMT', true],
  ['Expires=Thu, 01 Jan 2026 11:00:00 GMT', false],
  ['Expires=never', true],
  ['Expires=Thu, 01 Jan 2026 11:00:00 GMT; Max-Age=60', true],
  ['Max-Age=60; Expires=Thu, 01 Jan 2026 11:00:00 GMT', true],
])('with %s a cookie is kept: %s', (attribute, kept) => {
  expect(jar([`a=1; Path=/; ${attribute}`]).header('/')).toBe(kept ? 'a=1' : '');
});

test('forgets a cookie once it has expired', () => {
  let now = noon;
  const cookies = new CookieJar('shop.example', false, () => now);
  cookies.store(['a=1; Max-Age=60', 'b=2'], '/');
  expect(cookies.header('/')).toBe('a=1; b=2');
  now += 60_000;
  expect(cookies.header('/')).toBe('b=2');
});

test('deletes a cookie that comes again with an expiry in the past', () => {
  const cookies = jar(['a=1', 'b=2']);
  cookies.store(['a=; Max-Age=0'], '/');
  expect(cookies.header('/')).toBe('b=2');
});

test('takes cookies for its own domain only, and secure ones only over TLS', () => {
  const sent = ['a=1; Domain=shop.example', 'b=2; Domain=.Example', 'c=3; Domain=other.example'];
  expect(jar(sent).header('/')).toBe('a=1; b=2');
  expect(jar(['a=1; Secure']).header('/')).toBe('');
  expect(jar(['a=1; Secure'], { secure: true }).header('/')).toBe('a=1');
});

test('ignores what is no cookie', () => {
  expect(jar(['', '=1', 'novalue', ';', 'a=1']).header('/')).toBe('a=1');
});

test('holds a bounded number of cookies', () => {
  const cookies = jar(Array.from({ length: 1_000 }, (_, index) => `c${index}=x`));
  expect(cookies.header('/').split('; ')).toHaveLength(100);
});
