import { formatMs } from '@amdahl/metrics';
import type { RouteSummary } from '../../../artifacts/run-result.ts';
import { formatCount, formatShare } from '../../../wording.ts';
import { isVoid } from '../../overview.ts';
import type { PageContext } from '../context.ts';
import { html, type Markup } from '../markup.ts';

/** Response times by route against their objectives. */
export function routesSection({ result }: PageContext): Markup {
  if (isVoid(result) || result.routes.length === 0) return html``;
  const isBounded = result.verdict?.kind === 'bounded';
  return html`<section id="routes" aria-labelledby="routes-title">
    <div class="wide">
      <h2 id="routes-title">Routes</h2>
      <table class="routes">
        <caption>
          Response time from the intended start to the last byte${isBounded && ', as limits'}; the
          band is that of the 95th percentile
        </caption>
        <thead>
          <tr>
            <th scope="col">Route</th>
            <th scope="col" class="number">Requests</th>
            <th scope="col" class="number">Rate</th>
            <th scope="col" class="number">p50</th>
            <th scope="col" class="number">p95</th>
            <th scope="col" class="number">p99</th>
            <th scope="col" class="number">Failed</th>
            <th scope="col">Objective</th>
          </tr>
        </thead>
        <tbody>
          ${result.routes.map(routeRow)}
        </tbody>
      </table>
    </div>
  </section>`;
}

function routeRow(route: RouteSummary): Markup {
  return html`<tr>
    <th scope="row">${route.route}</th>
    <td class="number" data-label="Requests">${formatCount(route.count)}</td>
    <td class="number" data-label="Rate">${formatCount(route.ratePerSecond)}/s</td>
    <td class="number" data-label="p50">${formatMs(route.p50Ms)}</td>
    <td class="number" data-label="p95"><b>${formatMs(route.p95Ms)}</b></td>
    <td class="number" data-label="p99">${formatMs(route.p99Ms)}</td>
    <td class="number${route.errorShare > 0 && ' failed'}" data-label="Failed">
      ${formatShare(route.errorShare)}
    </td>
    <td data-label="Objective">
      <span class="band ${route.band}">${route.band}</span>
      <span class="quiet nowrap">${objectiveText(route)}</span>
    </td>
  </tr>`;
}

function objectiveText({ objective: { goodMs, acceptableMs } }: RouteSummary): string {
  return goodMs === acceptableMs
    ? `up to ${formatMs(goodMs)}`
    : `good to ${formatMs(goodMs)}, accepted to ${formatMs(acceptableMs)}`;
}
