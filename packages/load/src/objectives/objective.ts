/** A condition a run has to meet. */
export interface LoadObjective {
  /** As it was written: `GET /orders: p95 < 80ms from 30s to 1m`. */
  readonly text: string;
  /** Name of the requests it is about; all when absent. */
  readonly request?: string;
  readonly figure: ObjectiveFigure;
  /** Milliseconds, a share 0..1, or requests a second, as the figure wants it. */
  readonly limit: number;
  /** A wider limit, up to which the objective is still met. */
  readonly acceptableLimit?: number;
  /** Intended starts it is about, milliseconds of measured time; all when absent. */
  readonly window?: { readonly fromMs: number; readonly toMs: number };
  /** Name of the phase it is about, instead of a window. */
  readonly phase?: string;
}

/**
 * Response times and the share of errors have to stay below the limit; the rate and the share of
 * passed checks above it.
 */
export type ObjectiveFigure =
  | { readonly kind: 'percentile'; readonly percentile: number }
  | { readonly kind: 'mean' | 'max' | 'errors' | 'rate' | 'checks' };

/** How a run stands to an objective. */
export interface ObjectiveOutcome {
  readonly objective: LoadObjective;
  /** In the objective's unit; null when there was nothing to compute it from. */
  readonly found: number | null;
  /** False also when there was nothing to compute it from. */
  readonly met: boolean;
  /** Requests it was computed from; for checks, their number. */
  readonly count: number;
}
