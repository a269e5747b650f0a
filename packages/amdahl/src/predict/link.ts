import type { Interval } from '../audits/finding.ts';

/**
 * The link between users and the service. A run measures over loopback and has none, so what bytes
 * cost is predicted for one that is named.
 */
export interface Link {
  readonly name: string;
  readonly bitsPerSecond: number;
  readonly roundTripMs: number;
}

/** WebPageTest's 4G profile. */
export const assumedLink: Link = { name: '4G', bitsPerSecond: 9_000_000, roundTripMs: 170 };

/** For `Prediction.assumes`. */
export const linkAssumed: string =
  `users on ${assumedLink.name}: ${assumedLink.bitsPerSecond / 1_000_000} Mbit/s, ` +
  `${assumedLink.roundTripMs} ms round trip`;

/** Ten full segments may be sent before the first acknowledgement (RFC 6928). */
const initialWindowBytes = 10 * 1_460;

/** Time from the first byte to the last on a connection already at full speed. */
export function warmTransferMs(bytes: number, link: Link = assumedLink): number {
  return (bytes * 8_000) / link.bitsPerSecond;
}

/**
 * Time from the first byte to the last on a connection just opened: TCP's slow start doubles what
 * is under way at each round trip until the link is full (RFC 5681).
 */
export function newTransferMs(bytes: number, link: Link = assumedLink): number {
  let remaining = bytes;
  let window = initialWindowBytes;
  let elapsedMs = 0;
  while (remaining > window) {
    elapsedMs += Math.max(link.roundTripMs, warmTransferMs(window, link));
    remaining -= window;
    window *= 2;
  }
  return elapsedMs + warmTransferMs(remaining, link);
}

/**
 * What fewer bytes save: on warm connections (low), on new ones (high), and halfway, as browsers
 * use some of each.
 */
export function transferSaving(bytesBefore: number, bytesAfter: number): Interval {
  const warm = warmTransferMs(bytesBefore) - warmTransferMs(bytesAfter);
  const fresh = newTransferMs(bytesBefore) - newTransferMs(bytesAfter);
  return { low: Math.min(warm, fresh), mid: (warm + fresh) / 2, high: Math.max(warm, fresh) };
}
