import { mergeHistograms } from '@amdahl/metrics';
import type { LoadResult, RequestResult } from '@amdahl/load';
import { matchingRoutes } from './route-names.ts';

/** What the load saw of one route. Times are response times: intended start to last byte. */
export interface RouteTimes {
  readonly route: string;
  readonly count: number;
  /** Share of all requests of the load, 0..1. */
  readonly requestShare: number;
  readonly errorShare: number;
  readonly ratePerSecond: number;
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

/** Response times by route, busiest first as the load lists them. */
export function routeTimes(load: LoadResult): readonly RouteTimes[] {
  return load.requests.map((request) => timesOf(request.name, [request], load));
}

/** Response times of the route by whichever name the load gave it, or null when it was not visited. */
export function routeTimesFor(load: LoadResult, route: string): RouteTimes | null {
  const requests = matchingRoutes(route, load.requests, (request) => request.name);
  return requests.length === 0 ? null : timesOf(route, requests, load);
}

function timesOf(route: string, requests: readonly RequestResult[], load: LoadResult): RouteTimes {
  const total = load.requests.reduce((sum, request) => sum + request.count, 0);
  const count = requests.reduce((sum, request) => sum + request.count, 0);
  const failed = requests.reduce((sum, request) => sum + request.failed, 0);
  const times = mergeHistograms(requests.map((request) => request.responseTime));
  const percentileMs = (percentile: number): number => times.valueAtPercentile(percentile) / 1_000;
  return {
    route,
    count,
    requestShare: total === 0 ? 0 : count / total,
    errorShare: count === 0 ? 0 : failed / count,
    ratePerSecond: load.measuredMs > 0 ? (count / load.measuredMs) * 1_000 : 0,
    meanMs: times.mean / 1_000,
    p50Ms: percentileMs(50),
    p95Ms: percentileMs(95),
    p99Ms: percentileMs(99),
  };
}
