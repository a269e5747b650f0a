import type { Trace } from '@amdahl/agent/protocol';
import { formatMs } from '@amdahl/metrics';
import { heldShare } from '../../predict/amdahl.ts';
import { dragUs } from '../../predict/retime.ts';
import { measuredRoutes } from '../../predict/time-budget.ts';
import { counted } from '../../wording.ts';
import { defineAudit, type Audit } from '../audit.ts';
import type { Finding } from '../finding.ts';
import { findingId } from '../finding-id.ts';
import { callEvidence, callSketch } from './call-details.ts';
import { sideEffects } from './side-effects.ts';
import { routeSaving, type RouteSaving, type TraceSaving } from './trace-savings.ts';

export const fanOut: Audit = defineAudit({
  id: 'fan-out',
  step: 'async',
  title: 'One request tells several services',
  description:
    'After its own work a request calls several services that each want to know of it. It waits for ' +
    'all of them and fails when one does; an event is published once and each consumer takes it in ' +
    'its own time.',
  needs: ['agent', 'load'],
  audit: ({ agent, load }) =>
    measuredRoutes(agent, load)
      .flatMap((route) => routeSaving(route, savingWithout) ?? [])
      .map(toFinding),
});

function savingWithout(trace: Trace): TraceSaving | null {
  const { announcements } = sideEffects(trace);
  if (announcements.length === 0) return null;
  const savedUs = dragUs(trace, (span) => announcements.includes(span));
  return { savedUs, heldUs: savedUs, spans: announcements };
}

function toFinding({ route, gain, example, saving }: RouteSaving): Finding {
  const peers = new Set(saving.spans.map((span) => span.name)).size;
  const where = saving.spans[0]?.callSite ?? null;
  return {
    id: findingId('fan-out', route.route),
    audit: 'fan-out',
    step: 'async',
    title: `${route.route} tells ${counted(peers, 'service')} before it answers`,
    where,
    routes: [{ route: route.route, share: heldShare(gain) }],
    evidence: callEvidence(example, saving.spans, where),
    remedy: {
      title: 'Publish one event instead',
      risk: 'high',
      actions: [
        'Publish the event once, in the same transaction as the data (an outbox), and answer.',
        'Let each service subscribe; it acknowledges an event only after its work is done.',
        'Expect an event twice now and then, and out of order: consumers must not mind.',
      ],
      change: callSketch('Each service called, and one event', saving.spans, () => [
        'await events.publish({ type, data }); // committed with the data',
        'return reply;',
      ]),
      rollback: 'Call the services from the request again.',
    },
    prediction: {
      method: 'critical-path',
      explanation:
        `Traces laid out again without these calls: the request shown would take ` +
        `${formatMs((example.durationUs - saving.savedUs) / 1_000)} instead of ` +
        `${formatMs(example.durationUs / 1_000)}.`,
      gains: [gain],
    },
  };
}
