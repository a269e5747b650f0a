import { describe, expect, test } from 'vitest';
import { uncacheableResponse } from '../../../src/audits/cache/uncacheable-response.ts';
import type { SampledResponse } from '../../../src/artifacts/responses.ts';
import { findingOf, findingsOf } from '../../fixtures/audit.ts';
import { loadOf, request } from '../../fixtures/load.ts';
import { resource, response } from '../../fixtures/responses.ts';

const load = loadOf([request('GET /', 50, 200), request('GET /products/:id', 80, 100)]);
const found = (...responses: SampledResponse[]): ReturnType<typeof findingsOf> =>
  findingsOf(uncacheableResponse, { load, responses: { responses } });
const page = (headers: Record<string, string>): SampledResponse =>
  response('GET /', 'page', { headers: { 'content-type': 'text/html', ...headers } });

describe('replies that are the same for everyone', () => {
  test('without validators or lifetime are found; a cache in front is assumed', () => {
    const finding = findingOf(uncacheableResponse, {
      load,
      responses: { responses: [page({}), response('GET /products/:id', 'page')] },
    });
    expect(finding.title).toBe('GET / and GET /products/:id could be kept by a cache, and may not');
    expect(finding.prediction.assumes).toContain('a shared cache');
    const [home, product] = finding.prediction.gains;
    // 20 requests a second for 10 s: 200 hits for each miss.
    expect(home?.gainMs.mid).toBeCloseTo(50 * (200 / 201), 1);
    expect(product?.gainMs).toMatchObject({ low: 0, mid: 0 });
    expect(product?.gainMs.high).toBeGreaterThan(70);
  });

  test.each([
    ['an entity tag', { etag: '"a1"' }],
    ['a date of change', { 'last-modified': 'Sun, 22 Nov 2026 12:00:00 GMT' }],
    ['a lifetime', { 'cache-control': 'public, max-age=60' }],
    ['a lifetime in shared caches', { 'Cache-Control': 's-maxage=10, max-age=0' }],
    [
      'a date of expiry',
      { date: 'Sun, 22 Nov 2026 12:00:00 GMT', expires: 'Sun, 22 Nov 2026 13:00:00 GMT' },
    ],
  ])('with %s are left alone', (_, headers) => {
    expect(found(page(headers as Record<string, string>))).toEqual([]);
  });

  test.each([
    ['says it is private', page({ 'cache-control': 'private, max-age=0' })],
    ['is not to be stored', page({ 'cache-control': 'no-store' })],
    ['sets a cookie', page({ 'set-cookie': 'session=1' })],
    ['differs each time', response('GET /', 'page', { repeatable: false })],
    ['is an error', response('GET /', 'page', { status: 404 })],
  ])('but not one that %s', (_, reply) => {
    expect(found(reply)).toEqual([]);
  });
});

describe('assets', () => {
  const home = response('GET /', 'page', {
    headers: { etag: '"a"' },
    resources: [resource('/app.js', 'script')],
  });

  test.each(['', 'no-store', 'max-age=0, must-revalidate', 'no-cache'])(
    'with cache-control "%s" are fetched or asked after on each view',
    (cacheControl) => {
      const script = response('GET /app.js', 'script', {
        headers: { 'content-type': 'text/javascript', 'cache-control': cacheControl, etag: '"b"' },
      });
      const finding = found(home, script)[0];
      expect(finding?.title).toBe(
        '1 asset without a lifetime: 20 kB fetched again on repeat views',
      );
      expect(finding?.prediction.gains.map((gain) => gain.route)).toEqual(['GET /']);
      expect(finding?.prediction.gains[0]?.gainMs.low).toBe(0);
    },
  );

  test('that live a year are left alone', () => {
    const script = response('GET /app.js', 'script', {
      headers: { 'cache-control': 'public, max-age=31536000, immutable' },
    });
    expect(found(home, script)).toEqual([]);
  });
});
