import { seededRandom } from '@amdahl/load';
import type { Side } from './proof.ts';

/** One slice to come. */
export interface PlannedSlice {
  readonly round: number;
  readonly side: Side;
}

/**
 * The order of the slices. Each round measures both sides next to each other, so that what drifts
 * more slowly than a round (a noisy neighbour, a growing table, a warming disk cache) falls on both
 * alike. Rounds come in pairs of opposite order, ABBA or BAAB, which cancels a linear drift within
 * the pair; a seeded coin picks which of the two, so that no periodic disturbance keeps step.
 */
export function planSlices(rounds: number, seed: number): readonly PlannedSlice[] {
  const random = seededRandom(seed);
  const slices: PlannedSlice[] = [];
  let first: Side = 'a';
  for (let round = 0; round < rounds; round += 1) {
    first = round % 2 === 0 ? random.pick(['a', 'b']) : other(first);
    slices.push({ round, side: first }, { round, side: other(first) });
  }
  return slices;
}

function other(side: Side): Side {
  return side === 'a' ? 'b' : 'a';
}
