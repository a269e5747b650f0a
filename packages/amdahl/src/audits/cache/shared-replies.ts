import type { LoadArtifact } from '../../artifacts/artifacts.ts';
import type { SampledResponse } from '../../artifacts/responses.ts';
import { boundedGain, heldShare } from '../../predict/amdahl.ts';
import { routeTimesFor, type RouteTimes } from '../../predict/route-times.ts';
import { ttlHitRatio } from '../../predict/ttl-cache.ts';
import { listed } from '../../wording.ts';
import type { Finding, RouteGain } from '../finding.ts';
import { findingId } from '../finding-id.ts';
import { headersTable } from './headers-table.ts';
import { hasLifetime, hasValidators, isAsset, isPersonal } from './http-headers.ts';

/** Lifetime the prediction gives shared replies: short enough that few services would mind. */
const sharedLifetimeSeconds = 10;

/** Pages and API replies that came out the same twice and that nothing lets a cache keep. */
export function sharedReplies(
  responses: readonly SampledResponse[],
  load: LoadArtifact,
): readonly Finding[] {
  const uncacheable = responses.filter(
    (response) =>
      !isAsset(response) &&
      response.status === 200 &&
      response.repeatable &&
      !isPersonal(response) &&
      !hasLifetime(response) &&
      !hasValidators(response),
  );
  if (uncacheable.length === 0) return [];
  const gains = uncacheable.flatMap((response) => {
    const times = routeTimesFor(load.result, response.route);
    return times === null ? [] : [sharedGain(times)];
  });
  return [
    {
      id: findingId('uncacheable-response', 'shared'),
      audit: 'uncacheable-response',
      step: 'cache',
      title: `${listed(uncacheable.map((response) => response.route))} could be kept by a cache, and may not`,
      where: null,
      routes: gains.map((gain) => ({ route: gain.route, share: heldShare(gain) })),
      evidence: [headersTable('The same twice, asked for without cookies', uncacheable)],
      remedy: {
        title: 'Say how long the reply lives and how to tell whether it changed',
        risk: 'medium',
        actions: [
          'Send an ETag made from the content, and answer 304 when the client holds it already.',
          `Where a few seconds of staleness do no harm, let shared caches keep it: s-maxage=${sharedLifetimeSeconds}, with stale-while-revalidate.`,
          'Mark what is one person’s `private`, so that no shared cache ever keeps it.',
        ],
        change: {
          kind: 'diff',
          title: 'Headers',
          language: 'http',
          before: '',
          after: `etag: "<digest of the content>"\ncache-control: public, max-age=0, s-maxage=${sharedLifetimeSeconds}, stale-while-revalidate=30`,
        },
        rollback:
          'Send `cache-control: no-cache`; caches ask again at once when the lifetime is over.',
      },
      prediction: {
        method: 'ttl-cache',
        explanation:
          `Share of requests a cache answers when a reply lives ${sharedLifetimeSeconds} s, λT/(1+λT) ` +
          `at the measured rate. A route with parameters has many replies; how its requests spread ` +
          `over them the run does not know, so it counts only in the upper end.`,
        assumes: 'a shared cache in front of the service: a CDN or a reverse proxy',
        gains,
      },
    },
  ];
}

function sharedGain(times: RouteTimes): RouteGain {
  const hitMs = ttlHitRatio(times.ratePerSecond, sharedLifetimeSeconds) * times.meanMs;
  const isOneReply = !/[:{*]/.test(times.route.replace(/^\w+ /, ''));
  const certainMs = isOneReply ? hitMs : 0;
  const gainMs = { low: certainMs, mid: certainMs, high: hitMs };
  return boundedGain(times.route, times.meanMs, times.meanMs, gainMs);
}
