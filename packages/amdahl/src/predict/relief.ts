/**
 * What a fix buys beside its own time: where requests stand in line for a resource, all of them wait
 * less once one of them asks less of it. A route's gain is then its own saving and, of what remains
 * of its time at the resource, the share that queueing theory says it no longer waits (`queueing.ts`).
 * It stays below what the route spends there or behind it: its own saving and the waiting within the
 * rest.
 */
import type { Interval, RouteGain } from '../audits/finding.ts';
import { boundedGain } from './amdahl.ts';
import { reliefShare, waitingShare, type Station } from './queueing.ts';

/** Less of what remains of the time at the resource is not worth saying. */
const leastRelief = 0.01;

/** A resource requests stand in line for. */
export interface SharedResource {
  /** All requests of the load together. */
  readonly station: Station;
  /** Milliseconds of its work that a request of the load takes, on average. */
  readonly workMs: number;
  /** Whether its servers are known; else only the interval's upper end may count on relief. */
  readonly isKnown: boolean;
  readonly routes: readonly RouteAtResource[];
}

/** What one route spends at the resource, mean milliseconds of a request. */
export interface RouteAtResource {
  readonly route: string;
  /** Mean response time the run measured. */
  readonly beforeMs: number;
  /** Share of all requests of the load, 0..1. */
  readonly requestShare: number;
  readonly residenceMs: number;
  /** The most of it that can be waiting. */
  readonly mostWaitingMs: number;
  /**
   * Spent elsewhere, on what may itself be held up there: locks whose holders stand in the line, other
   * work that the same processors do. Only the interval's upper end counts on its relief.
   */
  readonly behindMs: number;
}

/**
 * The gains of a fix with what it relieves others of.
 *
 * @param own what each route saves of its own time
 * @param removedMs milliseconds of the resource's work that a request of the load is spared, on average
 */
export function relievedGains(
  own: readonly RouteGain[],
  removedMs: Pick<Interval, 'mid' | 'high'>,
  resource: SharedResource,
): readonly RouteGain[] {
  const { station, workMs, isKnown, routes } = resource;
  const shareOf = (ms: number): number =>
    workMs > 0 ? reliefShare(station, Math.min(1, ms / workMs)) : 0;
  const mid = isKnown ? shareOf(removedMs.mid) : 0;
  const high = shareOf(removedMs.high);
  if (high < leastRelief) return own;
  const waiting = waitingShare(station);
  const relieved = routes.map((at): RouteGain => {
    const gain = own.find(({ route }) => route === at.route) ?? nothing(at);
    /** With the relief of what remains when so much of the route's own time is gone. */
    const withRest = (ownMs: number, share: number): number =>
      ownMs + Math.min(at.mostWaitingMs, Math.max(0, at.residenceMs - ownMs) * share);
    const gainMs = {
      low: gain.gainMs.low,
      mid: withRest(gain.gainMs.mid, mid),
      high: withRest(gain.gainMs.high, high) + at.behindMs * high,
    };
    const boundMs = withRest(gain.boundMs, waiting) + at.behindMs * waiting;
    return boundedGain(at.route, gain.beforeMs, boundMs, gainMs);
  });
  const others = own.filter((gain) => !routes.some(({ route }) => route === gain.route));
  return [...relieved, ...others].filter(({ gainMs }) => gainMs.high > 0);
}

/** Of two answers for the same fix, the one that holds more by each figure. */
export function moreOf(
  some: readonly RouteGain[],
  others: readonly RouteGain[],
): readonly RouteGain[] {
  return [...Map.groupBy([...some, ...others], ({ route }) => route).values()].map((group) => {
    const [first] = group as [RouteGain, ...RouteGain[]];
    const most = (figure: (gain: RouteGain) => number): number => Math.max(...group.map(figure));
    return {
      route: first.route,
      beforeMs: first.beforeMs,
      boundMs: most(({ boundMs }) => boundMs),
      gainMs: {
        low: most(({ gainMs }) => gainMs.low),
        mid: most(({ gainMs }) => gainMs.mid),
        high: most(({ gainMs }) => gainMs.high),
      },
    };
  });
}

function nothing({ route, beforeMs }: RouteAtResource): RouteGain {
  return { route, beforeMs, boundMs: 0, gainMs: { low: 0, mid: 0, high: 0 } };
}
