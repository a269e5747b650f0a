import type { CodeFrame, Span, Trace } from '@amdahl/agent/protocol';
import { formatMs, mean } from '@amdahl/metrics';
import { boundedGain } from '../../predict/amdahl.ts';
import { meanInterval, scaleInterval } from '../../predict/interval.ts';
import { dragUs, endUs } from '../../predict/retime.ts';
import { coveredUs } from '../../predict/round-trips.ts';
import { typicalTraces, type MeasuredRoute } from '../../predict/time-budget.ts';
import { isPlainRead } from '../../sql/plain-read.ts';
import { formatCount, listed, shortened } from '../../wording.ts';
import { defineAudit, type Audit } from '../audit.ts';
import type { Detail } from '../detail.ts';
import type { Finding, RouteGain } from '../finding.ts';
import { findingId, stableSite } from '../finding-id.ts';
import { callEvidence } from '../async/call-details.ts';
import { isLookupLoop } from './loop-of-uses.ts';
import { isRepeatedRead } from './repeated-read.ts';
import { addGains, codeDetail, impactsOf, isWorthIt } from './statement-finding.ts';
import { statementUses, type StatementUse } from './statement-use.ts';

/** A duplicate in every other request is a habit of the route; fewer are a coincidence of values. */
const leastPerRequest = 0.5;
/**
 * A pause this long in which the app waits for nothing the agent sees is a timer. Three executions
 * or more with such pauses, longer than ten of the statement itself, poll for a change.
 */
const pollPauseUs = 5_000;
const pollPauseTimes = 10;

export const duplicateStatement: Audit = defineAudit({
  id: 'duplicate-statement',
  step: 'queries',
  title: 'The same question twice in one request',
  description:
    'While it serves one request the app sends a statement again with the same parameters and gets ' +
    'the same rows: two functions that each look up what the other has, or one that is called twice.',
  needs: ['agent', 'load'],
  audit: ({ agent, load }) => {
    const uses = statementUses(agent, load);
    const duplicates = readUses(uses).flatMap((group) => duplicatesOf(group));
    const byCause = Map.groupBy(duplicates, causeOf);
    return [...byCause.values()].flatMap(toFinding);
  },
});

/** A statement one route's requests repeat. */
interface Duplicate {
  readonly text: string;
  readonly exampleText: string;
  readonly route: MeasuredRoute;
  readonly gain: RouteGain;
  /** Executions per request that had been answered already. */
  readonly perRequest: number;
  /** A request with all executions of it that are alike. */
  readonly trace: Trace;
  readonly spans: readonly Span[];
}

/** Plain reads by their text, those left out that another audit's fix answers as well. */
function readUses(uses: readonly StatementUse[]): readonly (readonly StatementUse[])[] {
  return [...Map.groupBy(uses, ({ text }) => text).values()].filter(
    (group) => !group.some(isRepeatedRead) && isPlainRead(group[0]?.exampleText ?? ''),
  );
}

function duplicatesOf(group: readonly StatementUse[]): readonly Duplicate[] {
  const routes = new Map(
    group.flatMap((use) => use.routes.map((route) => [route.measured.route, route] as const)),
  );
  const inLoop = (name: string): boolean =>
    group.some((use) =>
      use.routes.some((route) => route.measured.route === name && isLookupLoop(use, route)),
    );
  const [use] = group as [StatementUse, ...StatementUse[]];
  return [...routes.values()].flatMap(({ measured, beforeMs }) =>
    inLoop(measured.route) ? [] : (duplicateOn(measured, beforeMs, use) ?? []),
  );
}

function duplicateOn(
  route: MeasuredRoute,
  beforeMs: number,
  { text, exampleText }: StatementUse,
): Duplicate | null {
  const traces = typicalTraces(route.traces).filter(({ durationUs }) => durationUs > 0);
  if (traces.length === 0) return null;
  const seen = traces.map((trace) => ({ trace, alike: alikeIn(trace, text) }));
  const again = seen.map(({ alike }) => alike.flatMap((group) => group.slice(1)));
  if (mean(again.map(({ length }) => length)) < leastPerRequest) return null;
  const meanUs = mean(traces.map(({ durationUs }) => durationUs));
  const held = again.map((spans) => coveredUs(spans) / meanUs);
  const saved = seen.map(({ trace }, index) => {
    const gone = new Set(again[index]);
    return dragUs(trace, (span) => gone.has(span)) / meanUs;
  });
  const gain = boundedGain(
    route.route,
    beforeMs,
    meanInterval(held).mid * route.insideMs,
    scaleInterval(meanInterval(saved), route.insideMs),
  );
  const [shown] = seen.toSorted((a, b) => b.alike.flat().length - a.alike.flat().length);
  if (shown === undefined) return null;
  return {
    text,
    exampleText,
    route,
    gain,
    perRequest: mean(again.map(({ length }) => length)),
    trace: shown.trace,
    spans: shown.alike.flat(),
  };
}

/** Executions with the same parameters and the same result, in order; each list has at least two. */
function alikeIn(trace: Trace, text: string): readonly (readonly Span[])[] {
  const answered = trace.spans
    .filter(
      ({ kind, name, result }) => kind === 'statement' && name === text && result !== undefined,
    )
    .toSorted((a, b) => a.startUs - b.startUs || a.id - b.id);
  const groups = Map.groupBy(answered, ({ parameters }) => parameters);
  return [...groups.values()].flatMap((group) => {
    if (isPolling(group, trace)) return [];
    return [...Map.groupBy(group, ({ result }) => result).values()].filter(
      (alike) => alike.length > 1,
    );
  });
}

function isPolling(group: readonly Span[], { spans }: Trace): boolean {
  if (group.length < 3) return false;
  const pauses = group.slice(1).filter((span, index) => {
    const fromUs = endUs(group[index] as Span);
    const busyUs = coveredUs(
      spans.flatMap((other) => {
        const startUs = Math.max(other.startUs, fromUs);
        const durationUs = Math.min(endUs(other), span.startUs) - startUs;
        return durationUs > 0 ? [{ ...other, startUs, durationUs }] : [];
      }),
    );
    const idleUs = span.startUs - fromUs - busyUs;
    return idleUs >= pollPauseUs && idleUs >= pollPauseTimes * span.durationUs;
  });
  return pauses.length > (group.length - 1) / 2;
}

/** Where it is asked for: what one function asks twice is one cause, whatever statements it takes. */
function causeOf({ spans }: Duplicate): string {
  return [...new Set(spans.map(({ callSite }) => stableSite(callSite)))].sort().join('\0');
}

function toFinding(duplicates: readonly Duplicate[]): readonly Finding[] {
  const gains = addGains(duplicates.map(({ gain }) => gain));
  if (!isWorthIt(gains)) return [];
  const sorted = duplicates.toSorted((a, b) => b.gain.gainMs.mid - a.gain.gainMs.mid);
  const [worst] = sorted as [Duplicate, ...Duplicate[]];
  const texts = [...new Set(sorted.map(({ exampleText }) => exampleText))];
  const sites = placesOf(worst.spans);
  const where = sites[1] ?? sites[0] ?? null;
  const times = formatCount(1 + worst.perRequest);
  return [
    {
      id: findingId('duplicate-statement', causeOf(worst)),
      audit: 'duplicate-statement',
      step: 'queries',
      title: `${worst.route.route} asks "${shortened(worst.text, 60)}" ${times} times with the same values`,
      where,
      routes: impactsOf(gains),
      evidence: [
        ...texts.map((sql): Detail => ({
          kind: 'statement',
          title: 'Asked again, answered alike',
          sql,
        })),
        ...callEvidence(worst.trace, worst.spans, null),
        ...sites.flatMap(codeDetail),
      ],
      remedy: {
        title: 'Ask once a request',
        risk: 'low',
        actions: [
          sites.length > 1
            ? 'Pass the row on from where it is read first to the other places.'
            : 'Keep the promise of the first call for the rest of the request.',
          'Where the places know nothing of each other, memoise by the parameters in an object made for each request, so that nothing outlives it.',
          'Read again where the request itself has changed the row in between.',
        ],
        change: {
          kind: 'diff',
          title: 'Once for the request',
          language: 'typescript',
          before: sketch(worst, sites),
          after: [
            '// made for each request',
            'const found = new Map<unknown, Promise<Row[]>>();',
            'function readOnce(id: unknown): Promise<Row[]> {',
            '  let rows = found.get(id);',
            '  if (rows === undefined) found.set(id, (rows = read(id)));',
            '  return rows;',
            '}',
          ].join('\n'),
        },
        rollback: 'Ask in each place again.',
      },
      prediction: {
        method: 'critical-path',
        explanation:
          `Of ${times} executions the first is needed. Traces laid out without the others save ` +
          `${listed(gains.map(({ route, gainMs, beforeMs }) => `${formatMs(gainMs.mid)} of ${formatMs(beforeMs)} on ${route}`))}; ` +
          'those that ran beside something longer save nothing.',
        gains,
      },
    },
  ];
}

/** The different places, in order of time. */
function placesOf(spans: readonly Span[]): readonly CodeFrame[] {
  const sites = spans
    .toSorted((a, b) => a.startUs - b.startUs)
    .flatMap(({ callSite }) => callSite ?? []);
  return [...new Map(sites.map((site) => [`${site.file}:${site.line}`, site])).values()];
}

function sketch({ spans }: Duplicate, sites: readonly CodeFrame[]): string {
  const names = sites.map(({ functionName }) => functionName.split('.').at(-1) ?? '');
  const calls = sites.length > 1 ? names : spans.map(() => names[0] ?? 'read');
  return calls
    .map((name) => `await ${name === '' || name.startsWith('(') ? 'read' : name}(id);`)
    .join('\n');
}
