/** Whether a run can be believed. */
export interface Verdict {
  /**
   * `valid`: the figures are the server's. `bounded`: they are limits ("at least X"), because the
   * generator or the schedule gave out. `void`: they say nothing about the server.
   */
  readonly kind: 'valid' | 'bounded' | 'void';
  /** Why, one entry per check that did not pass, worst first. */
  readonly reasons: readonly VerdictReason[];
}

export interface VerdictReason {
  readonly check: VerdictCheck;
  readonly kind: 'bounded' | 'void';
  /** A sentence with the figure and the threshold. */
  readonly message: string;
  /** What to do about it. */
  readonly next: string;
}

export type VerdictCheck =
  | 'generator-lag'
  | 'generator-cpu'
  | 'lost-workers'
  | 'unstarted-arrivals'
  | 'socket-errors'
  | 'error-mix'
  | 'warm-up-drift'
  | 'too-few-requests';
