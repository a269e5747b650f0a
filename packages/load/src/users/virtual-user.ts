/** How late a task starts, in milliseconds. */
export interface Lateness {
  /** Behind the time the schedule wanted it to start. */
  readonly slipMs: number;
  /** The part of it that is the generator's own fault: no wait for a free user. */
  readonly lagMs: number;
  /** When both were read off the worker's clock; absent when no schedule wanted the task. */
  readonly readMs?: number;
}

/** A task that starts when it should, or that no schedule wanted at a certain time. */
export const onTime: Lateness = { slipMs: 0, lagMs: 0 };

/** One simulated person. Performs one task at a time. */
export interface VirtualUser {
  /** Performs a task; the model hears of its end, never before this call returned. */
  perform(lateness: Lateness): void;
  /** Draws the pause before the next task. */
  thinkTimeMs(): number;
  /** Closes its connections; what it does now is forgotten. */
  abandon(): void;
}

/** What users tell the model that drives them. */
export interface UserListener {
  /** The user's task is over. */
  over(user: VirtualUser): void;
  /** The user's task goes on after the end of the run, so it will never be over. */
  parked(user: VirtualUser): void;
}
