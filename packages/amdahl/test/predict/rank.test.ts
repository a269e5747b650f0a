import { describe, expect, test } from 'vitest';
import type { RouteSummary } from '../../src/artifacts/run-result.ts';
import type { Finding } from '../../src/audits/finding.ts';
import { rankFindings } from '../../src/predict/rank.ts';

function routeOf(route: string, requestShare: number, band: RouteSummary['band']): RouteSummary {
  return {
    route,
    count: 100,
    requestShare,
    errorShare: 0,
    ratePerSecond: 10,
    meanMs: 100,
    p50Ms: 90,
    p95Ms: 200,
    p99Ms: 300,
    objective: { goodMs: 100, acceptableMs: 500 },
    band,
    timeByTier: null,
  };
}

function findingOf(
  id: string,
  gains: readonly { readonly route: string; readonly mid: number; readonly boundMs?: number }[],
  more: { readonly assumes?: string; readonly step?: Finding['step'] } = {},
): Finding {
  const { assumes, step = 'queries' } = more;
  return {
    id,
    audit: id,
    step,
    title: id,
    where: null,
    routes: [],
    evidence: [],
    remedy: { title: '', risk: 'low', actions: [], change: null, rollback: '' },
    prediction: {
      method: 'test',
      explanation: '',
      ...(assumes === undefined ? {} : { assumes }),
      gains: gains.map(({ route, mid, boundMs = 100 }) => ({
        route,
        beforeMs: 100,
        gainMs: { low: mid / 2, mid, high: mid * 2 },
        boundMs,
      })),
    },
  };
}

const routes = [routeOf('GET /', 0.9, 'good'), routeOf('GET /orders/:id', 0.1, 'acceptable')];
const ranked = (findings: readonly Finding[], of: readonly RouteSummary[] = routes): string[] =>
  rankFindings(findings, of).map((finding) => finding.id);

test('a small gain often outranks a large one seldom', () => {
  const often = findingOf('often', [{ route: 'GET /', mid: 10 }]);
  const seldom = findingOf('seldom', [{ route: 'GET /orders/:id', mid: 80 }]);
  const [first, second] = rankFindings([seldom, often], routes);
  expect(first).toMatchObject({
    id: 'often',
    rank: 1,
    boughtMsPerRequest: { low: 4.5, mid: 9, high: 18 },
  });
  expect(second).toMatchObject({ id: 'seldom', rank: 2, boughtMsPerRequest: { mid: 8 } });
});

test('the same findings in any order rank the same, ties by id', () => {
  const findings = ['b', 'c', 'a'].map((id) => findingOf(id, [{ route: 'GET /', mid: 10 }]));
  expect(ranked(findings)).toEqual(['a', 'b', 'c']);
  expect(ranked(findings.toReversed())).toEqual(['a', 'b', 'c']);
});

describe('a missed objective', () => {
  const missed = [routeOf('GET /', 0.9, 'good'), routeOf('GET /orders/:id', 0.1, 'poor')];
  const elsewhere = findingOf('elsewhere', [{ route: 'GET /', mid: 50 }]);

  test('puts what helps it first', () => {
    const helps = findingOf('helps', [{ route: 'GET /orders/:id', mid: 20 }]);
    expect(ranked([elsewhere, helps], missed)).toEqual(['helps', 'elsewhere']);
  });

  test('is not helped by next to nothing', () => {
    const cosmetic = findingOf('cosmetic', [{ route: 'GET /orders/:id', mid: 2 }]);
    expect(ranked([elsewhere, cosmetic], missed)).toEqual(['elsewhere', 'cosmetic']);
  });

  test('is not helped by what rests on an assumption', () => {
    const assumed = findingOf('assumed', [{ route: 'GET /orders/:id', mid: 90 }], {
      assumes: 'a CDN',
    });
    expect(ranked([elsewhere, assumed], missed)).toEqual(['elsewhere', 'assumed']);
  });
});

test('what rests on an assumption comes after what was measured, whatever it promises', () => {
  const assumed = findingOf('assumed', [{ route: 'GET /', mid: 90 }], { assumes: 'a slow link' });
  const measured = findingOf('measured', [{ route: 'GET /', mid: 5 }]);
  expect(ranked([assumed, measured])).toEqual(['measured', 'assumed']);
});

test('no gain counts for more than its bound', () => {
  const [finding] = rankFindings(
    [findingOf('bold', [{ route: 'GET /', mid: 80, boundMs: 10 }])],
    routes,
  );
  expect(finding?.boughtMsPerRequest).toEqual({ low: 9, mid: 9, high: 9 });
});

test("a route's parameters may have other names in the app than in the load", () => {
  const [finding] = rankFindings(
    [findingOf('a', [{ route: 'GET /orders/{orderId}', mid: 50 }])],
    routes,
  );
  expect(finding?.boughtMsPerRequest.mid).toBe(5);
});

test('symptoms are not ranked among causes', () => {
  expect(ranked([findingOf('slow', [], { step: 'measure' })])).toEqual([]);
});
