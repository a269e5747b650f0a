import { describe, expect, test } from 'vitest';
import { nPlusOne } from '../../../src/audits/queries/n-plus-one.ts';
import { span, trace } from '../../fixtures/agent.ts';
import { findingOf, findingsOf } from '../../fixtures/audit.ts';
import { evidence, route, site, statement } from './workload.ts';

const lookup = 'SELECT name FROM users WHERE id = $1';
const ids = [[1], [2], [3], [4], [5]];

test('a lookup repeated for each row is found, with its place, a trace and the batched statement', () => {
  const traces = [
    trace(route, 100, [
      span('statement', 'SELECT * FROM orders', [0, 10]),
      ...Array.from({ length: 20 }, (_, n) =>
        span('statement', lookup, [10 + 4 * n, 14 + 4 * n], { callSite: site }),
      ),
    ]),
  ];
  const finding = findingOf(
    nPlusOne,
    evidence([statement(lookup, { perRequest: 20, ms: 4, parameters: ids })], { traces }),
  );
  expect(finding.title).toBe(
    'GET /orders runs "SELECT name FROM users WHERE id = $1" 20 times per request',
  );
  expect(finding.where).toEqual(site);
  expect(finding.routes).toEqual([{ route, share: 0.8 }]);
  expect(finding.remedy.change).toMatchObject({
    kind: 'diff',
    before: lookup,
    after: 'SELECT\n  id,\n  name\nFROM users\nWHERE\n  id = ANY ($1)',
  });
  expect(finding.evidence.find(({ kind }) => kind === 'trace')).toMatchObject({
    highlighted: Array.from({ length: 20 }, (_, n) => n + 1),
  });
  // 80 ms of 20 executions: 19/20 goes at best, a third of all stays at worst.
  const [gain] = finding.prediction.gains;
  expect(gain?.gainMs.high).toBeCloseTo(76);
  expect(gain?.gainMs.mid).toBeCloseTo(72);
  expect(gain?.gainMs.low).toBeCloseTo(76 - 80 / 3);
  expect(gain?.boundMs).toBeCloseTo(80);
});

test('executions at the same time count for the time the request waited', () => {
  const parallel = statement(lookup, {
    perRequest: 20,
    ms: 4,
    parameters: ids,
    wallSumUs: 100 * 25_000,
  });
  const [gain] = findingOf(nPlusOne, evidence([parallel])).prediction.gains;
  expect(gain?.boundMs).toBeCloseTo(25);
});

test('the same loop has the same id, whatever its figures and line', () => {
  const at = (perRequest: number, line: number): string =>
    findingOf(
      nPlusOne,
      evidence([
        statement(lookup, {
          perRequest,
          parameters: ids,
          ms: 80 / perRequest,
          callSite: { ...site, line },
        }),
      ]),
    ).id;
  expect(at(20, 42)).toBe(at(40, 57));
});

describe('nothing is found', () => {
  test.each([
    ['four times', lookup, { perRequest: 4, parameters: ids }],
    [
      'with the same value',
      lookup,
      { perRequest: 20, parameters: [[1]], distinctParametersPerRequest: 1 },
    ],
    ['for an import', 'INSERT INTO users (id) VALUES ($1)', { perRequest: 20, parameters: ids }],
    [
      'for updates row by row',
      'UPDATE users SET a = 1 WHERE id = $1',
      { perRequest: 20, parameters: ids },
    ],
    [
      'for pages',
      'SELECT name FROM users WHERE team = $1 LIMIT 100 OFFSET $2',
      {
        perRequest: 20,
        parameters: [
          [1, 0],
          [1, 100],
        ],
      },
    ],
    [
      'for pages by key',
      'SELECT name FROM users WHERE team = $1 AND id > $2 ORDER BY id LIMIT 100',
      {
        perRequest: 20,
        parameters: [
          [1, 0],
          [1, 100],
        ],
      },
    ],
    ['that no one would feel', lookup, { perRequest: 20, parameters: ids, ms: 0.1 }],
  ])('%s', (_when, text, more) => {
    expect(findingsOf(nPlusOne, evidence([statement(text, { ms: 4, ...more })]))).toEqual([]);
  });
});
