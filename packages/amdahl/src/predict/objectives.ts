/** Thresholds by route. */
export interface Objectives {
  /** For routes not named below. */
  readonly default: Objective;
  /** By route name, `GET /products/:id`. */
  readonly routes: Readonly<Record<string, Objective>>;
  /** Share of requests that may fail, 0..1. */
  readonly errorShare: number;
}

/** Bands for the 95th percentile of response time. */
export interface Objective {
  readonly goodMs: number;
  readonly acceptableMs: number;
}

export type Band = 'good' | 'acceptable' | 'poor';

/**
 * Bands for an API response: under 100 ms feels immediate (Nielsen, "Response times: the three
 * important limits", 1993), under 500 ms acceptable. An error share below 1 % is good.
 */
export const defaultObjectives: Objectives = {
  default: { goodMs: 100, acceptableMs: 500 },
  routes: {},
  errorShare: 0.01,
};

export function objectiveFor(objectives: Objectives, route: string): Objective {
  return objectives.routes[route] ?? objectives.default;
}

export function bandOf(objective: Objective, p95Ms: number): Band {
  if (p95Ms <= objective.goodMs) return 'good';
  return p95Ms <= objective.acceptableMs ? 'acceptable' : 'poor';
}

/** Whether a route is in the worst band: beyond what its objective still accepts. */
export function missesObjective(route: { readonly band: Band }): boolean {
  return route.band === 'poor';
}
