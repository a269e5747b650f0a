import type { Span, Trace } from '@amdahl/agent/protocol';
import { coveredUs } from '../../predict/round-trips.ts';
import { endUs } from '../../predict/retime.ts';
import { siteKey } from '../async/spans.ts';
import type { Detail } from '../detail.ts';

/** What ran between BEGIN and COMMIT or ROLLBACK on one connection. */
export interface Transaction {
  /** BEGIN and COMMIT included, in order of time. */
  readonly spans: readonly Span[];
  readonly durationUs: number;
  /** Time in which the server waited for the app's next statement, holding every lock taken. */
  readonly idleUs: number;
}

const begins = /^\s*(begin|start\s+transaction)\b/i;
const ends = /^\s*(commit|end|rollback(?!\s+to)|abort)\b/i;

/**
 * The transactions of a request. Connections the driver does not tell apart count as one; a
 * transaction that is still open when the request ends lasts as long as it was seen.
 */
export function transactionsOf({ spans }: Trace): readonly Transaction[] {
  const statements = spans
    .filter(({ kind }) => kind === 'statement')
    .toSorted((a, b) => a.startUs - b.startUs || a.id - b.id);
  const found: Transaction[] = [];
  for (const ofConnection of Map.groupBy(statements, ({ connection }) => connection).values()) {
    let open: Span[] | null = null;
    for (const span of ofConnection) {
      if (begins.test(span.name)) open = [];
      open?.push(span);
      if (open === null || !ends.test(span.name)) continue;
      found.push(transactionOf(open));
      open = null;
    }
    if (open !== null) found.push(transactionOf(open));
  }
  return found;
}

function transactionOf(spans: readonly Span[]): Transaction {
  const durationUs = Math.max(...spans.map(endUs)) - (spans[0]?.startUs ?? 0);
  return { spans, durationUs, idleUs: durationUs - coveredUs(spans) };
}

/** What the transaction around these statements held, in a request that shows it. */
export function transactionDetails(
  trace: Trace | undefined,
  keys: ReadonlySet<string>,
): readonly Detail[] {
  const around = (trace === undefined ? [] : transactionsOf(trace)).find(({ spans }) =>
    spans.some((span) => keys.has(siteKey(span))),
  );
  if (around === undefined) return [];
  const { spans, durationUs, idleUs } = around;
  return [
    { kind: 'number', label: 'Round trips in the transaction', value: spans.length, unit: 'count' },
    { kind: 'number', label: 'Transaction open', value: durationUs / 1_000, unit: 'ms' },
    { kind: 'number', label: 'Of it idle, between statements', value: idleUs / 1_000, unit: 'ms' },
  ];
}
