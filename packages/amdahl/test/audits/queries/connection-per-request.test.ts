import { expect, test } from 'vitest';
import type { Artifacts } from '../../../src/artifacts/artifacts.ts';
import { connectionPerRequest } from '../../../src/audits/queries/connection-per-request.ts';
import { agentOf, routeOf, span, trace } from '../../fixtures/agent.ts';
import { findingOf, findingsOf } from '../../fixtures/audit.ts';
import { loadOf, request } from '../../fixtures/load.ts';
import { route, site } from './workload.ts';

function opening(connects: number, count = 100): Pick<Artifacts, 'agent' | 'load'> {
  const traces = [
    trace(route, 40, [
      span('connect', '127.0.0.1:5432/shop', [0, 15]),
      span('statement', 'SELECT 1', [15, 35], { callSite: site }),
    ]),
  ];
  return {
    agent: agentOf({
      routes: [{ ...routeOf(route, { database: 20, pool: 15, compute: 5 }, count), connects }],
      traces,
    }),
    load: loadOf([request(route, 50)]),
  };
}

test('a connection for each request is found, with the wait for it and where it is opened', () => {
  const finding = findingOf(connectionPerRequest, opening(100));
  expect(finding.title).toBe(
    'GET /orders opens a database connection for each request and waits 15 ms for it',
  );
  expect(finding.where).toEqual(site);
  expect(finding.routes).toEqual([{ route, share: 0.3 }]);
  expect(finding.evidence.find(({ kind }) => kind === 'trace')).toMatchObject({ highlighted: [0] });
  expect(finding.prediction.gains).toEqual([
    { route, beforeMs: 50, gainMs: { low: 7.5, mid: 14.25, high: 15 }, boundMs: 15 },
  ]);
});

test('a pool that warms up is not', () => {
  expect(findingsOf(connectionPerRequest, opening(10))).toEqual([]);
  expect(findingsOf(connectionPerRequest, opening(10, 10))).toEqual([]);
});
