import { expect, test } from 'vitest';
import { patternOfPath } from '../../src/requests/path-pattern.ts';

test.each([
  ['/', '/'],
  ['', '/'],
  ['/products', '/products'],
  ['/orders/17/lines?page=2', '/orders/:id/lines'],
  ['/orders/17#top', '/orders/:id'],
  ['/v2/users', '/v2/users'],
  ['/users/3f2504e0-4f89-11d3-9a0c-0305e82c3301', '/users/:id'],
  ['/commits/9fceb02d0ae598e95dc970b74767f19372d61af8', '/commits/:id'],
  ['/builds/9fceb02d', '/builds/:id'],
  ['/objects/507f1f77bcf86cd799439011', '/objects/:id'],
  ['/ulid/01ARZ3NDEKTSV4RRFFQ69G5FAV', '/ulid/:id'],
  ['/nano/V1StGXR8_Z5jdHi6B-myT', '/nano/:id'],
  ['/users/ada%40example.org', '/users/:id'],
  [`/sessions/${'x'.repeat(41)}`, '/sessions/:id'],
  ['/invoices/invoice-20261123.pdf', '/invoices/invoice-:id.pdf'],
  // Words stay, also those of hexadecimal letters.
  ['/facade/defaced', '/facade/defaced'],
  ['/internationalization-guide', '/internationalization-guide'],
])('%s', (url, pattern) => {
  expect(patternOfPath(url)).toBe(pattern);
  // From memory.
  expect(patternOfPath(url)).toBe(pattern);
});

test('bounds the length and the depth of a pattern', () => {
  expect(patternOfPath('/a'.repeat(100))).toBe(`${'/a'.repeat(11)}/*`);
  expect(patternOfPath(`/${'word-'.repeat(7)}`.repeat(10)).length).toBeLessThanOrEqual(201);
});

test('more paths than it remembers still get their patterns', () => {
  for (let id = 0; id < 5_000; id += 1) expect(patternOfPath(`/items/${id}`)).toBe('/items/:id');
});
