import type { Span, Trace } from '@amdahl/agent/protocol';
import { formatMs } from '@amdahl/metrics';
import { heldShare } from '../../predict/amdahl.ts';
import { dragUs } from '../../predict/retime.ts';
import { measuredRoutes } from '../../predict/time-budget.ts';
import { listed, shortPath } from '../../wording.ts';
import { defineAudit, type Audit } from '../audit.ts';
import type { Finding } from '../finding.ts';
import { findingId } from '../finding-id.ts';
import { callEvidence, callSketch } from './call-details.ts';
import { sideEffects } from './side-effects.ts';
import { routeSaving, type RouteSaving, type TraceSaving } from './trace-savings.ts';

export const deferrableWork: Audit = defineAudit({
  id: 'deferrable-work',
  step: 'async',
  title: 'Work the reply does not need',
  description:
    'A request sends mail, builds a report or tells another service before it answers, though ' +
    'nothing in the reply comes from that work. As a job it is done just as surely, after the reply.',
  needs: ['agent', 'load'],
  audit: ({ agent, load }) =>
    measuredRoutes(agent, load)
      .flatMap((route) => routeSaving(route, (trace) => savingWithout(trace)) ?? [])
      .map(toFinding),
});

function savingWithout(trace: Trace): TraceSaving | null {
  const { deferrable } = sideEffects(trace);
  if (deferrable.length === 0) return null;
  const savedUs = dragUs(trace, (span) => deferrable.includes(span));
  return { savedUs, heldUs: savedUs, spans: deferrable };
}

function toFinding({ route, gain, example, saving }: RouteSaving): Finding {
  const { spans } = saving;
  const placed = spans.filter((span) => span.callSite !== null);
  const longest = placed.toSorted((a, b) => b.durationUs - a.durationUs)[0];
  const where = longest?.callSite ?? null;
  return {
    id: findingId('deferrable-work', route.route),
    audit: 'deferrable-work',
    step: 'async',
    title: `${route.route} answers only after ${listed(workOf(spans))}`,
    where,
    routes: [{ route: route.route, share: heldShare(gain) }],
    evidence: callEvidence(example, saving.spans, where),
    remedy: {
      title: 'Queue it as a job and answer at once',
      risk: 'medium',
      actions: [
        'Write the job in the same transaction as the data it is about, so that neither exists without the other.',
        'Answer as soon as the transaction is committed; a worker does the rest and retries what fails.',
        'Make the job safe to run twice: a worker may die after the work and before it says so.',
      ],
      change: callSketch('Within the request, and as a job', saving.spans, () => [
        'await jobs.add(name, { id }); // committed with the data',
        'return reply;',
      ]),
      rollback: 'Call the job’s function from the request again.',
    },
    prediction: {
      method: 'critical-path',
      explanation:
        `Traces laid out again without this work: the request shown would take ` +
        `${formatMs((example.durationUs - saving.savedUs) / 1_000)} instead of ` +
        `${formatMs(example.durationUs / 1_000)}. Computing between the calls is not counted.`,
      gains: [gain],
    },
  };
}

/**
 * The work by the functions that ask for it; by what it is where no code was seen to ask. Later
 * parts of a conversation are the library's doing and belong to whoever began it.
 */
function workOf(spans: readonly Span[]): readonly string[] {
  const asked = spans.filter((span) => span.callSite !== null);
  const others = spans.filter(
    (span) => span.callSite === null && !asked.some(({ name }) => name === span.name),
  );
  return [...new Set([...asked.map(functionOf), ...others.map(kindOf)])];
}

function functionOf({ callSite }: Span): string {
  return callSite === null ? '' : `${callSite.functionName} (${shortPath(callSite.file)})`;
}

function kindOf(span: Span): string {
  if (span.kind === 'http') return `a call to ${span.name}`;
  if (span.kind === 'statement') return 'building a report';
  return `a conversation with ${span.name}`;
}
