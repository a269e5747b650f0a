import type { CodeFrame, Trace } from '@amdahl/agent/protocol';
import { formatMs } from '@amdahl/metrics';
import { heldShare } from '../../predict/amdahl.ts';
import { typicalTraces } from '../../predict/time-budget.ts';
import type { Detail, TableDetail } from '../detail.ts';
import type { Interval, RouteGain, RouteImpact } from '../finding.ts';
import { boundedGain } from '../../predict/amdahl.ts';
import { scaleInterval } from '../../predict/interval.ts';
import { shortened } from '../../wording.ts';
import type { StatementRoute, StatementUse } from './statement-use.ts';

/**
 * Gains below this share of a route's mean response time are not reported (Query Doctor gates its
 * advice at the same 5 %), nor those below a tenth of a millisecond, which no A/B run could show.
 */
export const leastShare = 0.05;
export const leastGainMs = 0.1;

/** Whether any route would feel it. */
export function isWorthIt(gains: readonly RouteGain[]): boolean {
  return gains.some(
    ({ gainMs, beforeMs }) => gainMs.mid >= leastGainMs && gainMs.mid >= leastShare * beforeMs,
  );
}

/** A gain as a fraction of what the route waits for the statement. */
export function gainOf({ measured, beforeMs, heldMs }: StatementRoute, saved: Interval): RouteGain {
  return boundedGain(measured.route, beforeMs, heldMs, scaleInterval(saved, heldMs));
}

/** Gains of several statements on the same routes, added up: each takes time of its own. */
export function addGains(gains: readonly RouteGain[]): readonly RouteGain[] {
  return [...Map.groupBy(gains, (gain) => gain.route).values()].map((group) => {
    const [first] = group as [RouteGain, ...RouteGain[]];
    const total = (figure: (gain: RouteGain) => number): number =>
      group.reduce((sum, gain) => sum + figure(gain), 0);
    return boundedGain(
      first.route,
      first.beforeMs,
      total((gain) => gain.boundMs),
      {
        low: total((gain) => gain.gainMs.low),
        mid: total((gain) => gain.gainMs.mid),
        high: total((gain) => gain.gainMs.high),
      },
    );
  });
}

export function impactsOf(gains: readonly RouteGain[]): readonly RouteImpact[] {
  return gains.map((gain) => ({ route: gain.route, share: heldShare(gain) }));
}

/** The statement as the app sends it. */
export function statementDetail(use: StatementUse, title: string = 'The statement'): Detail {
  const { exampleText, origin } = use;
  return { kind: 'statement', title, sql: exampleText, ...(origin !== undefined && { origin }) };
}

/** Lines around a call site; nothing when there is none. */
export function codeDetail(where: CodeFrame | null): readonly Detail[] {
  if (where === null) return [];
  return [{ kind: 'code', title: `In ${where.functionName || 'this file'}`, frame: where }];
}

/** Whom a title is about: the route that waits longest for the statement, else the statement. */
export function subjectOf({ isRoute, text, routes }: StatementUse): string {
  const [worst] = routes;
  return worst === undefined || isRoute ? quotedStatement(text) : worst.measured.route;
}

/** As much of a statement as a title has room for. */
export function quotedStatement(text: string): string {
  return `"${shortened(text, 60)}"`;
}

/** What each route spends on the statement; nothing where no requests are known. */
export function routesTable(use: StatementUse): readonly TableDetail[] {
  if (use.isRoute) return [];
  return [
    {
      kind: 'table',
      title: 'Routes that wait for it',
      columns: [
        { label: 'Route', unit: 'none' },
        { label: 'Executions per request', unit: 'count' },
        { label: 'Waits per request', unit: 'ms' },
        { label: 'Share of response time', unit: 'share' },
      ],
      rows: use.routes.map(({ measured, perRequest, heldMs, beforeMs }) => [
        measured.route,
        perRequest,
        heldMs,
        beforeMs > 0 ? Math.min(1, heldMs / beforeMs) : 0,
      ]),
    },
  ];
}

/** A request as a waterfall with these spans pointed at; nothing when no trace has them. */
export function traceDetail(
  traces: readonly Trace[],
  isMeant: (span: Trace['spans'][number]) => boolean,
): readonly Detail[] {
  const marked = typicalTraces(traces).map((trace) => ({
    trace,
    spans: trace.spans.filter(isMeant),
  }));
  const best = marked.toSorted((a, b) => b.spans.length - a.spans.length)[0];
  if (best === undefined || best.spans.length === 0) return [];
  const { trace, spans } = best;
  return [
    {
      kind: 'trace',
      title: `${trace.route} in ${formatMs(trace.durationUs / 1_000)}`,
      durationUs: trace.durationUs,
      spans: trace.spans,
      highlighted: spans.map((span) => span.id),
    },
  ];
}
