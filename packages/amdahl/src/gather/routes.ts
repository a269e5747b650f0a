import type { AgentSnapshot } from '@amdahl/agent/protocol';
import type { Route } from '../artifacts/routes.ts';
import { discoverRoutes } from './discovery/discover-routes.ts';
import { pathnameOf } from './discovery/route-pattern.ts';
import type { Gatherer } from './gatherer.ts';

const maxExamples = 5;
/** Time the agents have to name the routes they saw while the crawl went on. */
const patternsTimeoutMs = 2_000;

/** Without a script: routes found by looking around, before the load that visits them. */
export const discoveredRoutesGatherer: Gatherer<'routes'> = {
  artifact: 'routes',
  phase: 'before',
  label: 'looking for routes',
  gather: ({ options, agents, signal, report }) => {
    if (options.script !== null) {
      return Promise.resolve({ absent: 'the script names its routes while it runs' });
    }
    agents.begin();
    return discoverRoutes({
      url: options.url,
      exclude: options.exclude,
      signal,
      report,
      frameworkPatterns: async () =>
        (await agents.collect(patternsTimeoutMs)).flatMap(({ routes }) =>
          routes.filter(({ method }) => method === 'GET').map(({ route }) => route),
        ),
    });
  },
};

/** With a script: the routes its requests named. */
export const visitedRoutesGatherer: Gatherer<'routes'> = {
  artifact: 'routes',
  phase: 'after',
  label: 'listing the routes the script visited',
  gather: ({ options, artifacts }) => {
    const load = artifacts.load?.status === 'ok' ? artifacts.load.value.result : null;
    if (load === null) return Promise.resolve({ absent: 'no load was measured' });
    const snapshots = artifacts.agent?.status === 'ok' ? artifacts.agent.value.processes : [];
    return Promise.resolve({
      source: 'script' as const,
      script: options.script,
      routes: load.requests.map((request): Route => {
        return {
          name: request.name,
          method: request.method,
          pattern: request.path,
          examples: examplesOf(request.name, request.path, snapshots),
          foundBy: 'script',
        };
      }),
      leftOut: [],
    });
  },
};

/** The path itself when it holds no parameter, else paths the app's traces saw on the route. */
function examplesOf(
  name: string,
  path: string,
  snapshots: readonly AgentSnapshot[],
): readonly string[] {
  if (!/[:{*]/.test(path)) return [path];
  const shape = shapeOf(name);
  const urls = snapshots
    .flatMap(({ traces }) => traces)
    .filter((trace) => shapeOf(trace.route) === shape && trace.status < 400)
    .map(({ url }) => new URL(url, 'http://host'))
    .map(({ pathname, search }) => pathname + search);
  return [...new Set(urls)].slice(0, maxExamples);
}

/** A route's name whatever its parameters are called: script and framework name them differently. */
function shapeOf(name: string): string {
  return pathnameOf(name)
    .replace(/:[^/]+|\{[^}/]+\}/g, ':')
    .replace(/(.)\/$/, '$1');
}
