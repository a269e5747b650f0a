import type { Span, Trace } from '@amdahl/agent/protocol';
import { formatMs } from '@amdahl/metrics';
import { heldShare } from '../../predict/amdahl.ts';
import { criticalPath } from '../../predict/critical-path.ts';
import { endUs, retime } from '../../predict/retime.ts';
import { measuredRoutes } from '../../predict/time-budget.ts';
import { counted, listed } from '../../wording.ts';
import { defineAudit, type Audit } from '../audit.ts';
import type { Finding } from '../finding.ts';
import { findingId, stableSite } from '../finding-id.ts';
import { callEvidence, callSketch } from './call-details.ts';
import {
  hasComputedKeys,
  inTransaction,
  isConnecting,
  isRead,
  needs,
  onOwnConnection,
  siteKey,
} from './spans.ts';
import { routeSaving, type RouteSaving, type TraceSaving } from './trace-savings.ts';

export const sequentialIo: Audit = defineAudit({
  id: 'sequential-io',
  step: 'async',
  title: 'Independent calls one after the other',
  description:
    'A request waits for several answers in turn though none is needed to ask for the next. ' +
    'Asked for together they take as long as the slowest instead of the sum of all.',
  needs: ['agent', 'load'],
  audit: ({ agent, load }) => {
    const savings = measuredRoutes(agent, load).flatMap(
      (route) => routeSaving(route, savingOf) ?? [],
    );
    const byCallSites = Map.groupBy(savings, (saving) => causeOf(saving).join('\0'));
    return [...byCallSites.values()].map(toFinding);
  },
});

/** A read with the wait for its connection before it. */
interface Unit {
  readonly work: Span;
  readonly startUs: number;
  readonly endUs: number;
}

/**
 * What overlapping would save: each read on the critical path starts with those before it whose
 * answers it does not need. What runs within a transaction, or on a connection of the request's
 * own, cannot; a statement the same line repeats is a loop, which `n-plus-one` judges.
 */
function savingOf(trace: Trace): TraceSaving | null {
  const reads = readsOnPath(trace);
  const readOf = (span: Span): Unit | undefined =>
    reads.find((each) => span.startUs >= each.startUs && endUs(span) <= each.endUs);
  const mayOverlap = (earlier: Unit, later: Unit): boolean =>
    earlier !== later && !needs(later.work, earlier.work, trace.spans);
  const overlapped = retime(trace, {
    independent: (earlier, later) => {
      const first = readOf(earlier);
      const second = readOf(later);
      return first !== undefined && second !== undefined && mayOverlap(first, second);
    },
  });
  const units = reads.filter((unit, index) =>
    reads.some((other, place) =>
      place < index ? mayOverlap(other, unit) : mayOverlap(unit, other),
    ),
  );
  if (units.length === 0) return null;
  return {
    savedUs: Math.max(0, trace.durationUs - overlapped),
    heldUs: units.reduce((sum, unit) => sum + unit.endUs - unit.startUs, 0),
    spans: units.map((unit) => unit.work),
  };
}

/** The reads of the critical path that may overlap others, in order of time. */
function readsOnPath(trace: Trace): readonly Unit[] {
  const mayOverlap = overlappable(trace.spans);
  const reads: Unit[] = [];
  let connectingSinceUs: number | null = null;
  for (const span of criticalPath(trace)) {
    if (isConnecting(span)) {
      connectingSinceUs ??= span.startUs;
      continue;
    }
    if (mayOverlap(span)) {
      reads.push({ work: span, startUs: connectingSinceUs ?? span.startUs, endUs: endUs(span) });
    }
    connectingSinceUs = null;
  }
  return reads;
}

/** Reads that nothing about the request keeps from running beside others. */
function overlappable(spans: readonly Span[]): (span: Span) => boolean {
  const transaction = inTransaction(spans);
  const isOnOwnConnection = onOwnConnection(spans);
  const executions = Map.groupBy(spans, siteKey);
  return (span) => {
    const isLoop = span.kind === 'statement' && (executions.get(siteKey(span))?.length ?? 0) > 1;
    return (
      isRead(span) &&
      !isLoop &&
      !transaction.has(span.id) &&
      !isOnOwnConnection(span) &&
      !hasComputedKeys(span)
    );
  };
}

/** The calls by place and peer; a peer's port may be another at each start. */
function causeOf({ saving }: RouteSaving): readonly string[] {
  const calls = saving.spans.map(
    ({ callSite, name }) => `${stableSite(callSite)} ${name.replace(/:\d+(?=\/|$)/, '')}`,
  );
  return [...new Set(calls)].sort();
}

function toFinding(savings: readonly RouteSaving[]): Finding {
  const [worst] = savings.toSorted((a, b) => b.gain.gainMs.mid - a.gain.gainMs.mid) as [
    RouteSaving,
  ];
  const { spans } = worst.saving;
  const routes = savings.map((saving) => saving.route.route);
  const where = spans[1]?.callSite ?? spans[0]?.callSite ?? null;
  return {
    id: findingId('sequential-io', ...causeOf(worst)),
    audit: 'sequential-io',
    step: 'async',
    title: `${counted(spans.length, 'independent call')} wait for each other on ${listed(routes)}`,
    where,
    routes: savings.map(({ route, gain }) => ({ route: route.route, share: heldShare(gain) })),
    evidence: callEvidence(worst.example, spans, where),
    remedy: {
      title: 'Ask for all of them at once',
      risk: 'medium',
      actions: [
        'Start the calls together and await them once, with Promise.all or Promise.allSettled.',
        'Check that none decides whether another may be made: values show no such tie, but an `if` leaves no trace.',
        'Give the pool room for as many connections as one request then uses at a time.',
      ],
      change: callSketch('One after the other, and together', spans, (calls) => [
        'await Promise.all([',
        ...calls.map(({ code, place }) => `  ${code},${place}`),
        ']);',
      ]),
      rollback: 'Await each call where it is made, as before.',
    },
    prediction: {
      method: 'critical-path',
      explanation:
        `Traces laid out again with these calls started together: they take the longest of their ` +
        `times instead of the sum, which saves ${formatMs(worst.saving.savedUs / 1_000)} of ` +
        `${formatMs(worst.example.durationUs / 1_000)} in the request shown.`,
      gains: savings.map((saving) => saving.gain),
    },
  };
}
