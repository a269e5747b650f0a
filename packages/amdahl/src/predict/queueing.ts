/**
 * How long work waits at a resource that others use too. One statement made cheaper shortens not only
 * its own requests: whoever stood in line behind it waits less. The resource is a station with a few
 * servers that share themselves among all who are there (processor sharing), so that its response
 * time depends on the mean demand alone, not on how demands are spread.
 *
 * - Open load, requests arrive whatever the replies do: R = D / (1 − ρ), ρ = λD.
 * - Closed load, N users who wait for their replies: mean value analysis of the station and of the
 *   time Z spent elsewhere, thinking included, which the measured throughput X tells by the
 *   interactive response time law, R = N/X − Z. Its asymptote is R = N·D − Z.
 * - c servers: one that is c times as fast, after a delay of D(c − 1)/c (Seidmann's approximation,
 *   exact for one user and for very many).
 *
 * P. J. Denning, J. P. Buzen, "The operational analysis of queueing network models", ACM Computing
 * Surveys 10(3), 1978; M. Reiser, S. S. Lavenberg, "Mean-value analysis of closed multichain queuing
 * networks", JACM 27(2), 1980; A. Seidmann, P. J. Schweitzer, S. Shalev-Oren, "Computerized closed
 * queueing network models of flexible manufacturing systems", Large Scale Systems 12, 1987.
 */

import type { ClosedProfile } from '@amdahl/load';
import { durationMs } from '@amdahl/metrics';

/** What drives requests to the station. */
export type Offered =
  | {
      readonly model: 'closed';
      readonly users: number;
      /** Mean milliseconds of a user's cycle that are not spent at the station. */
      readonly elsewhereMs: number;
    }
  | { readonly model: 'open'; readonly ratePerMs: number };

/** A station as it was measured. */
export interface Station {
  readonly offered: Offered;
  /** Mean milliseconds a request is there, waiting included. */
  readonly residenceMs: number;
  /** How many it serves at once without any of them waiting, 1 at least. */
  readonly servers: number;
}

/** Mean milliseconds at the station of a request that needs `demandMs` when alone; waits included. */
export function residenceMs(demandMs: number, servers: number, offered: Offered): number {
  const delayMs = (demandMs * (servers - 1)) / servers;
  const sharedMs = demandMs / servers;
  if (offered.model === 'open') {
    const utilization = offered.ratePerMs * sharedMs;
    return utilization >= 1 ? Number.POSITIVE_INFINITY : delayMs + sharedMs / (1 - utilization);
  }
  const awayMs = offered.elsewhereMs + delayMs;
  let atStation = 0;
  let turnMs = sharedMs;
  for (let users = 1; users <= offered.users; users += 1) {
    turnMs = sharedMs * (1 + atStation);
    const cycleMs = awayMs + turnMs;
    atStation = cycleMs === 0 ? 0 : (users * turnMs) / cycleMs;
  }
  return delayMs + turnMs;
}

/** Halvings of the interval in which the demand is sought: to a billionth of the residence. */
const halvings = 30;

/** Mean milliseconds a request would be at the station if it were alone there. */
export function demandMs({ residenceMs: measuredMs, servers, offered }: Station): number {
  let low = 0;
  let high = measuredMs;
  for (let step = 0; step < halvings; step += 1) {
    const middle = (low + high) / 2;
    if (residenceMs(middle, servers, offered) > measuredMs) high = middle;
    else low = middle;
  }
  return low;
}

/** Share of the time at the station that is waiting, 0..1. */
export function waitingShare(station: Station): number {
  if (station.residenceMs <= 0) return 0;
  return Math.max(0, 1 - demandMs(station) / station.residenceMs);
}

/**
 * Share of its time at the station that a request is spared which keeps all its own work, when others
 * no longer do this share of the station's work. Never more than it waits there.
 */
export function reliefShare(station: Station, removedShare: number): number {
  const { residenceMs: measuredMs, servers, offered } = station;
  const before = demandMs(station);
  if (before <= 0 || measuredMs <= 0) return 0;
  const kept = Math.max(0, 1 - Math.max(0, removedShare));
  if (kept === 0) return waitingShare(station);
  const after = before * kept;
  const stretch = residenceMs(after, servers, offered) / after / (measuredMs / before);
  return Math.min(waitingShare(station), Math.max(0, 1 - stretch));
}

/** Users at the same time, on average over the measured time. */
export function meanUsers(profile: ClosedProfile, measuredMs: number): number {
  let userMs = 0;
  let users = profile.users;
  let sinceMs = 0;
  for (const change of profile.changes ?? []) {
    const atMs = Math.min(measuredMs, durationMs(change.at));
    userMs += users * Math.max(0, atMs - sinceMs);
    users = change.users;
    sinceMs = Math.max(sinceMs, atMs);
  }
  userMs += users * Math.max(0, measuredMs - sinceMs);
  return measuredMs > 0 ? userMs / measuredMs : profile.users;
}
