import type { Span, Trace } from '@amdahl/agent/protocol';
import { formatMs } from '@amdahl/metrics';
import { boundedGain } from '../../predict/amdahl.ts';
import { endUs } from '../../predict/retime.ts';
import { coveredUs } from '../../predict/round-trips.ts';
import { readThenWrite } from '../../sql/batch-writes.ts';
import { shortened } from '../../wording.ts';
import { siteKey } from '../async/spans.ts';
import type { Finding } from '../finding.ts';
import { findingId, stableSite } from '../finding-id.ts';
import { keyOf } from './loop-of-uses.ts';
import {
  codeDetail,
  impactsOf,
  isWorthIt,
  statementDetail,
  traceDetail,
} from './statement-finding.ts';
import type { StatementRoute, StatementUse } from './statement-use.ts';
import { transactionDetails, transactionsOf } from './transactions.ts';

/** A row read and then changed by the same key in one transaction. */
interface Pair {
  readonly read: StatementUse;
  readonly write: StatementUse;
  /** The change with RETURNING in place of both. */
  readonly text: string;
  readonly seen: readonly [Seen, ...Seen[]];
}

interface Seen {
  readonly route: StatementRoute;
  readonly trace: Trace;
}

/** The part of `chatty-transaction` that finds a read and a change where one statement would do. */
export function readThenWriteFindings(uses: readonly StatementUse[]): readonly Finding[] {
  const updates = uses.filter(({ text }) => /^\s*update\b/i.test(text));
  const reads = uses.filter(({ text }) => /^\s*select\b/i.test(text));
  return updates.flatMap((write) =>
    reads.flatMap((read) => {
      const text = readThenWrite(read.exampleText, write.exampleText);
      if (text === null) return [];
      const [first, ...others] = write.routes.flatMap((route): readonly Seen[] => {
        const { traces } = route.measured;
        if (traces.some((each) => worksBetween(each, read, write))) return [];
        const trace = traces.find((each) => showsPair(each, read, write));
        return trace === undefined ? [] : [{ route, trace }];
      });
      return first === undefined ? [] : toFinding({ read, write, text, seen: [first, ...others] });
    }),
  );
}

/** Whether a transaction has both, as often, the read first and nothing else asked with its answer. */
function showsPair(trace: Trace, read: StatementUse, write: StatementUse): boolean {
  const [readKey, writeKey] = [keyOf(read), keyOf(write)];
  return transactionsOf(trace).some(({ spans }) => {
    const reads = spans.filter((span) => siteKey(span) === readKey);
    const writes = spans.filter((span) => siteKey(span) === writeKey);
    const [first] = reads;
    return (
      first !== undefined &&
      reads.length === writes.length &&
      spans.indexOf(first) < spans.indexOf(writes[0] as Span) &&
      !trace.spans.some(({ needs }) => reads.some(({ id }) => needs.includes(id)))
    );
  });
}

/**
 * Whether the app calls something outside between the read and the change, for longer than the round
 * trip that one statement would save: the change then waits for the outcome, or the transaction for
 * nothing. Either way the call is what it is open for, which `idle-in-transaction` and
 * `lock-contention` are about.
 */
function worksBetween(trace: Trace, read: StatementUse, write: StatementUse): boolean {
  const calls = trace.spans.filter(({ kind }) => kind === 'http' || kind === 'socket');
  if (calls.length === 0) return false;
  const [readKey, writeKey] = [keyOf(read), keyOf(write)];
  return transactionsOf(trace).some(({ spans }) => {
    const writes = spans.filter((span) => siteKey(span) === writeKey);
    return spans
      .filter((span) => siteKey(span) === readKey)
      .some((asked, index) => {
        const changed = writes[index];
        if (changed === undefined) return false;
        const callingUs = coveredUs(clipped(calls, endUs(asked), changed.startUs));
        return callingUs > Math.min(asked.durationUs, changed.durationUs);
      });
  });
}

/** What of these spans lies within a stretch of time. */
function clipped(spans: readonly Span[], fromUs: number, toUs: number): readonly Span[] {
  return spans.map((span) => {
    const startUs = Math.max(span.startUs, fromUs);
    return { ...span, startUs, durationUs: Math.max(0, Math.min(endUs(span), toUs) - startUs) };
  });
}

function toFinding({ read, write, text, seen }: Pair): readonly Finding[] {
  const [{ route: worst, trace }] = seen;
  // What the read takes beyond that is the wait for a lock, which the change then waits for.
  const tripMs = Math.min(read.meanMs, write.meanMs);
  const gains = seen.map(({ route }) => {
    const savedMs = tripMs * route.perRequest;
    const saved = { low: 0, mid: savedMs, high: savedMs };
    return boundedGain(route.measured.route, route.beforeMs, savedMs, saved);
  });
  if (!isWorthIt(gains)) return [];
  const keys = new Set([keyOf(read), keyOf(write)]);
  return [
    {
      id: findingId('chatty-transaction', read.text, write.text, stableSite(write.callSite)),
      audit: 'chatty-transaction',
      step: 'queries',
      title: `${worst.measured.route} reads a row and then changes it: "${shortened(write.text, 60)}"`,
      where: write.callSite,
      routes: impactsOf(gains),
      evidence: [
        statementDetail(read, 'Read first'),
        statementDetail(write, 'Then changed by the same key'),
        ...transactionDetails(trace, keys),
        ...codeDetail(write.callSite),
        ...traceDetail([trace], (span) => span.kind === 'statement' && keys.has(siteKey(span))),
      ],
      remedy: {
        title: 'Change the row and return it',
        risk: 'medium',
        actions: [
          'Put what the app checks between the two into the WHERE clause; no row changed then means that the check failed.',
          'Take the values after the change from RETURNING; PostgreSQL 18 also returns those before it, as old.column.',
        ],
        change: {
          kind: 'diff',
          title: 'In one statement',
          language: 'sql',
          before: `${read.exampleText};\n\n${write.exampleText}`,
          after: text,
        },
        rollback: 'Read first again.',
      },
      prediction: {
        method: 'batching',
        explanation: `One round trip of ${formatMs(tripMs)} goes for each row; nothing does where the change depends on what is read in a way SQL cannot say.`,
        gains,
      },
    },
  ];
}
