/** The statements that the app's loops repeat, over all routes: what `n-plus-one` starts from. */
import type { Trace } from '@amdahl/agent/protocol';
import { isLookup } from '../../sql/batch.ts';
import { siteKey } from '../async/spans.ts';
import { loopsOf, type StatementLoop } from './statement-loops.ts';
import type { StatementRoute, StatementUse } from './statement-use.ts';

/**
 * Fewer than this in a request is a choice, not a loop: Sentry's N+1 detector and the Node agent
 * `nplusone` both begin at five, the latter at five different parameter lists.
 */
export const leastPerRequest = 5;

/**
 * What only one request of so many did is a cache that warms up, not a habit of the route. Of fewer
 * requests than these, one is enough.
 */
const habitualFrom = 20;

/** A loop with what its statements cost on all routes. */
export interface LoopOfUses {
  readonly outer: StatementUse;
  readonly beside: readonly StatementUse[];
  readonly nested: readonly StatementUse[];
  /** As a request shows it that ran it most often; null without a trace of it. */
  readonly seen: { readonly loop: StatementLoop; readonly trace: Trace } | null;
}

/** Different values each time: the same value again is a repeated read, and paging is no lookup. */
export function isLookupLoop(use: StatementUse, route: StatementRoute): boolean {
  return (
    route.perRequest >= leastPerRequest &&
    route.distinctPerRequest >= leastPerRequest &&
    isLookup(use.exampleText, use.exampleParameters)
  );
}

/** Statements with the routes on which they run in a loop. */
export function loopingUses(uses: readonly StatementUse[]): readonly StatementUse[] {
  return uses.flatMap((use) => {
    const routes = use.routes.filter((route) => isHabit(route) && isLookupLoop(use, route));
    return routes.length === 0 ? [] : [{ ...use, routes }];
  });
}

function isHabit({ measured, requests }: StatementRoute): boolean {
  return requests > 1 || measured.count < habitualFrom;
}

/** Joins the statements of one loop; the loops that cost most come first. */
export function loopsOfUses(uses: readonly StatementUse[]): readonly LoopOfUses[] {
  const left = new Map(uses.map((use) => [keyOf(use), use]));
  const found: LoopOfUses[] = [];
  for (const { loop, trace } of loopsSeen(uses)) {
    const take = (key: string): readonly StatementUse[] => {
      const use = left.get(key);
      left.delete(key);
      return use === undefined ? [] : [use];
    };
    const [outer] = take(loop.outer.key);
    // Another route showed this loop already; what it has beside it here is found by itself.
    if (outer === undefined) continue;
    found.push({
      outer,
      beside: loop.beside.flatMap(({ key }) => take(key)),
      nested: loop.nested.flatMap(({ key }) => take(key)),
      seen: { loop, trace },
    });
  }
  const alone = [...left.values()].map((outer): LoopOfUses => ({
    outer,
    beside: [],
    nested: [],
    seen: null,
  }));
  return [...found, ...alone];
}

/** The loops of each route's request that repeats these statements most, the dearest route first. */
function loopsSeen(
  uses: readonly StatementUse[],
): readonly { readonly loop: StatementLoop; readonly trace: Trace }[] {
  const byRoute = Map.groupBy(
    uses.flatMap((use) => use.routes.map((route) => ({ use, route }))),
    ({ route }) => route.measured.route,
  );
  const costOf = (parts: readonly { readonly route: StatementRoute }[]): number =>
    parts.reduce((sum, { route }) => sum + route.heldMs * route.measured.count, 0);
  return [...byRoute.values()]
    .toSorted((a, b) => costOf(b) - costOf(a))
    .flatMap((parts) => {
      const keys = new Set(parts.map(({ use }) => keyOf(use)));
      const traces = parts[0]?.route.measured.traces ?? [];
      const executions = ({ spans }: Trace): number =>
        spans.filter((span) => span.kind === 'statement' && keys.has(siteKey(span))).length;
      const [trace] = traces.toSorted((a, b) => executions(b) - executions(a));
      return trace === undefined ? [] : loopsOf(trace, keys).map((loop) => ({ loop, trace }));
    });
}

/** As `siteKey` names the spans of a statement. */
export function keyOf({ text, callSite }: StatementUse): string {
  return siteKey({ name: text, callSite });
}
