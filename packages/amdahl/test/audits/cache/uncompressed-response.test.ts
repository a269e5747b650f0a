import { describe, expect, test } from 'vitest';
import { uncompressedResponse } from '../../../src/audits/cache/uncompressed-response.ts';
import type { SampledResponse } from '../../../src/artifacts/responses.ts';
import { findingOf, findingsOf } from '../../fixtures/audit.ts';
import { loadOf, request } from '../../fixtures/load.ts';
import { resource, response } from '../../fixtures/responses.ts';

const load = loadOf([request('GET /', 50)]);

test('text sent as it is is found, and what it costs on a named link', () => {
  const responses = [
    response('GET /', 'page', { resources: [resource('/app.css', 'style')] }),
    response('GET /app.css', 'style', {
      sentBytes: 100_000,
      gzipBytes: 20_000,
      brotliBytes: 15_000,
    }),
  ];
  const finding = findingOf(uncompressedResponse, { load, responses: { responses } });
  expect(finding.title).toBe('2 replies sent uncompressed: 101 kB of 120 kB could stay home');
  expect(finding.prediction.assumes).toContain('9 Mbit/s');
  const [gain] = finding.prediction.gains;
  expect(finding.prediction.gains).toHaveLength(1);
  // 100.5 kB at 9 Mbit/s, without any round trip.
  expect(gain?.gainMs.low).toBeCloseTo(89.3, 0);
  expect(gain?.gainMs.high).toBeLessThanOrEqual(gain?.boundMs ?? 0);
});

describe('nothing is found', () => {
  test.each<[string, SampledResponse]>([
    [
      'when it is encoded already',
      response('GET /', 'page', {
        headers: { 'content-type': 'text/html', 'content-encoding': 'br' },
      }),
    ],
    ['when it is an image', response('GET /a.png', 'image')],
    [
      'when it fits into a packet',
      response('GET /', 'api', { sentBytes: 1_200, brotliBytes: 300 }),
    ],
    [
      'when it hardly shrinks',
      response('GET /', 'api', { gzipBytes: 19_500, brotliBytes: 19_000 }),
    ],
    [
      'when compressing was not tried',
      response('GET /', 'api', { gzipBytes: null, brotliBytes: null }),
    ],
  ])('%s', (_, reply) => {
    expect(findingsOf(uncompressedResponse, { load, responses: { responses: [reply] } })).toEqual(
      [],
    );
  });
});
