/**
 * Share of requests a cache answers when each entry lives for a fixed time and requests for one key
 * arrive at random (Poisson) with the rate λ: after each miss the entry serves λ·T requests on
 * average before it expires, so the hit ratio is λT / (1 + λT).
 *
 * J. Jung, A. W. Berger, H. Balakrishnan, "Modeling TTL-based Internet caches", IEEE INFOCOM 2003.
 */
export function ttlHitRatio(ratePerSecond: number, lifetimeSeconds: number): number {
  const hitsPerMiss = Math.max(0, ratePerSecond) * Math.max(0, lifetimeSeconds);
  return hitsPerMiss / (1 + hitsPerMiss);
}
