/** What the audits of statements start from: one statement, from one place, with what it costs. */
import type { CodeFrame, StatementAggregate } from '@amdahl/agent/protocol';
import type { AgentArtifact, LoadArtifact } from '../../artifacts/artifacts.ts';
import { measuredRoutes, type MeasuredRoute } from '../../predict/time-budget.ts';

/** A statement shape sent from one place in the code, over all processes. */
export interface StatementUse {
  /**
   * Captured without the requests that send it. It then stands for a route of its own, whose only
   * work it is and whose name is its text.
   */
  readonly isRoute?: true;
  /** Where the text stands, when it was read from files: `queries/orders.sql:14`. */
  readonly origin?: string;
  readonly text: string;
  readonly exampleText: string;
  readonly exampleParameters: readonly (readonly unknown[])[];
  readonly columns: readonly string[];
  readonly callSite: CodeFrame | null;
  readonly count: number;
  readonly rows: number;
  readonly bytes: number;
  /** Mean milliseconds of one execution. */
  readonly meanMs: number;
  /** Milliseconds of all executions that requests waited for. */
  readonly waitedMs: number;
  /** Routes that send it, those that wait longest for it first. */
  readonly routes: readonly StatementRoute[];
}

/** One route's share in a statement. */
export interface StatementRoute {
  readonly measured: MeasuredRoute;
  /** Mean response time of the route, as the load saw it, else as the app did. */
  readonly beforeMs: number;
  /** Milliseconds a request of the route waits for the statement, over all its requests. */
  readonly heldMs: number;
  /** Executions per request among those requests that send it at all. */
  readonly perRequest: number;
  /** Different parameter lists within one request, on average. */
  readonly distinctPerRequest: number;
  readonly count: number;
  /** Requests that send it at all. */
  readonly requests: number;
  /** Share of all executions whose answer was there already: same parameters, same rows, 0..1. */
  readonly repeatedShare: number;
  /**
   * The same of the questions each request asks, those it asks itself twice counted once, 0..1: what
   * only a cache beyond the request can answer.
   */
  readonly knownBeforeShare: number;
}

/** Every statement the load made the app send, those that requests waited longest for first. */
export function statementUses(agent: AgentArtifact, load: LoadArtifact): readonly StatementUse[] {
  const routes = new Map(measuredRoutes(agent, load).map((each) => [each.route, each]));
  const aggregates = agent.processes
    .flatMap((process) => process.statements)
    .filter((aggregate) => (routes.get(aggregate.route)?.count ?? 0) > 0);
  const groups = Map.groupBy(aggregates, ({ text, callSite }) =>
    JSON.stringify([text, callSite?.file, callSite?.line]),
  );
  return [...groups.values()]
    .map((group) => useOf(group, routes))
    .sort((a, b) => b.waitedMs - a.waitedMs);
}

function useOf(
  group: readonly StatementAggregate[],
  measured: ReadonlyMap<string, MeasuredRoute>,
): StatementUse {
  const [first] = group as readonly [StatementAggregate, ...StatementAggregate[]];
  const count = sum(group, (each) => each.count);
  const byRoute = Map.groupBy(group, (each) => each.route);
  return {
    text: first.text,
    exampleText: first.exampleText,
    exampleParameters: group.flatMap((each) => each.exampleParameters),
    columns: group.find((each) => each.columns.length > 0)?.columns ?? [],
    callSite: first.callSite,
    count,
    rows: sum(group, (each) => each.rows),
    bytes: sum(group, (each) => each.bytes),
    meanMs: count === 0 ? 0 : sum(group, (each) => each.durationSumUs) / count / 1_000,
    waitedMs: sum(group, (each) => each.wallSumUs) / 1_000,
    routes: [...byRoute]
      .map(([route, part]) => routeOf(part, measured.get(route) as MeasuredRoute))
      .sort((a, b) => b.heldMs * b.measured.count - a.heldMs * a.measured.count),
  };
}

function routeOf(part: readonly StatementAggregate[], measured: MeasuredRoute): StatementRoute {
  const count = sum(part, (each) => each.count);
  const requests = sum(part, (each) => each.requests);
  return {
    measured,
    beforeMs: measured.times?.meanMs ?? measured.insideMs,
    heldMs: sum(part, (each) => each.wallSumUs) / 1_000 / measured.count,
    perRequest: requests === 0 ? 0 : count / requests,
    distinctPerRequest:
      requests === 0
        ? 0
        : sum(part, (each) => each.distinctParametersPerRequest * each.requests) / requests,
    count,
    requests,
    repeatedShare:
      count === 0 ? 0 : sum(part, (each) => repeatedShareOf(each) * each.count) / count,
    knownBeforeShare:
      count === 0 ? 0 : sum(part, (each) => knownBeforeShareOf(each) * each.count) / count,
  };
}

/**
 * The first execution with its parameters could not have been answered from memory; of the others,
 * those whose rows had not changed could.
 */
function repeatedShareOf(aggregate: StatementAggregate): number {
  const { count, distinctParameters, repeatedResultShare } = aggregate;
  if (count === 0 || repeatedResultShare === null) return 0;
  return Math.max(0, 1 - distinctParameters / count) * repeatedResultShare;
}

function knownBeforeShareOf(aggregate: StatementAggregate): number {
  const { requests, distinctParameters, distinctParametersPerRequest } = aggregate;
  const asked = distinctParametersPerRequest * requests;
  const { repeatedResultShare } = aggregate;
  if (asked === 0 || repeatedResultShare === null) return 0;
  return Math.max(0, 1 - distinctParameters / asked) * repeatedResultShare;
}

/** Sum of a figure over items. */
export function sum<Item>(items: readonly Item[], figure: (item: Item) => number): number {
  return items.reduce((total, item) => total + figure(item), 0);
}
