/** One captured statement: what the planner thinks it costs, and what it took. */
export interface CostSample {
  readonly cost: number;
  /** Mean milliseconds of one execution. */
  readonly ms: number;
  /** Milliseconds of all executions. */
  readonly totalMs: number;
}

/**
 * Milliseconds per unit of planner cost on this machine under this load.
 *
 * A statement takes a fixed part (round trip, parsing, the driver) and a part that grows with its
 * cost. The slope between two statements is free of the fixed part, so this is the median of all
 * slopes, each weighted by the difference of cost it spans: a Theil–Sen line whose weights make it
 * as efficient as least squares and keep the robustness (L. A. Jaeckel, "Estimating regression
 * coefficients by minimizing the dispersion of the residuals", 1972). Statements of almost one cost
 * have no slope to tell; then it is the ratio of the one that took most time.
 *
 * Null without a statement of any cost.
 */
export function msPerCost(samples: readonly CostSample[]): number | null {
  const slopes: Weighted[] = [];
  for (const [index, a] of samples.entries()) {
    for (const b of samples.slice(index + 1)) {
      const difference = b.cost - a.cost;
      if (Math.abs(difference) < leastDifference) continue;
      slopes.push({ value: (b.ms - a.ms) / difference, weight: Math.abs(difference) });
    }
  }
  const slope = weightedMedian(slopes);
  if (slope !== null && slope > 0) return slope;
  const ratios = samples.filter(({ cost }) => cost > 0);
  return weightedMedian(
    ratios.map(({ ms, cost, totalMs }) => ({ value: ms / cost, weight: totalMs })),
  );
}

/** Below this two statements cost the same: one page read from disk costs 4. */
const leastDifference = 10;

interface Weighted {
  readonly value: number;
  readonly weight: number;
}

function weightedMedian(items: readonly Weighted[]): number | null {
  const sorted = items.toSorted((a, b) => a.value - b.value);
  const half = sorted.reduce((sum, item) => sum + item.weight, 0) / 2;
  let passed = 0;
  for (const { value, weight } of sorted) {
    passed += weight;
    if (passed >= half) return value;
  }
  return null;
}
