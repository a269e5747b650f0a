import { describe, expect, test } from 'vitest';
import type { RewriteExperiment } from '../../../src/artifacts/experiments.ts';
import type { Finding } from '../../../src/audits/finding.ts';
import { deepOffset } from '../../../src/audits/queries/deep-offset.ts';
import { findingOf, findingsOf } from '../../fixtures/audit.ts';
import { effect, evidence, experimentsOf, route, site, statement } from './workload.ts';

const text = 'SELECT * FROM reviews ORDER BY created_at DESC, id DESC LIMIT $1 OFFSET $2';
const paged = {
  rows: 2_000,
  parameters: [
    [20, 0],
    [20, 9_980],
  ],
};

test('rows skipped are counted, and the page starts after the last row instead', () => {
  const finding = findingOf(deepOffset, evidence([statement(text, { ...paged, ms: 50 })]));
  expect(finding.title).toBe('GET /orders reads past 9,980 rows to show 20');
  expect(finding.where).toEqual(site);
  expect(finding.routes).toEqual([{ route, share: 0.5 }]);
  expect(finding.remedy.change).toMatchObject({
    after:
      'SELECT *\nFROM reviews\nWHERE\n  (created_at, id) < ($2, $3)\nORDER BY\n  created_at DESC,\n  id DESC\nLIMIT $1',
  });
  expect(finding.remedy.actions[1]).toContain('created_at as $2 and id as $3');
  // On average 4,990 of 5,010 rows are read in vain.
  const share = 4_990 / 5_010;
  expect(finding.prediction.gains[0]?.gainMs.high).toBeCloseTo(50 * share);
  expect(finding.prediction.gains[0]?.gainMs.low).toBeCloseTo(25 * share);
});

test('pages are taken for full where nobody counted their rows', () => {
  const uncounted = { ...paged, rows: 0, ms: 50 };
  const finding = findingOf(deepOffset, evidence([statement(text, uncounted)]));
  expect(finding.title).toBe('GET /orders reads past 9,980 rows to show 20');
});

describe('a page the lab tried', () => {
  const page: RewriteExperiment = {
    text,
    rule: 'deep-offset',
    originalText: text,
    rewrittenText: 'SELECT * FROM reviews WHERE (created_at, id) < ($2, $3) …',
    reason: '',
    sameRows: null,
    proof: { kind: 'sampled-data', rows: 280, parametersTried: 5 },
    withIndex: 'CREATE INDEX reviews_created_at_id_idx ON reviews (created_at, id)',
    effect: effect(text, 900, 3),
  };
  const found = (more: Partial<RewriteExperiment>): Finding =>
    findingOf(deepOffset, {
      ...evidence([statement(text, { ...paged, ms: 50 })]),
      experiments: experimentsOf({ rewrites: [{ ...page, ...more }] }),
    });

  test('is offered with its index and how it was compared', () => {
    const { remedy } = found({});
    expect(remedy.change).toMatchObject({ before: text, after: page.rewrittenText });
    expect(remedy.actions[0]).toMatch(/^Build the index it needs first: /);
    expect(remedy.actions[2]).toMatch(/^Both were run on rows made up .* 280 rows over 5 lists/);
    expect(remedy.rollback).toMatch(/^Page by OFFSET again and run DROP INDEX/);
  });

  test('is not offered when it showed other rows; the finding stays', () => {
    const { remedy } = found({ proof: { kind: 'differs', rows: 7, parametersTried: 1 } });
    expect(remedy.change).toMatchObject({ kind: 'statement', sql: text });
    expect(remedy.actions[1]).toMatch(/^Compare the sort columns/);
  });
});

test('a literal counts like a parameter', () => {
  const literal = 'SELECT * FROM reviews ORDER BY id LIMIT 20 OFFSET 5000';
  expect(findingsOf(deepOffset, evidence([statement(literal, { rows: 2_000 })]))).toHaveLength(1);
});

describe('nothing is found', () => {
  test.each([
    [
      'on the first pages',
      text,
      {
        ...paged,
        parameters: [
          [20, 0],
          [20, 60],
        ],
      },
    ],
    ['when the page is as long as what is skipped', text, { ...paged, rows: 500_000 }],
    ['without OFFSET', 'SELECT * FROM reviews ORDER BY id LIMIT 20', paged],
    ['when nobody would feel it', text, { ...paged, ms: 0.05 }],
  ])('%s', (_when, sql, more) => {
    expect(findingsOf(deepOffset, evidence([statement(sql, more)]))).toEqual([]);
  });
});
