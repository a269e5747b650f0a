/**
 * Deals endless turns to kinds in proportion to their weights, as evenly as possible from the first
 * turn on: smooth weighted round robin, as nginx balances its upstreams
 * (ngx_http_upstream_round_robin.c). Yields the index of a kind. Weights are above 0.
 */
export function* deal(weights: readonly number[]): Generator<number, never, undefined> {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const credits = weights.map(() => 0);
  for (;;) {
    let best = 0;
    for (const [index, weight] of weights.entries()) {
      const credit = (credits[index] ?? 0) + weight;
      credits[index] = credit;
      if (credit > (credits[best] ?? 0)) best = index;
    }
    credits[best] = (credits[best] ?? 0) - total;
    yield best;
  }
}
