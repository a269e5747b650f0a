import type { Span } from '@amdahl/agent/protocol';
import { describe, expect, test } from 'vitest';
import { duplicateStatement } from '../../../src/audits/queries/duplicate-statement.ts';
import { frame, span, trace } from '../../fixtures/agent.ts';
import { findingOf, findingsOf } from '../../fixtures/audit.ts';
import { evidence, route, site, statement } from './workload.ts';

const text = 'SELECT name FROM users WHERE id = $1';
const other = frame('src/layout.ts', 8, 'greeting');

/** Executions of ten milliseconds each; alike unless told otherwise. */
function executions(...more: readonly Partial<Span>[]) {
  return more.map((each, index) =>
    span('statement', text, [10 + 20 * index, 20 + 20 * index], {
      callSite: site,
      parameters: 1,
      result: 1,
      ...each,
    }),
  );
}

function requests(...more: readonly Partial<Span>[]) {
  return Array.from({ length: 6 }, () => trace(route, 100, executions(...more)));
}

const twice = statement(text, { perRequest: 2, distinctParametersPerRequest: 1 });

test('a question asked twice in a request is found, with both places and what the second costs', () => {
  const elsewhere = statement(text, { callSite: other });
  const finding = findingOf(
    duplicateStatement,
    evidence([statement(text), elsewhere], { traces: requests({}, { callSite: other }) }),
  );
  expect(finding.title).toBe(`${route} asks "${text}" 2 times with the same values`);
  expect(finding.where).toEqual(other);
  const [gain] = finding.prediction.gains;
  expect(gain?.gainMs.mid).toBeCloseTo(10);
  expect(gain?.boundMs).toBeCloseTo(10);
  expect(finding.evidence.filter(({ kind }) => kind === 'code')).toHaveLength(2);
  expect(finding.remedy.change).toMatchObject({
    before: 'await listOrders(id);\nawait greeting(id);',
  });
});

test('what one function asks for twice is one finding, whatever statements it takes', () => {
  const second = 'SELECT count(*) FROM orders WHERE user_id = $1';
  const traces = requests({}, {}).map((each) => ({
    ...each,
    spans: [
      ...each.spans,
      ...each.spans.map((copy) => ({
        ...copy,
        id: copy.id + 2,
        name: second,
        startUs: copy.startUs + 40_000,
      })),
    ],
  }));
  const aggregates = [twice, { ...twice, text: second, exampleText: second }];
  expect(findingsOf(duplicateStatement, evidence(aggregates, { traces }))).toHaveLength(1);
});

describe('nothing is found', () => {
  test.each<readonly [string, ReturnType<typeof requests>]>([
    ['with other parameters', requests({}, { parameters: 2 })],
    ['with another result', requests({}, { result: 2 })],
    ['of one that failed', requests({}, { error: 'cancelled', result: undefined as never })],
    ['beside a longer one', requests({}, { startUs: 10_000, durationUs: 9_000 })],
    [
      'while it polls',
      requests(...[0, 1, 2, 3].map((at) => ({ startUs: 24_000 * at, durationUs: 2_000 }))),
    ],
    ['in recordings that do not tell', requests({ result: undefined as never }, {})],
  ])('%s', (_when, traces) => {
    expect(findingsOf(duplicateStatement, evidence([twice], { traces }))).toEqual([]);
  });

  test('where a cache beyond the request answers it too', () => {
    const known = { ...twice, distinctParameters: 3, repeatedResultShare: 1 };
    expect(findingsOf(duplicateStatement, evidence([known], { traces: requests({}, {}) }))).toEqual(
      [],
    );
  });

  test('where a loop looks rows up', () => {
    const loop = statement(text, { perRequest: 9, parameters: [[1], [2]] });
    expect(findingsOf(duplicateStatement, evidence([loop], { traces: requests({}, {}) }))).toEqual(
      [],
    );
  });

  test('of what has an effect', () => {
    const lock = 'SELECT pg_advisory_xact_lock($1) FROM users';
    const traces = requests({ name: lock }, { name: lock });
    const aggregate = { ...twice, text: lock, exampleText: lock };
    expect(findingsOf(duplicateStatement, evidence([aggregate], { traces }))).toEqual([]);
  });
});
