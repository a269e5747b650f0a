import type { UserListener, VirtualUser } from './virtual-user.ts';

/** What decides when users perform tasks. */
export interface Model extends UserListener {
  /** Starts the run at a time of the worker's clock. */
  start(startMs: number): void;
  /** Drives this many users of all workers from now on; nothing in the open model. */
  setUsers(users: number): void;
  /** Requests under way; in the open model arrivals that are due and not over. */
  inFlight(nowMs: number): number;
  /** Whether nothing that belongs to the measured time waits to be started. */
  isExhausted(nowMs: number): boolean;
  /** Arrivals of the measured time that never found a free user. */
  unstartedArrivals(nowMs: number): number;
  /** Stops all users at once. */
  abandon(): void;
}

/** Makes the user with this index over all workers. */
export type CreateUser = (index: number, listener: UserListener) => VirtualUser;

/** A worker's part of users and arrivals: every `of`th from `index` on. */
export interface Share {
  readonly index: number;
  readonly of: number;
}
