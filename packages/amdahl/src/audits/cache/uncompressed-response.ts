import type { SampledResponse } from '../../artifacts/responses.ts';
import type { LoadArtifact } from '../../artifacts/artifacts.ts';
import { boundedGain, heldShare } from '../../predict/amdahl.ts';
import { linkAssumed, newTransferMs, transferSaving } from '../../predict/link.ts';
import { routeTimesFor } from '../../predict/route-times.ts';
import { counted, formatBytes, formatShare } from '../../wording.ts';
import { defineAudit, type Audit } from '../audit.ts';
import { findingId } from '../finding-id.ts';
import type { RouteGain } from '../finding.ts';
import { isCompressible, isEncoded } from './http-headers.ts';
import { viewsOf, type View } from './views.ts';

/** Up to here a body fits into one network packet, and compressing it saves nothing. */
const packetBytes = 1_400;

/** Replies that shrink by less than this are not worth the server's time. */
const leastSavedShare = 0.1;

export const uncompressedResponse: Audit = defineAudit({
  id: 'uncompressed-response',
  step: 'cache',
  title: 'Uncompressed replies',
  description:
    'A reply of text is sent as it is though the client takes gzip and brotli. On any link but ' +
    'loopback its bytes are time.',
  needs: ['responses', 'load'],
  audit: ({ responses, load }) => {
    const wasteful = responses.responses.filter((response) => savedBytes(response) > 0);
    if (wasteful.length === 0) return [];
    const saved = wasteful.reduce((sum, response) => sum + savedBytes(response), 0);
    const sent = wasteful.reduce((sum, response) => sum + response.sentBytes, 0);
    const gains = viewsOf(responses.responses).flatMap((view) => gainOf(view, load));
    return [
      {
        id: findingId('uncompressed-response'),
        audit: 'uncompressed-response',
        step: 'cache',
        title: `${counted(wasteful.length, 'reply', 'replies')} sent uncompressed: ${formatBytes(saved)} of ${formatBytes(sent)} could stay home`,
        where: null,
        routes: gains.map((gain) => ({ route: gain.route, share: heldShare(gain) })),
        evidence: [
          {
            kind: 'table',
            title: 'Really compressed here: gzip at level 6, brotli at quality 4',
            columns: [
              { label: 'Reply', unit: 'none' },
              { label: 'Sent', unit: 'bytes' },
              { label: 'gzip', unit: 'bytes' },
              { label: 'brotli', unit: 'bytes' },
              { label: 'Saved', unit: 'share' },
            ],
            rows: wasteful
              .toSorted((a, b) => savedBytes(b) - savedBytes(a))
              .map((response) => [
                response.route,
                response.sentBytes,
                response.gzipBytes,
                response.brotliBytes,
                savedBytes(response) / response.sentBytes,
              ]),
          },
        ],
        remedy: {
          title: 'Compress text replies',
          risk: 'low',
          actions: [
            'Compress where the reply leaves the service: a middleware such as @fastify/compress or compression, or the proxy in front.',
            'Compress scripts and styles once, when they are built, and send the stored bytes.',
            'Send `vary: accept-encoding`, so that caches keep the forms apart.',
          ],
          change: {
            kind: 'diff',
            title: `Headers of ${wasteful[0]?.route ?? 'the reply'}`,
            language: 'http',
            before: `content-length: ${wasteful[0]?.sentBytes ?? 0}`,
            after: 'content-encoding: br\nvary: accept-encoding',
          },
          rollback: 'Take the middleware out again.',
        },
        prediction: {
          method: 'link',
          explanation:
            `Time the saved bytes take on the link: on connections at full speed (low), on new ones ` +
            `(high). Over loopback, where the run measured, it is next to nothing. Compressing costs ` +
            `the server processor time, which is not counted; ${formatShare(saved / sent)} fewer ` +
            `bytes is what that buys.`,
          assumes: linkAssumed,
          gains,
        },
      },
    ];
  },
});

function savedBytes(response: SampledResponse): number {
  if (isEncoded(response) || !isCompressible(response) || response.sentBytes <= packetBytes) {
    return 0;
  }
  const compressed = Math.min(
    response.gzipBytes ?? response.sentBytes,
    response.brotliBytes ?? response.sentBytes,
  );
  const saved = response.sentBytes - compressed;
  return saved >= leastSavedShare * response.sentBytes ? saved : 0;
}

/** What a first view of the page, or a call of the API, would save. */
function gainOf(view: View, load: LoadArtifact): readonly RouteGain[] {
  const times = routeTimesFor(load.result, view.route);
  const saved = view.responses.reduce((sum, response) => sum + savedBytes(response), 0);
  if (times === null || saved === 0) return [];
  const sent = view.responses.reduce((sum, response) => sum + response.sentBytes, 0);
  const transferMs = newTransferMs(sent);
  const gainMs = transferSaving(sent, sent - saved);
  return [boundedGain(view.route, times.meanMs + transferMs, transferMs, gainMs)];
}
