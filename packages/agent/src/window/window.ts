import { performance } from 'node:perf_hooks';
import type { CallAggregate, RouteAggregate, StatementAggregate, Trace } from '../protocol.ts';
import { Call, type Operation } from '../requests/operation.ts';
import type { ServedRequest } from '../requests/request.ts';
import { StatementExecution } from '../statements/execution.ts';
import { CallStats } from './call-stats.ts';
import { findStats, keepStats, RouteStats, type RequestOutcome } from './route-stats.ts';
import { StatementStats } from './statement-stats.ts';
import { maxSpans, traceOf } from './trace.ts';
import type { WorkStats } from './work-stats.ts';

/** Bounds on what a window holds, whatever the traffic. */
const maxRoutes = 500;
const maxStatements = 2_000;
const maxCalls = 2_000;
/** Spans of all kept traces together, about 30 MB. */
const maxKeptSpans = 100_000;

/** What can be left out for want of room. */
export type Dropped = 'routes' | 'statements' | 'calls' | 'traces' | 'spans';

/** Route of what runs outside all requests. */
const outsideRoute = '(none)';

/** Everything counted between two `begin`s. */
export class Window {
  readonly startedAt: number = performance.now();
  /** By method, then by pattern. */
  readonly #routes = new Map<string, Map<string, RouteStats>>();
  readonly #outside = new RouteStats('', '', outsideRoute);
  readonly #dropped = new Map<Dropped, number>();
  #routeCount = 0;
  #statementCount = 0;
  #callCount = 0;
  #spanCount = 0;

  drop(kind: Dropped, count: number = 1): void {
    this.#dropped.set(kind, (this.#dropped.get(kind) ?? 0) + count);
  }

  /** Counts a request that has ended. */
  addRequest(request: ServedRequest, outcome: RequestOutcome): void {
    const route = this.#routeOf(outcome);
    if (route === null) {
      this.drop('routes');
      return;
    }
    request.route = route;
    const { operations } = request;
    route.add(outcome, operations, request.connects);
    for (const operation of operations) {
      const stats = this.#statsOf(route, operation);
      if (stats === null) continue;
      stats.addToRequest(operation as never, request, outcome.endedAt);
      if (operation.ended) stats.add(operation as never);
    }
    this.#keepTrace(request, route, outcome);
  }

  /** Counts work that ended outside a request, or after its request had ended. */
  addLate(operation: Operation): void {
    const route = operation.request === null ? this.#outside : operation.request.route;
    // The request may have been counted in an earlier window, or not at all.
    if (route === null || !this.#has(route)) return;
    this.#statsOf(route, operation)?.add(operation as never);
  }

  routes(): readonly RouteAggregate[] {
    return this.#everyRoute().map((route) => route.toAggregate());
  }

  statements(): readonly StatementAggregate[] {
    return [...this.#everyRoute(), this.#outside].flatMap((route) =>
      [...route.statements.values()].flat().map((stats) => stats.toAggregate(route.name)),
    );
  }

  calls(): readonly CallAggregate[] {
    return [...this.#everyRoute(), this.#outside].flatMap((route) =>
      [...route.calls.values()].flat().map((stats) => stats.toAggregate(route.name)),
    );
  }

  traces(): readonly Trace[] {
    return this.#everyRoute().flatMap((route) => route.traces.traces());
  }

  dropped(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#dropped);
  }

  #everyRoute(): readonly RouteStats[] {
    return [...this.#routes.values()].flatMap((patterns) => [...patterns.values()]);
  }

  #has(route: RouteStats): boolean {
    return route === this.#outside || this.#routes.get(route.method)?.get(route.pattern) === route;
  }

  #routeOf({ method, pattern }: RequestOutcome): RouteStats | null {
    let patterns = this.#routes.get(method);
    const known = patterns?.get(pattern);
    if (known !== undefined) return known;
    if (this.#routeCount >= maxRoutes) return null;
    this.#routeCount += 1;
    const route = new RouteStats(method, pattern);
    if (patterns === undefined) this.#routes.set(method, (patterns = new Map()));
    patterns.set(pattern, route);
    return route;
  }

  /** Null for what is not counted by itself, and for want of room. */
  #statsOf(route: RouteStats, operation: Operation): WorkStats<never> | null {
    if (operation instanceof StatementExecution) return this.#statementStats(route, operation);
    if (operation instanceof Call) return this.#callStats(route, operation);
    return null;
  }

  #statementStats(
    { statements }: RouteStats,
    execution: StatementExecution,
  ): StatementStats | null {
    const { shape, callSite } = execution;
    const known = findStats(statements, shape, callSite);
    if (known !== null) return known;
    if (this.#statementCount >= maxStatements) {
      this.drop('statements');
      return null;
    }
    this.#statementCount += 1;
    return keepStats(statements, shape, new StatementStats(execution, callSite));
  }

  #callStats({ calls }: RouteStats, call: Call): CallStats | null {
    const { peer, callSite } = call;
    const known = findStats(calls, peer, callSite);
    if (known !== null) return known;
    if (this.#callCount >= maxCalls) {
      this.drop('calls');
      return null;
    }
    this.#callCount += 1;
    return keepStats(calls, peer, new CallStats(call, callSite));
  }

  #keepTrace(request: ServedRequest, route: RouteStats, outcome: RequestOutcome): void {
    if (this.#spanCount >= maxKeptSpans) {
      this.drop('traces');
      return;
    }
    this.#spanCount += route.traces.offer(outcome.budget.total, () => {
      const left = request.operations.length - maxSpans;
      if (left > 0) this.drop('spans', left);
      return traceOf(request, route.name, outcome);
    });
  }
}
