/** From what single requests would save to what a route would: shared by the audits that read traces. */
import type { Span, Trace } from '@amdahl/agent/protocol';
import { mean } from '@amdahl/metrics';
import type { RouteGain } from '../finding.ts';
import { boundedGain } from '../../predict/amdahl.ts';
import { meanInterval, scaleInterval } from '../../predict/interval.ts';
import { typicalTraces, type MeasuredRoute } from '../../predict/time-budget.ts';

/** What one request would save. */
export interface TraceSaving {
  readonly savedUs: number;
  /** Time of the request the cause holds; never less than what would be saved. */
  readonly heldUs: number;
  /** The work at fault, in order of time. */
  readonly spans: readonly Span[];
}

export interface RouteSaving {
  readonly route: MeasuredRoute;
  readonly gain: RouteGain;
  /** A request that saves about as much as most. */
  readonly example: Trace;
  readonly saving: TraceSaving;
}

/**
 * A saving worth a change to the code: a tenth of the request, as Sentry asks of consecutive
 * database spans (`consecutive_db_detector`), or milliseconds enough by themselves, lest a cause
 * hide behind a larger one. Less than the least is noise.
 */
const worthwhileShare = 0.1;
const worthwhileMs = 10;
const leastMs = 2;

/**
 * What a route would save, from its traces: what they save together of what they took together,
 * requests without the cause included, times the mean time inside the app. Null when it is not worthwhile,
 * or the load does not visit the route.
 */
export function routeSaving(
  route: MeasuredRoute,
  savingOf: (trace: Trace) => TraceSaving | null,
): RouteSaving | null {
  if (route.times === null) return null;
  const traces = typicalTraces(route.traces).filter((trace) => trace.durationUs > 0);
  if (traces.length === 0) return null;
  const savings = traces.map((trace) => ({ trace, saving: savingOf(trace) }));
  // Of the mean request, not of each: a tenth of a short one is not worth a tenth of a long one.
  const meanUs = mean(traces.map((trace) => trace.durationUs));
  const savedShares = savings.map(({ saving }) => (saving?.savedUs ?? 0) / meanUs);
  const heldShares = savings.map(({ saving }) => (saving?.heldUs ?? 0) / meanUs);
  const gain = boundedGain(
    route.route,
    route.times.meanMs,
    meanInterval(heldShares).mid * route.insideMs,
    scaleInterval(meanInterval(savedShares), route.insideMs),
  );
  const found = savings
    .flatMap(({ trace, saving }) => (saving === null ? [] : [{ trace, saving }]))
    .sort((a, b) => a.saving.savedUs - b.saving.savedUs);
  const typical = found[Math.floor(found.length / 2)];
  if (typical === undefined) return null;
  const savedMs = gain.gainMs.mid;
  const isWorthwhile =
    savedMs >= leastMs && (savedMs >= worthwhileMs || savedMs >= worthwhileShare * gain.beforeMs);
  return isWorthwhile ? { route, gain, example: typical.trace, saving: typical.saving } : null;
}
