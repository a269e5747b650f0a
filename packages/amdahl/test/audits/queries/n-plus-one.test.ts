import { describe, expect, test } from 'vitest';
import type { CatalogArtifact } from '../../../src/artifacts/catalog.ts';
import { nPlusOne } from '../../../src/audits/queries/n-plus-one.ts';
import { span, trace } from '../../fixtures/agent.ts';
import { findingOf, findingsOf } from '../../fixtures/audit.ts';
import { evidence, experimentsOf, route, site, statement } from './workload.ts';

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

test('the wait for a connection goes with the statements', () => {
  const traces = [
    trace(route, 100, [
      span('pool', 'shop', [0, 20], { callSite: site }),
      ...Array.from({ length: 20 }, (_, n) =>
        span('statement', lookup, [20 + 4 * n, 24 + 4 * n], { callSite: site }),
      ),
    ]),
  ];
  const aggregate = statement(lookup, { perRequest: 20, ms: 4, parameters: ids });
  const [gain] = findingOf(nPlusOne, evidence([aggregate], { traces })).prediction.gains;
  expect(gain?.boundMs).toBeCloseTo(100);
});

test('a batch that does the work of all saves only the round trips for certain', () => {
  const newest = 'SELECT name FROM users WHERE team = $1 ORDER BY id DESC LIMIT 3';
  const traces = [
    trace(route, 100, [
      span('statement', 'BEGIN', [0, 1]),
      ...Array.from({ length: 20 }, (_, n) =>
        span('statement', newest, [2 + 4 * n, 6 + 4 * n], { callSite: site }),
      ),
    ]),
  ];
  const aggregate = statement(newest, { perRequest: 20, ms: 4, parameters: ids });
  const finding = findingOf(nPlusOne, evidence([aggregate], { traces }));
  expect(finding.prediction.gains[0]?.gainMs.low).toBeCloseTo(19);
  expect(finding.prediction.explanation).toContain('at worst only the round trips are saved');
});

test('the lab says how much of the work a batch still does', () => {
  const aggregate = statement(lookup, { perRequest: 20, ms: 4, parameters: ids });
  const spans = Array.from({ length: 20 }, (_, n) =>
    span('statement', lookup, [4 * n, 4 * n + (n === 0 ? 1 : 4)], { callSite: site }),
  );
  const batch = { text: lookup, parameters: [1], values: 20, costOfOne: 10, costOfBatch: 20 };
  const finding = findingOf(nPlusOne, {
    ...evidence([aggregate], { traces: [trace(route, 100, spans)] }),
    experiments: experimentsOf({ batches: [batch] }),
  });
  // 80 ms: a round trip of 1 ms, and a tenth of twenty times 3 ms.
  expect(finding.prediction.gains[0]?.gainMs.mid).toBeCloseTo(80 - 1 - 6);
  expect(finding.prediction.explanation).toContain('it does 10 % of their work');
});

test('arrays have the types of the columns where the catalog is known', () => {
  const text = 'SELECT name FROM users WHERE id = $1 LIMIT 1';
  const aggregate = statement(text, { perRequest: 20, ms: 4, parameters: ids });
  const catalog = {
    settings: {},
    tables: [{ schema: 'public', name: 'users', columns: [{ name: 'id', type: 'bigint' }] }],
    indexes: [],
  } as unknown as CatalogArtifact;
  const batched = (artifacts: object): unknown =>
    findingOf(nPlusOne, { ...evidence([aggregate]), ...artifacts }).remedy.change;
  expect(batched({ catalog })).toMatchObject({ after: expect.stringContaining('bigint[]') });
  expect(batched({})).toMatchObject({ after: expect.stringContaining('int[]') });
});

test('the call of the mapper on the stack is named', () => {
  const aggregate = statement(lookup, {
    perRequest: 20,
    ms: 4,
    parameters: ids,
    callSite: { ...site, via: 'drizzle-orm' },
  });
  const { actions } = findingOf(nPlusOne, evidence([aggregate])).remedy;
  expect(actions.at(-1)).toBe(
    'With Drizzle, load the rows with the list: findMany({ with: { users: true } }).',
  );
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
    [
      'while one request of many warms a cache',
      lookup,
      { count: 50, requests: 1, parameters: ids, distinctParametersPerRequest: 50, ms: 400 },
    ],
    ['that no one would feel', lookup, { perRequest: 20, parameters: ids, ms: 0.1 }],
  ])('%s', (_when, text, more) => {
    expect(findingsOf(nPlusOne, evidence([statement(text, { ms: 4, ...more })]))).toEqual([]);
  });
});
