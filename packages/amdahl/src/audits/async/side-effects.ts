/** Work a request does for others: nothing of its reply seems to come from it. */
import type { Span, Trace } from '@amdahl/agent/protocol';
import { endUs } from '../../predict/retime.ts';
import { isCommand, isRead, isWrite, needs } from './spans.ts';

export interface SideEffects {
  /** Commands to other services, each peer told about something done: candidates for one event. */
  readonly announcements: readonly Span[];
  /** Mail, reports and single commands: candidates for a job. */
  readonly deferrable: readonly Span[];
}

/**
 * Ports of engines whose answers a request does need: Redis, Memcached, AMQP, NATS, Kafka,
 * PostgreSQL, MySQL, MongoDB. Names and numbers are IANA's.
 */
const enginePorts: ReadonlySet<string> = new Set([
  '6379',
  '11211',
  '5672',
  '4222',
  '9092',
  '5432',
  '3306',
  '27017',
]);

/** `count(`, `GROUP BY` and the like: what a report computes, not what a reply repeats. */
const aggregates = /\bgroup\s+by\b|\b(count|sum|avg|min|max|array_agg|json_agg|jsonb_agg)\s*\(/i;

/**
 * The side effects of a request that changes data: of a GET all work is for the reply.
 *
 * - Mail and other raw sockets after the first write, also within its transaction.
 * - Commands over HTTP after the last write: nothing written can depend on their answers. To two
 *   peers or more they are announcements.
 * - Aggregating reads after the last write.
 *
 * Always without those whose results something else needs; side effects may need one another.
 */
export function sideEffects(trace: Trace): SideEffects {
  if (/^(GET|HEAD|OPTIONS)\s/.test(trace.route)) return { announcements: [], deferrable: [] };
  const effects = unneeded(candidates(trace), trace.spans);
  const commands = effects.filter(isCommand);
  const announces = new Set(commands.map((span) => span.name)).size > 1;
  return {
    announcements: announces ? commands : [],
    deferrable: effects.filter((span) => !announces || !isCommand(span)),
  };
}

function candidates({ spans, durationUs }: Trace): readonly Span[] {
  const writeEnds = spans.filter(isWrite).map(endUs);
  const firstWriteUs = writeEnds.length === 0 ? 0 : Math.min(...writeEnds, durationUs);
  const lastWriteUs = Math.max(0, ...writeEnds);
  return spans.filter((span) => {
    if (span.kind === 'socket') return !isEngine(span) && span.startUs >= firstWriteUs;
    if (span.startUs < lastWriteUs) return false;
    return isCommand(span) || (writeEnds.length > 0 && isReport(span));
  });
}

/** Those only others of them need. Taking one out may leave another needed, so it is done until none goes. */
function unneeded(effects: readonly Span[], spans: readonly Span[]): readonly Span[] {
  const kept = effects.filter(
    (span) => !spans.some((later) => !effects.includes(later) && needs(later, span, spans)),
  );
  return kept.length === effects.length ? kept : unneeded(kept, spans);
}

function isEngine({ name }: Span): boolean {
  return enginePorts.has(name.split(':').at(-1) ?? '');
}

function isReport(span: Span): boolean {
  return span.kind === 'statement' && isRead(span) && aggregates.test(span.name);
}
