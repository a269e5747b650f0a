/**
 * Transactions as traces of requests show them: which statements ran between BEGIN and COMMIT, which
 * of them took the lock, and what the app did while the transaction was open and idle.
 */
import type { Span, Trace } from '@amdahl/agent/protocol';
import { fingerprint, parseStatement } from '../sql/parser.ts';
import { tablesLockedBy, tablesNamedBy } from './locking-statement.ts';

export interface TracedTransaction {
  readonly trace: Trace;
  /** Its statements from BEGIN to COMMIT, in order. */
  readonly statements: readonly Span[];
}

/** Time in a transaction without a statement: the session is idle, its locks are held. */
export interface IdleGap {
  readonly after: Span;
  readonly ms: number;
  /** The call outside the database that took most of it; null when nothing the agent sees did. */
  readonly call: Span | null;
}

const begins = /^\s*(begin|start\s+transaction)\b/i;
const ends = /^\s*(commit|end|abort|rollback(?!\s+(?:work\s+|transaction\s+)?to\b))\b/i;

/** A trace's transactions. Statements without a known connection are taken to share one. */
export function transactionsOf(trace: Trace): readonly TracedTransaction[] {
  const statements = trace.spans
    .filter((span) => span.kind === 'statement')
    .toSorted((a, b) => a.startUs - b.startUs);
  return [...Map.groupBy(statements, (span) => span.connection ?? -1).values()].flatMap((all) => {
    const transactions: TracedTransaction[] = [];
    let open: Span[] | null = null;
    for (const span of all) {
      if (begins.test(span.name)) open = [];
      open?.push(span);
      if (open !== null && ends.test(span.name)) {
        transactions.push({ trace, statements: open });
        open = null;
      }
    }
    return open === null ? transactions : [...transactions, { trace, statements: open }];
  });
}

/** The transactions in which a statement of this shape ran. */
export function transactionsWith(
  statement: string,
  transactions: readonly TracedTransaction[],
): readonly TracedTransaction[] {
  const shape = fingerprint(statement);
  return transactions.filter(({ statements }) => statements.some((span) => isOfShape(span, shape)));
}

/**
 * The statement that took the lock others wait for: the first one, up to the one the session was
 * seen with, that locks rows of the table (for a lock on the table as a whole: that names it).
 */
export function firstLockOf(
  { statements }: TracedTransaction,
  seen: string,
  tables: readonly string[],
  whole: boolean,
): Span | null {
  const shape = fingerprint(seen);
  const last = statements.findLastIndex((span) => isOfShape(span, shape));
  const reach = whole ? tablesNamedBy : tablesLockedBy;
  return (
    statements
      .slice(0, last + 1)
      .find((span) => reach(textOf(span)).some((name) => tables.includes(name))) ?? null
  );
}

/** When the transaction was idle, longest first; `seen` keeps what followed this statement. */
export function idleGapsOf(
  { trace, statements }: TracedTransaction,
  seen: string | null,
): readonly IdleGap[] {
  const shape = seen === null ? null : fingerprint(seen);
  const gaps: IdleGap[] = [];
  for (const [index, span] of statements.entries()) {
    const next = statements[index + 1];
    if (shape !== null && !isOfShape(span, shape)) continue;
    const fromUs = span.startUs + span.durationUs;
    const toUs = next?.startUs ?? trace.durationUs;
    if (toUs <= fromUs || ends.test(span.name)) continue;
    gaps.push({ after: span, ms: (toUs - fromUs) / 1_000, call: callIn(trace, fromUs, toUs) });
  }
  return gaps.sort((a, b) => b.ms - a.ms);
}

/** The call that covers most of a gap, if it covers half of it. */
function callIn({ spans }: Trace, fromUs: number, toUs: number): Span | null {
  const covered = (span: Span): number =>
    Math.min(toUs, span.startUs + span.durationUs) - Math.max(fromUs, span.startUs);
  const [longest] = spans
    .filter((span) => span.kind === 'http' || span.kind === 'socket')
    .toSorted((a, b) => covered(b) - covered(a));
  return longest !== undefined && covered(longest) * 2 >= toUs - fromUs ? longest : null;
}

function isOfShape({ kind, name }: Span, shape: string): boolean {
  return (
    kind === 'statement' &&
    (fingerprint(name) === shape || fingerprint(withParameters(name)) === shape)
  );
}

/** The statement of a span as SQL. */
export function textOf({ name }: Span): string {
  return parseStatement(name).error === null ? name : withParameters(name);
}

/** The agent puts `?` for literals, which to PostgreSQL is an operator. */
function withParameters(name: string): string {
  return name.replaceAll('?', '$1');
}
