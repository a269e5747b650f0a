import type { LoadSlice, SliceTally } from '../measure/slices.ts';
import type { LoadObjective } from './objective.ts';

/** Before this time of its window, and this share of it, no objective is given up. */
const minElapsedMs = 5_000;
const minElapsedShare = 0.1;

/**
 * Whether an objective would be missed even if every request still to come met it. How many come is
 * extrapolated from the rate up to now. Means, rates and checks are never given up.
 *
 * @param elapsedMs measured time up to now
 * @param measuredMs measured time planned
 */
export function isHopeless(
  { figure, limit, acceptableLimit = limit }: LoadObjective,
  slice: LoadSlice,
  { count, failed, slow }: SliceTally,
  elapsedMs: number,
  measuredMs: number,
): boolean {
  const { fromMs = 0, toMs = measuredMs } = slice;
  const windowMs = toMs - fromMs;
  const passedMs = Math.min(elapsedMs, toMs) - fromMs;
  if (count === 0 || passedMs < Math.min(windowMs, minElapsedMs)) return false;
  if (passedMs < windowMs * minElapsedShare) return false;
  const expected = Math.max(count, (count * windowMs) / passedMs);
  switch (figure.kind) {
    case 'percentile':
      return slow > (1 - figure.percentile / 100) * expected;
    case 'max':
      return slow > 0;
    case 'errors':
      return failed >= Math.max(1, acceptableLimit * expected);
    default:
      return false;
  }
}
