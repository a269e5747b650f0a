import { describe, expect, test } from 'vitest';
import { unboundedResult } from '../../../src/audits/queries/unbounded-result.ts';
import { findingOf, findingsOf } from '../../fixtures/audit.ts';
import { evidence, plan, route, statement } from './workload.ts';

const text = 'SELECT * FROM reviews WHERE product_id > $1';
const uncounted = { rows: 0, ms: 40 };

function given(sql: string, more: Parameters<typeof statement>[1], rows: number) {
  const root = plan(9_000, { 'Plan Rows': rows, 'Plan Width': 100 });
  return {
    ...evidence([statement(sql, more)]),
    plans: {
      plans: [{ text: sql, explainedText: sql, parameters: [], plan: root, error: null }],
    },
  };
}

test('what the planner expects stands in where nobody counted', () => {
  const finding = findingOf(unboundedResult, given(text, uncounted, 25_000));
  expect(finding.title).toBe(`Nothing bounds the result of "${text}": about 25,000 rows`);
  const [gain] = finding.prediction.gains;
  expect(gain?.route).toBe(route);
  expect(gain?.gainMs.high).toBeCloseTo(40 * (1 - 100 / 25_000));
  // Half a microsecond a row and a nanosecond a byte at least.
  expect(gain?.gainMs.low).toBeCloseTo((1 - 100 / 25_000) * (12.5 + 2.5));
});

describe('nothing is found', () => {
  test.each([
    ['with a LIMIT', `${text} LIMIT 20`, uncounted, 25_000],
    ['for an aggregate', 'SELECT sum(stars) FROM reviews', uncounted, 25_000],
    ['for groups', 'SELECT stars FROM reviews GROUP BY stars', uncounted, 25_000],
    ['where the planner guesses', 'SELECT id FROM reviews WHERE stars + 1 > 4', uncounted, 25_000],
    ['for a few rows', text, uncounted, 999],
    ['where rows were counted', text, { rows: 100, ms: 40 }, 25_000],
    ['for rows that are written', 'DELETE FROM reviews', uncounted, 25_000],
    ['when nobody would feel it', text, { rows: 0, ms: 0.05 }, 25_000],
  ])('%s', (_when, sql, more, rows) => {
    expect(findingsOf(unboundedResult, given(sql, more, rows))).toEqual([]);
  });
});
