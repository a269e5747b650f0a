/**
 * Which fix buys the most. A finding is worth Σ over routes (predicted gain × share of requests):
 * milliseconds of user-visible time per request of the whole load. Never per cent, since half of
 * little is little. Gains of different findings overlap and are never added up.
 */
import type { Finding, Interval, RouteGain } from '../audits/finding.ts';
import type { RankedFinding, RouteSummary } from '../artifacts/run-result.ts';
import { clampInterval } from './interval.ts';
import { missesObjective } from './objectives.ts';
import { matchingRoutes } from './route-names.ts';

/**
 * Share of a route's mean response time a fix must save there to count as helping it. Less would
 * let a cosmetic fix on a missed route pass a large one elsewhere.
 */
const helpfulShare = 0.05;

/**
 * Findings in the order they should be fixed: first those that help a route missing its objective;
 * last those whose gain rests on an assumption, since milliseconds on an assumed link are not the
 * milliseconds the run measured. Within each group by what they buy, then by id, so that the order
 * is always the same.
 *
 * Findings of the step `measure` are left out: they say what is slow, not why.
 */
export function rankFindings(
  findings: readonly Finding[],
  routes: readonly RouteSummary[],
): readonly RankedFinding[] {
  return findings
    .filter((finding) => finding.step !== 'measure')
    .map((finding) => ({
      ...finding,
      boughtMsPerRequest: boughtMsPerRequest(finding, routes),
      helpsMissedObjective: helpsMissedObjective(finding, routes),
    }))
    .sort(
      (a, b) =>
        Number(b.helpsMissedObjective) - Number(a.helpsMissedObjective) ||
        Number(restsOnAssumption(a)) - Number(restsOnAssumption(b)) ||
        b.boughtMsPerRequest.mid - a.boughtMsPerRequest.mid ||
        (a.id < b.id ? -1 : 1),
    )
    .map((finding, index) => ({ ...finding, rank: index + 1 }));
}

/** Whether the gain supposes more than the run measured. */
export function restsOnAssumption({ prediction }: Finding): boolean {
  return prediction.assumes !== undefined;
}

function boughtMsPerRequest(finding: Finding, routes: readonly RouteSummary[]): Interval {
  const bought = { low: 0, mid: 0, high: 0 };
  for (const gain of finding.prediction.gains) {
    const gainMs = clampInterval(gain.gainMs, 0, gain.boundMs);
    const share = routesOf(gain, routes).reduce((sum, route) => sum + route.requestShare, 0);
    bought.low += gainMs.low * share;
    bought.mid += gainMs.mid * share;
    bought.high += gainMs.high * share;
  }
  return bought;
}

/**
 * An objective was missed on what the run measured; a gain that rests on an assumed link or cache
 * tier does not bring that measurement back into its band.
 */
function helpsMissedObjective(finding: Finding, routes: readonly RouteSummary[]): boolean {
  if (restsOnAssumption(finding)) return false;
  return finding.prediction.gains.some(
    (gain) =>
      gain.gainMs.mid >= gain.beforeMs * helpfulShare &&
      gain.gainMs.mid > 0 &&
      routesOf(gain, routes).some(missesObjective),
  );
}

function routesOf(gain: RouteGain, routes: readonly RouteSummary[]): readonly RouteSummary[] {
  return matchingRoutes(gain.route, routes, (route) => route.route);
}
