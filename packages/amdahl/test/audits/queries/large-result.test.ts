import { describe, expect, test } from 'vitest';
import { largeResult } from '../../../src/audits/queries/large-result.ts';
import { findingOf, findingsOf } from '../../fixtures/audit.ts';
import { evidence, route, site, statement } from './workload.ts';

const text = 'SELECT * FROM reviews WHERE product_id = $1';
const many = { rows: 100 * 2_000, bytes: 100 * 400_000, ms: 40 };

test('a result longer than a page is found, with what sending it costs and what it could save', () => {
  const finding = findingOf(largeResult, evidence([statement(text, many)]));
  expect(finding.title).toBe(`GET /orders fetches 2,000 rows with "${text}"`);
  expect(finding.where).toEqual(site);
  const [gain] = finding.prediction.gains;
  // All but 100 of 2,000 rows; at least half a microsecond and a nanosecond a byte for them.
  expect(gain?.route).toBe(route);
  expect(gain?.gainMs.high).toBeCloseTo(40 * 0.95);
  expect(gain?.gainMs.low).toBeCloseTo(0.95 * (1 + 0.4));
});

describe('nothing is found', () => {
  test.each([
    ['for a page', text, { ...many, rows: 100 * 100 }],
    ['for many rows written', 'INSERT INTO a SELECT * FROM b RETURNING id', many],
    ['when nobody would feel it', text, { ...many, ms: 0.2 }],
  ])('%s', (_when, sql, more) => {
    expect(findingsOf(largeResult, evidence([statement(sql, more)]))).toEqual([]);
  });
});
