/**
 * Amdahl's law: a part that takes the share p of the time bounds what improving it can buy. Made
 * infinitely fast it saves p of the time and makes the whole 1/(1 − p) times as fast.
 *
 * G. M. Amdahl, "Validity of the single processor approach to achieving large scale computing
 * capabilities", AFIPS Spring Joint Computer Conference, 1967.
 */
import type { Interval, RouteGain } from '../audits/finding.ts';
import { clampInterval } from './interval.ts';

/** How many times as fast the whole becomes when the share, 0..1, is made to cost nothing. */
export function boundSpeedup(share: number): number {
  return share >= 1 ? Number.POSITIVE_INFINITY : 1 / (1 - Math.max(0, share));
}

/**
 * A route's gain held under Amdahl's bound: no prediction may save more than the time the cause
 * holds, nor less than nothing.
 *
 * @param heldMs mean milliseconds per request the cause holds
 */
export function boundedGain(
  route: string,
  beforeMs: number,
  heldMs: number,
  gainMs: Interval,
): RouteGain {
  const boundMs = Math.min(Math.max(0, heldMs), beforeMs);
  return { route, beforeMs, gainMs: clampInterval(gainMs, 0, boundMs), boundMs };
}

/** Fraction of the route's mean response time that the cause of this gain holds, 0..1. */
export function heldShare(gain: RouteGain): number {
  return gain.beforeMs > 0 ? gain.boundMs / gain.beforeMs : 0;
}
