import type { Duration } from '@amdahl/metrics';

/**
 * How much load, for how long. Closed: a number of users, each waiting for its reply before it goes
 * on. Open: requests start on a schedule whatever the replies do.
 */
export type LoadProfile = ClosedProfile | OpenProfile;

export interface ClosedProfile {
  readonly model: 'closed';
  /** Virtual users at the same time. */
  readonly users: number;
  /** Time over which the users start, evenly. @default 0 */
  readonly rampUp?: Duration;
  /** Time whose requests are sent but not counted. @default 0 */
  readonly warmup?: Duration;
  /** Measured time after ramp-up and warm-up. */
  readonly duration: Duration;
  /** Changes of the number of users within the measured time, in their order. @default none */
  readonly changes?: readonly UserChange[];
}

/** From then on there are this many users; those beyond finish their task first. */
export interface UserChange {
  /** Offset from the start of the measured time. */
  readonly at: Duration;
  readonly users: number;
}

export interface OpenProfile {
  readonly model: 'open';
  /** Stages one after the other. */
  readonly arrivals: readonly ArrivalStage[];
  /** @default 'uniform': evenly spaced; 'poisson': seeded, independent arrivals of the same mean rate */
  readonly spacing?: 'uniform' | 'poisson';
  /**
   * Users that may be busy at the same time. An arrival that finds none free waits, and the wait
   * counts in its response time. @default 1000
   */
  readonly maxUsers?: number;
  /** Time whose arrivals run at the first stage's starting rate and are not counted. @default 0 */
  readonly warmup?: Duration;
}

/** Constant when `from` equals `to`, else a linear ramp. */
export interface ArrivalStage {
  /** Tasks started per second at the stage's start. */
  readonly fromPerSecond: number;
  /** Tasks started per second at the stage's end. */
  readonly toPerSecond: number;
  readonly duration: Duration;
}
