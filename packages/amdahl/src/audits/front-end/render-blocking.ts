import type { LoadArtifact } from '../../artifacts/artifacts.ts';
import type { PageResource, SampledResponse } from '../../artifacts/responses.ts';
import { boundedGain, heldShare } from '../../predict/amdahl.ts';
import { assumedLink, linkAssumed, newTransferMs, transferSaving } from '../../predict/link.ts';
import { routeTimesFor } from '../../predict/route-times.ts';
import { counted, formatBytes, listed } from '../../wording.ts';
import { defineAudit, type Audit } from '../audit.ts';
import type { Finding, Interval, RouteGain } from '../finding.ts';
import { findingId } from '../finding-id.ts';

export const renderBlocking: Audit = defineAudit({
  id: 'render-blocking',
  step: 'front-end',
  title: 'Render-blocking scripts and styles',
  description:
    'Scripts without defer or async, and style sheets, in the head of a page are fetched and run ' +
    'before the browser paints anything.',
  needs: ['responses', 'load'],
  audit: ({ responses, load }) => {
    const byUrl = new Map(responses.responses.map((response) => [response.url, response]));
    const pages = responses.responses
      .filter((response) => response.kind === 'page')
      .map((page) => ({ page, blocking: blockingOf(page, byUrl) }))
      .filter(({ blocking }) => blocking.length > 0);
    return pages.length === 0 ? [] : [toFinding(pages, load)];
  },
});

interface Blocking {
  readonly resource: PageResource;
  /** Null when the resource was not sampled. */
  readonly sentBytes: number | null;
}

interface BlockedPage {
  readonly page: SampledResponse;
  readonly blocking: readonly Blocking[];
}

function blockingOf(
  page: SampledResponse,
  byUrl: ReadonlyMap<string, SampledResponse>,
): readonly Blocking[] {
  return page.resources
    .filter((resource) => resource.renderBlocking)
    .map((resource) => ({ resource, sentBytes: byUrl.get(resource.url)?.sentBytes ?? null }));
}

function toFinding(pages: readonly BlockedPage[], load: LoadArtifact): Finding {
  const distinct = new Map(
    pages.flatMap(({ blocking }) => blocking.map((each) => [each.resource.url, each] as const)),
  );
  const resources = [...distinct.values()];
  const bytes = resources.reduce((sum, { sentBytes }) => sum + (sentBytes ?? 0), 0);
  const gains = pages.flatMap((page) => gainOf(page, load));
  return {
    id: findingId('render-blocking'),
    audit: 'render-blocking',
    step: 'front-end',
    title: `${counted(resources.length, 'resource')}, ${formatBytes(bytes)}, before the first paint of ${listed(pages.map(({ page }) => page.route))}`,
    where: null,
    routes: gains.map((gain) => ({ route: gain.route, share: heldShare(gain) })),
    evidence: [
      {
        kind: 'table',
        title: 'What the first paint waits for',
        columns: [
          { label: 'Resource', unit: 'none' },
          { label: 'Kind', unit: 'none' },
          { label: 'Size', unit: 'bytes' },
          { label: 'Pages', unit: 'count' },
        ],
        rows: resources.map(({ resource, sentBytes }) => [
          pathOf(resource.url),
          resource.kind,
          sentBytes,
          pages.filter(({ blocking }) =>
            blocking.some((each) => each.resource.url === resource.url),
          ).length,
        ]),
      },
    ],
    remedy: {
      title: 'Let the first paint wait for nothing',
      risk: 'medium',
      actions: [
        'Give scripts `defer`: they are fetched beside the page and run in order once it is parsed.',
        'Inline the few rules the first screen needs and load the rest of the style sheet without blocking.',
        'Give images width and height at the same time: painted earlier, a page without them jumps.',
      ],
      change: {
        kind: 'diff',
        title: 'In the head of the page',
        language: 'html',
        before: resources.map(({ resource }) => elementOf(resource)).join('\n'),
        after: resources.map(({ resource }) => unblockedElementOf(resource)).join('\n'),
      },
      rollback: 'Restore the elements as they were.',
    },
    prediction: {
      method: 'link',
      explanation:
        'A round trip to ask for the resources and the time they take on the link, before the first ' +
        'paint. Scripts that run long, and images that compete for the link, are not counted.',
      assumes: linkAssumed,
      gains,
    },
  };
}

/** Time to the first paint, not to the last byte: that is what these resources hold up. */
function gainOf({ page, blocking }: BlockedPage, load: LoadArtifact): readonly RouteGain[] {
  const times = routeTimesFor(load.result, page.route);
  if (times === null) return [];
  const bytes = blocking.reduce((sum, { sentBytes }) => sum + (sentBytes ?? 0), 0);
  const transfer = transferSaving(page.sentBytes + bytes, page.sentBytes);
  // Asked for while the page still arrives, they may cost no round trip of their own.
  const gainMs: Interval = {
    low: transfer.low,
    mid: transfer.mid + assumedLink.roundTripMs / 2,
    high: transfer.high + assumedLink.roundTripMs,
  };
  const paintMs = newTransferMs(page.sentBytes + bytes) + assumedLink.roundTripMs;
  return [boundedGain(page.route, times.meanMs + paintMs, gainMs.high, gainMs)];
}

function elementOf({ kind, url }: PageResource): string {
  return kind === 'script'
    ? `<script src="${pathOf(url)}"></script>`
    : `<link rel="stylesheet" href="${pathOf(url)}">`;
}

function unblockedElementOf({ kind, url }: PageResource): string {
  return kind === 'script'
    ? `<script defer src="${pathOf(url)}"></script>`
    : `<style>/* rules of the first screen */</style>\n<link rel="preload" as="style" href="${pathOf(url)}">`;
}

function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : url;
}
