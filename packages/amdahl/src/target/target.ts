/** The measured service while it runs. */
export interface RunningTarget {
  /** Base URL without a trailing slash. */
  readonly url: string;
  /** Process id of the command that was started; null when the service was already running. */
  readonly pid: number | null;
  readonly readyAfterMs: number | null;
  /** Resolves with what happened when the process ends by itself; never for a service not started here. */
  readonly died: Promise<TargetDeath>;
  /** Last lines the process printed, both streams, bounded. */
  output(): readonly string[];
  /** Ends the whole process group: SIGTERM, then SIGKILL after a grace period. Idempotent. */
  stop(): Promise<void>;
}

export interface TargetDeath {
  readonly exitCode: number | null;
  readonly signal: string | null;
}
