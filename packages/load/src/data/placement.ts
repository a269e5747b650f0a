import type { Share } from '../users/model.ts';

/** Where a script runs: what its feeders must know. */
export interface Placement {
  /** Folder of the script, where relative paths start. */
  readonly folder: string;
  /** The part of all rows that is this worker's. */
  readonly share: Share;
}

/** Known to every copy of this module in the thread, should a script bring one of its own. */
const key = Symbol.for('@amdahl/load placement');
const holder = globalThis as unknown as Record<symbol, Placement | undefined>;

/** To be said before a script is imported. */
export function setPlacement(placement: Placement): void {
  holder[key] = placement;
}

/** Outside a worker: the current folder, and all rows. */
export function placement(): Placement {
  return holder[key] ?? { folder: process.cwd(), share: { index: 0, of: 1 } };
}
