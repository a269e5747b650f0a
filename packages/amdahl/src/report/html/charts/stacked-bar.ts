import { formatMs } from '@amdahl/metrics';
import { tiers, type RouteSummary, type Tier } from '../../../artifacts/run-result.ts';
import { html, type Markup } from '../markup.ts';

export const tierNames: Readonly<
  Record<Tier, { readonly name: string; readonly meaning: string }>
> = {
  database: { name: 'Database', meaning: 'a statement runs' },
  pool: { name: 'Pool', meaning: 'waiting for a connection' },
  http: { name: 'HTTP', meaning: 'waiting for another service' },
  socket: { name: 'Socket', meaning: 'mail, cache, queue' },
  compute: { name: 'Compute', meaning: 'the event loop is busy' },
  other: { name: 'Other', meaning: 'timers, files, unseen waits' },
  outside: { name: 'Outside', meaning: 'before and after the app: accept queue, network' },
};

/** Mean time of a route by tier, on a scale of its own or one shared with other routes. */
export function stackedBar(
  times: NonNullable<RouteSummary['timeByTier']>,
  scaleMs: number,
): Markup {
  const shown = tiers.filter((tier) => times[tier] > 0);
  const label = shown.map((tier) => `${tierNames[tier].name} ${formatMs(times[tier])}`).join(', ');
  return html`<div class="stack" role="img" aria-label="${label}">
    ${shown.map(
      (tier) =>
        html`<span
          class="tier-${tier}"
          style="width:${((times[tier] / scaleMs) * 100).toFixed(2)}%"
          title="${tierNames[tier].name}: ${formatMs(times[tier])}"
        ></span>`,
    )}
  </div>`;
}

export function tierLegend(routes: readonly RouteSummary[]): Markup {
  const present = tiers.filter((tier) =>
    routes.some((route) => (route.timeByTier?.[tier] ?? 0) > 0),
  );
  return html`<ul class="legend">
    ${present.map(
      (tier) =>
        html`<li>
          <span class="swatch tier-${tier}" aria-hidden="true"></span>${tierNames[tier].name}
          <span class="quiet">${tierNames[tier].meaning}</span>
        </li>`,
    )}
  </ul>`;
}
