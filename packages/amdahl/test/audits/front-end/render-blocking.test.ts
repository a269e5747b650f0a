import { expect, test } from 'vitest';
import { renderBlocking } from '../../../src/audits/front-end/render-blocking.ts';
import { findingOf, findingsOf } from '../../fixtures/audit.ts';
import { loadOf, request } from '../../fixtures/load.ts';
import { resource, response } from '../../fixtures/responses.ts';

const load = loadOf([request('GET /', 50)]);
const script = response('GET /app.js', 'script', { sentBytes: 90_000 });

test('what the first paint waits for is found, with the elements that would not block', () => {
  const page = response('GET /', 'page', {
    resources: [
      resource('/app.js', 'script', { renderBlocking: true }),
      resource('/app.css', 'style', { renderBlocking: true }),
      resource('/hero.png', 'image'),
    ],
  });
  const finding = findingOf(renderBlocking, { load, responses: { responses: [page, script] } });
  expect(finding.title).toBe('2 resources, 90 kB, before the first paint of GET /');
  expect(finding.remedy.change).toMatchObject({
    before: '<script src="/app.js"></script>\n<link rel="stylesheet" href="/app.css">',
  });
  const [gain] = finding.prediction.gains;
  expect(gain?.gainMs.low).toBeCloseTo(80, 0);
  expect(gain?.gainMs.high).toBeGreaterThan(200);
});

test('deferred scripts and preloaded styles are left alone', () => {
  const page = response('GET /', 'page', { resources: [resource('/app.js', 'script')] });
  expect(findingsOf(renderBlocking, { load, responses: { responses: [page, script] } })).toEqual(
    [],
  );
});
