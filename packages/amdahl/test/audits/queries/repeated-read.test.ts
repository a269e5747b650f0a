import { describe, expect, test } from 'vitest';
import { repeatedRead } from '../../../src/audits/queries/repeated-read.ts';
import { findingOf, findingsOf } from '../../fixtures/audit.ts';
import { evidence, route, site, statement } from './workload.ts';

const text = 'SELECT name, value FROM settings';
const repeated = { ms: 20, distinctParameters: 1, repeatedResultShare: 1 };

test('the same question with the same answer is found, with the hits a perfect cache would have', () => {
  const finding = findingOf(repeatedRead, evidence([statement(text, repeated)]));
  expect(finding.title).toBe(`"${text}" gave an answer already known 99 % of 100 times`);
  expect(finding).toMatchObject({ step: 'cache', where: site, routes: [{ route, share: 0.2 }] });
  const [gain] = finding.prediction.gains;
  expect(gain?.gainMs.high).toBeCloseTo(20 * 0.99);
  expect(gain?.gainMs.low).toBeCloseTo(20 * 0.99 * 0.5);
});

test('answers that changed are no hits', () => {
  const half = { ...repeated, distinctParameters: 20, repeatedResultShare: 0.75 };
  const finding = findingOf(repeatedRead, evidence([statement(text, half)]));
  expect(finding.prediction.gains[0]?.gainMs.high).toBeCloseTo(20 * 0.8 * 0.75);
});

describe('nothing is found', () => {
  test.each([
    [
      'when each request asks itself again, and no other request the same',
      text,
      { ...repeated, perRequest: 3, distinctParameters: 100, distinctParametersPerRequest: 1 },
    ],
    ['when most questions are different', text, { ...repeated, distinctParameters: 60 }],
    ['when most answers are', text, { ...repeated, repeatedResultShare: 0.3 }],
    ['when none was asked twice', text, { ...repeated, repeatedResultShare: null }],
    ['for a lock', 'SELECT quantity FROM stock WHERE id = $1 FOR UPDATE', repeated],
    ['for a change', 'UPDATE settings SET value = 1 RETURNING value', repeated],
    ['when nobody would feel it', text, { ...repeated, ms: 0.2 }],
  ])('%s', (_when, sql, more) => {
    expect(findingsOf(repeatedRead, evidence([statement(sql, more)]))).toEqual([]);
  });
});
