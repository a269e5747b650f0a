/**
 * Joins the two ends of a request: the load saw how long it took, the agent saw on what. What the
 * load waited beyond what the app saw is `outside`: accept queue, network, kernel, the generator.
 */
import type { AgentSnapshot, RouteAggregate, TimeBudget, Trace } from '@amdahl/agent/protocol';
import type { AgentArtifact, LoadArtifact } from '../artifacts/artifacts.ts';
import { tiers, type Tier } from '../artifacts/run-result.ts';
import { matchingRoutes } from './route-names.ts';
import { routeTimesFor, type RouteTimes } from './route-times.ts';

/** One route of the app, over all its processes, as both ends saw it. */
export interface MeasuredRoute {
  /** As the app's framework names it. */
  readonly route: string;
  readonly count: number;
  /** As the load saw it; null for a route the load does not visit. */
  readonly times: RouteTimes | null;
  /** Mean from the request's arrival in the app to the end of its reply. */
  readonly insideMs: number;
  /** Mean milliseconds of a request by tier; with `times` they sum to its mean. */
  readonly timeByTier: Readonly<Record<Tier, number>>;
  /** Statements and calls whose replies a request awaits, on average. */
  readonly awaitsPerRequest: number;
  readonly traces: readonly Trace[];
}

const inside = ['database', 'pool', 'http', 'socket', 'compute', 'other'] as const;

/**
 * What was measured last of an agent and a load: dozens of audits ask about the same recording, and
 * the answer takes merging a histogram for each route.
 */
const measuredOf = new WeakMap<
  AgentArtifact,
  { readonly load: LoadArtifact; readonly routes: readonly MeasuredRoute[] }
>();

/** The app's routes, busiest first. */
export function measuredRoutes(agent: AgentArtifact, load: LoadArtifact): readonly MeasuredRoute[] {
  const known = measuredOf.get(agent);
  if (known?.load === load) return known.routes;
  const routes = measureRoutes(agent, load);
  measuredOf.set(agent, { load, routes });
  return routes;
}

function measureRoutes(agent: AgentArtifact, load: LoadArtifact): readonly MeasuredRoute[] {
  const byRoute = Map.groupBy(
    agent.processes.flatMap((process) => process.routes),
    (aggregate) => `${aggregate.method} ${aggregate.route}`,
  );
  const traces = Map.groupBy(
    agent.processes.flatMap((process) => process.traces),
    (trace) => trace.route,
  );
  const calls = agent.processes.flatMap((process) => process.calls);
  return [...byRoute]
    .map(([route, aggregates]) =>
      measuredRoute(
        route,
        aggregates,
        sum(calls, (call) => (call.route === route ? call.count : 0)),
        routeTimesFor(load.result, route),
        traces.get(route) ?? [],
      ),
    )
    .sort((a, b) => b.count - a.count || (a.route < b.route ? -1 : 1));
}

function measuredRoute(
  route: string,
  aggregates: readonly RouteAggregate[],
  calls: number,
  times: RouteTimes | null,
  traces: readonly Trace[],
): MeasuredRoute {
  const count = sum(aggregates, (aggregate) => aggregate.count);
  const seenMs = (part: keyof TimeBudget): number =>
    count === 0 ? 0 : sum(aggregates, (aggregate) => aggregate.time[part]) / count / 1_000;
  // The windows of load and agent differ by the requests in flight at their ends; where that makes
  // the inside larger than the whole, the load's mean is the whole.
  const totalMs = seenMs('total');
  const scale = times !== null && totalMs > times.meanMs ? times.meanMs / totalMs : 1;
  const insideMs = totalMs * scale;
  const insideByTier = Object.fromEntries(inside.map((tier) => [tier, seenMs(tier) * scale]));
  return {
    route,
    count,
    times,
    insideMs,
    timeByTier: {
      ...(insideByTier as Record<(typeof inside)[number], number>),
      outside: times === null ? 0 : times.meanMs - insideMs,
    },
    awaitsPerRequest:
      count === 0 ? 0 : (sum(aggregates, (aggregate) => aggregate.statements) + calls) / count,
    traces,
  };
}

/**
 * Mean milliseconds by tier of a route as the load names it; null when the app saw no such route.
 * Where the load has several names for one route of the app, each is given the route's proportions
 * on its own mean.
 */
export function timeByTier(
  { route, meanMs }: RouteTimes,
  measured: readonly MeasuredRoute[],
): MeasuredRoute['timeByTier'] | null {
  const [found] = matchingRoutes(route, measured, (item) => item.route);
  if (found === undefined) return null;
  const totalMs = tiers.reduce((total, tier) => total + found.timeByTier[tier], 0);
  if (totalMs === 0) return found.timeByTier;
  return Object.fromEntries(
    tiers.map((tier) => [tier, (found.timeByTier[tier] / totalMs) * meanMs]),
  ) as Record<Tier, number>;
}

/**
 * Traces to estimate a mean from: those drawn at random, or, where there are none, the slowest,
 * whose times are then above the mean.
 */
export function typicalTraces(traces: readonly Trace[]): readonly Trace[] {
  const random = traces.filter((trace) => trace.kind === 'random');
  return random.length > 0 ? random : traces;
}

/** The process that served most requests; null when none connected. */
export function busiestProcess(agent: AgentArtifact): AgentSnapshot | null {
  const served = (process: AgentSnapshot): number => sum(process.routes, (route) => route.count);
  return agent.processes.toSorted((a, b) => served(b) - served(a))[0] ?? null;
}

function sum<Item>(items: readonly Item[], figure: (item: Item) => number): number {
  return items.reduce((total, item) => total + figure(item), 0);
}
