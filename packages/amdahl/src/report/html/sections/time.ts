import { formatMs } from '@amdahl/metrics';
import { tiers, type RouteSummary } from '../../../artifacts/run-result.ts';
import { isVoid } from '../../overview.ts';
import { stackedBar, tierLegend, tierNames } from '../charts/stacked-bar.ts';
import type { PageContext } from '../context.ts';
import { html, type Markup } from '../markup.ts';

const mostNamed = 3;

/** Where the time of each route goes, all on one scale, the routes that cost the load most first. */
export function timeSection({ result }: PageContext): Markup {
  const seen = result.routes.filter((route) => route.timeByTier !== null);
  if (isVoid(result) || seen.length === 0) return html``;
  const scaleMs = Math.max(...seen.map(totalMs));
  const byWeight = seen.toSorted(
    (a, b) => b.requestShare * totalMs(b) - a.requestShare * totalMs(a),
  );
  return html`<section id="time" aria-labelledby="time-title">
    <div class="wide">
      <h2 id="time-title">Where the time goes</h2>
      <p class="quiet lead">
        Mean time of a request by what it waited for, each moment counted once. Routes that take
        most of the load’s time come first.
      </p>
      ${tierLegend(seen)}
      <ul class="budgets">
        ${byWeight.map((route) => budget(route, scaleMs))}
      </ul>
    </div>
  </section>`;
}

function budget(route: RouteSummary, scaleMs: number): Markup {
  const times = route.timeByTier as NonNullable<RouteSummary['timeByTier']>;
  const largest = tiers
    .filter((tier) => times[tier] >= 0.02 * totalMs(route))
    .toSorted((a, b) => times[b] - times[a])
    .slice(0, mostNamed);
  return html`<li>
    <div class="budget-label">
      <span class="route">${route.route}</span
      ><span class="quiet"
        >${largest.map((tier, index) => html`${index > 0 && ' · '}${tierNames[tier].name} ${formatMs(times[tier])}`)}</span
      ><b>${formatMs(totalMs(route))}</b>
    </div>
    ${stackedBar(times, scaleMs)}
  </li>`;
}

function totalMs(route: RouteSummary): number {
  return tiers.reduce((sum, tier) => sum + (route.timeByTier?.[tier] ?? 0), 0);
}
