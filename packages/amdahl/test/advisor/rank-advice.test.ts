import { expect, test } from 'vitest';
import { rankAdvice } from '../../src/advisor/rank-advice.ts';
import type { Finding, RouteGain } from '../../src/audits/finding.ts';

function finding(id: string, ...gains: readonly Partial<RouteGain>[]): Finding {
  return {
    id,
    audit: 'missing-index',
    step: 'queries',
    title: id,
    where: null,
    routes: [],
    evidence: [],
    remedy: { title: '', risk: 'low', actions: [], change: null, rollback: '' },
    prediction: {
      method: 'planner-cost',
      explanation: '',
      gains: gains.map((gain) => ({
        route: 'a',
        beforeMs: 100,
        boundMs: 100,
        gainMs: { low: 1, mid: 2, high: 3 },
        ...gain,
      })),
    },
  };
}

test('much of little is less than little of much', () => {
  const rare = finding('rare', { route: 'report', gainMs: { low: 80, mid: 90, high: 100 } });
  const frequent = finding('frequent', { route: 'lookup', gainMs: { low: 1, mid: 2, high: 3 } });
  const calls: Readonly<Record<string, number>> = { report: 10, lookup: 1_000 };
  const { findings } = rankAdvice([rare, frequent], (route) => calls[route] ?? 0, null);
  expect(findings.map(({ id, rank, savedMs }) => [id, rank, savedMs])).toEqual([
    ['frequent', 1, { low: 1_000, mid: 2_000, high: 3_000 }],
    ['rare', 2, { low: 800, mid: 900, high: 1_000 }],
  ]);
});

test('a gain never exceeds its bound, and several of one finding add up', () => {
  const gainMs = { low: 5, mid: 50, high: 500 };
  const both = finding('both', { gainMs, boundMs: 20 }, { route: 'b', gainMs });
  const [ranked] = rankAdvice([both], () => 1, null).findings;
  expect(ranked?.savedMs).toEqual({ low: 10, mid: 70, high: 120 });
});

test('equal savings are ordered by name, so that the order is always the same', () => {
  const { findings } = rankAdvice([finding('b', {}), finding('a', {})], () => 1, null);
  expect(findings.map(({ id }) => id)).toEqual(['a', 'b']);
});

test('what saves next to nothing of the workload is counted and left out', () => {
  const small = finding('small', { gainMs: { low: 1, mid: 4, high: 9 } });
  const large = finding('large', { gainMs: { low: 1, mid: 6, high: 9 } });
  const untimed = finding('untimed');
  const { findings, negligible } = rankAdvice([small, untimed, large], () => 1, 1_000);
  expect(findings.map(({ id }) => id)).toEqual(['large', 'untimed']);
  expect(negligible).toBe(1);
});
