import type { LoadArtifact } from '../../artifacts/artifacts.ts';
import type { SampledResponse } from '../../artifacts/responses.ts';
import { boundedGain, heldShare } from '../../predict/amdahl.ts';
import { linkAssumed, newTransferMs, transferSaving } from '../../predict/link.ts';
import { routeTimesFor } from '../../predict/route-times.ts';
import { counted, formatBytes } from '../../wording.ts';
import type { Finding, RouteGain } from '../finding.ts';
import { findingId } from '../finding-id.ts';
import { headersTable } from './headers-table.ts';
import { hasLifetime, header, isAsset } from './http-headers.ts';
import { viewsOf, type View } from './views.ts';

/**
 * Share of page views by users whose browser holds the page's assets from an earlier view. Yahoo
 * found 80 % (T. Theurer, "Browser Cache Usage – Exposed!", YUI blog, 2007); half is the cautious
 * figure.
 */
const repeatViewShare = 0.5;

/** Scripts, styles, images and fonts without a lifetime, fetched or asked after on every view. */
export function shortLivedAssets(
  responses: readonly SampledResponse[],
  load: LoadArtifact,
): readonly Finding[] {
  const shortLived = responses.filter(
    (response) => isAsset(response) && response.status === 200 && !hasLifetime(response),
  );
  if (shortLived.length === 0) return [];
  const bytes = shortLived.reduce((sum, response) => sum + response.sentBytes, 0);
  const gains = viewsOf(responses).flatMap((view) => assetGain(view, load));
  return [
    {
      id: findingId('uncacheable-response', 'assets'),
      audit: 'uncacheable-response',
      step: 'cache',
      title: `${counted(shortLived.length, 'asset')} without a lifetime: ${formatBytes(bytes)} fetched again on repeat views`,
      where: null,
      routes: gains.map((gain) => ({ route: gain.route, share: heldShare(gain) })),
      evidence: [headersTable('Assets and what their headers say', shortLived)],
      remedy: {
        title: 'Name assets by their content and let them live a year',
        risk: 'low',
        actions: [
          'Put a digest of the content into each asset’s file name when it is built: a changed asset is then a new URL.',
          'Send those with `cache-control: public, max-age=31536000, immutable`.',
          'Keep the page itself revalidated, so that it names the current assets.',
        ],
        change: {
          kind: 'diff',
          title: `Headers of ${shortLived[0]?.route ?? 'an asset'}`,
          language: 'http',
          before: `cache-control: ${(shortLived[0] && header(shortLived[0], 'cache-control')) || '(none)'}`,
          after: 'cache-control: public, max-age=31536000, immutable',
        },
        rollback: 'Assets already kept stay kept: change their names.',
      },
      prediction: {
        method: 'link',
        explanation:
          `Time the assets take on the link, saved on repeat views: none of the views (low), half of ` +
          `them (middle), all (high). A first view gains nothing.`,
        assumes: `${linkAssumed}; ${repeatViewShare * 100} % of views are repeat views`,
        gains,
      },
    },
  ];
}

function assetGain(view: View, load: LoadArtifact): readonly RouteGain[] {
  const times = routeTimesFor(load.result, view.route);
  const kept = view.responses.filter((response) => isAsset(response) && !hasLifetime(response));
  if (times === null || kept.length === 0) return [];
  const bytesOf = (responses: readonly SampledResponse[]): number =>
    responses.reduce((sum, response) => sum + response.sentBytes, 0);
  const all = bytesOf(view.responses);
  const saving = transferSaving(all, all - bytesOf(kept));
  const gainMs = { low: 0, mid: saving.mid * repeatViewShare, high: saving.high };
  const transferMs = newTransferMs(all);
  return [boundedGain(view.route, times.meanMs + transferMs, transferMs, gainMs)];
}
