/**
 * What sending n statements as one saves. Each statement takes a round trip (the network, the
 * driver, the server's turn) and the server's work. A batch pays for one round trip: n − 1 of them
 * are saved for certain. How much of the work remains depends on the statement: at best the batch
 * takes as long as one execution, at worst it does the work of all.
 */
import type { Span, Trace } from '@amdahl/agent/protocol';
import type { Interval } from '../audits/finding.ts';
import { endUs } from './retime.ts';
import { typicalTraces, type MeasuredRoute } from './time-budget.ts';

/**
 * Milliseconds of a round trip: of each request the shortest answered statement, whose work is next
 * to nothing (BEGIN, a row by its key); of the requests the median. Null without any.
 */
export function roundTripMs(traces: readonly Trace[]): number | null {
  const shortest = traces
    .map(({ spans }) =>
      Math.min(
        ...spans
          .filter(({ kind, error }) => kind === 'statement' && error === undefined)
          .map(({ durationUs }) => durationUs)
          .filter((durationUs) => durationUs > 0),
      ),
    )
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  const median = shortest[Math.floor(shortest.length / 2)];
  return median === undefined ? null : median / 1_000;
}

/** The rows still have to be found and sent: a third of the time is what a light batch may keep. */
const keptByLightBatch = 1 / 3;

/** What is known of a batch. */
export interface BatchCost {
  /** Milliseconds of a round trip; null when unknown. */
  readonly tripMs: number | null;
  /** The batch does all the work of the loop, as LATERAL and writes do. */
  readonly repeatsWork: boolean;
  /**
   * Share of the work of n executions that the batch does, 0..1, as the planner has it; null when it
   * was not planned.
   */
  readonly workShare?: number | null;
}

/**
 * Share of the time of n executions that a batch saves.
 *
 * @param meanMs of one execution
 */
export function batchedShare(
  count: number,
  meanMs: number,
  { tripMs, repeatsWork, workShare = null }: BatchCost,
): Interval {
  if (count <= 1) return { low: 0, mid: 0, high: 0 };
  const high = 1 - 1 / count;
  const light = Math.max(0, high - keptByLightBatch);
  const tripShare = tripMs === null || meanMs <= 0 ? 1 : Math.min(1, tripMs / meanMs);
  const low = repeatsWork ? Math.min(light, tripShare * high) : light;
  if (workShare !== null && tripMs !== null) {
    // One round trip remains, and of the server's work the planner's share.
    const planned = 1 - tripShare / count - (1 - tripShare) * workShare;
    const mid = Math.min(high, Math.max(0, planned));
    return { low: Math.min(low, mid), mid, high };
  }
  const mid = repeatsWork ? (low + high) / 2 : Math.max(low, 1 - 2 / count);
  return { low, mid, high };
}

/**
 * Milliseconds per request spent waiting for a connection on the way to these statements, beside the
 * time the statements themselves take.
 */
export function poolWaitMs(
  { traces, insideMs }: MeasuredRoute,
  isMeant: (span: Span) => boolean,
): number {
  const typical = typicalTraces(traces).filter(({ durationUs }) => durationUs > 0);
  if (typical.length === 0) return 0;
  const shares = typical.map(({ spans, durationUs }) => {
    const statements = spans.filter(isMeant);
    const sites = new Set(statements.map(({ callSite }) => placeOf(callSite)));
    const waits = spans.filter(
      ({ kind, callSite }) => kind === 'pool' && callSite !== null && sites.has(placeOf(callSite)),
    );
    return (coveredUs([...statements, ...waits]) - coveredUs(statements)) / durationUs;
  });
  return (shares.reduce((sum, share) => sum + share, 0) / shares.length) * insideMs;
}

function placeOf(callSite: Span['callSite']): string {
  return callSite === null ? '' : `${callSite.file}:${callSite.line}`;
}

/** Microseconds in which at least one of the spans was going on. */
export function coveredUs(spans: readonly Span[]): number {
  let covered = 0;
  let until = 0;
  for (const span of spans.toSorted((a, b) => a.startUs - b.startUs)) {
    covered += Math.max(0, endUs(span) - Math.max(span.startUs, until));
    until = Math.max(until, endUs(span));
  }
  return covered;
}
