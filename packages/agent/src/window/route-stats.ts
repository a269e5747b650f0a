import { Histogram } from '@amdahl/metrics';
import type { CodeFrame, RouteAggregate, TimeBudget } from '../protocol.ts';
import type { WorkStats } from './work-stats.ts';
import type { Operation } from '../requests/operation.ts';
import type { CallStats } from './call-stats.ts';
import type { StatementStats } from './statement-stats.ts';
import { TraceKeeper } from './trace-keeper.ts';

/** How a request ended. */
export interface RequestOutcome {
  readonly method: string;
  readonly pattern: string;
  /** HTTP status, 0 when the connection went before the reply. */
  readonly status: number;
  readonly endedAt: number;
  readonly responseBytes: number;
  readonly budget: TimeBudget;
}

/** Everything counted of one route, or of the time outside all requests. */
export class RouteStats {
  readonly method: string;
  readonly pattern: string;
  /** `GET /orders/:id` */
  readonly name: string;
  readonly statements: StatsByWork<StatementStats> = new Map();
  readonly calls: StatsByWork<CallStats> = new Map();
  readonly traces: TraceKeeper = new TraceKeeper();
  #count = 0;
  #errors = 0;
  #responseBytes = 0;
  #statementCount = 0;
  #connects = 0;
  readonly #durations = new Histogram();
  readonly #time = { database: 0, pool: 0, http: 0, socket: 0, compute: 0, other: 0 };

  constructor(method: string, pattern: string, name: string = `${method} ${pattern}`) {
    this.method = method;
    this.pattern = pattern;
    this.name = name;
  }

  add(outcome: RequestOutcome, operations: readonly Operation[], connects: number): void {
    this.#count += 1;
    if (outcome.status >= 500) this.#errors += 1;
    this.#responseBytes += outcome.responseBytes;
    this.#connects += connects;
    for (const { kind } of operations) if (kind === 'statement') this.#statementCount += 1;
    const { budget } = outcome;
    this.#durations.record(budget.total);
    this.#time.database += budget.database;
    this.#time.pool += budget.pool;
    this.#time.http += budget.http;
    this.#time.socket += budget.socket;
    this.#time.compute += budget.compute;
    this.#time.other += budget.other;
  }

  toAggregate(): RouteAggregate {
    const time = {
      database: Math.round(this.#time.database),
      pool: Math.round(this.#time.pool),
      http: Math.round(this.#time.http),
      socket: Math.round(this.#time.socket),
      compute: Math.round(this.#time.compute),
      other: Math.round(this.#time.other),
    };
    const total = time.database + time.pool + time.http + time.socket + time.compute + time.other;
    return {
      method: this.method,
      route: this.pattern,
      count: this.#count,
      errors: this.#errors,
      duration: this.#durations.toBase64(),
      responseBytes: this.#responseBytes,
      time: { total, ...time },
      statements: this.#statementCount,
      connects: this.#connects,
    };
  }
}

/** Statistics by what was done (a statement's shape, a peer), then by where in the code. */
export type StatsByWork<Stats> = Map<object, Stats[]>;

export function findStats<Stats extends WorkStats<never>>(
  stats: StatsByWork<Stats>,
  work: object,
  callSite: CodeFrame | null,
): Stats | null {
  for (const place of stats.get(work) ?? []) if (place.callSite === callSite) return place;
  return null;
}

export function keepStats<Stats>(stats: StatsByWork<Stats>, work: object, made: Stats): Stats {
  const places = stats.get(work);
  if (places === undefined) stats.set(work, [made]);
  else places.push(made);
  return made;
}
