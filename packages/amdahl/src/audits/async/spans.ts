/** What a span does, as far as its name tells. */
import type { Span } from '@amdahl/agent/protocol';
import { endUs } from '../../predict/retime.ts';

const transactionStart = /^\s*(begin|start\s+transaction)\b/i;
const transactionEnd = /^\s*(commit|end|rollback(?!\s+to))\b/i;
const transactionControl = /^\s*(begin|start|commit|end|rollback|savepoint|release|set|prepare)\b/i;
const changesData =
  /^\s*(insert|update|delete|merge|truncate|copy)\b|\b(insert\s+into|delete\s+from)\b/i;
const locksRows = /\bfor\s+(no\s+key\s+)?(update|share|key\s+share)\b/i;
const reads = /^\s*(select|with|values|table)\b/i;

/** A statement that changes data. */
export function isWrite(span: Span): boolean {
  return span.kind === 'statement' && changesData.test(span.name);
}

/** A read that has no effect but its answer: a plain SELECT, or a GET. */
export function isRead(span: Span): boolean {
  if (span.kind === 'http') return /^(GET|HEAD)\s/.test(span.name);
  return (
    span.kind === 'statement' &&
    reads.test(span.name) &&
    !changesData.test(span.name) &&
    !locksRows.test(span.name)
  );
}

/** An HTTP call that asks a peer to do something. */
export function isCommand(span: Span): boolean {
  return span.kind === 'http' && !/^(GET|HEAD|OPTIONS)\s/.test(span.name);
}

/** Waiting for a connection, on the way to the work that uses it. */
export function isConnecting(span: Span): boolean {
  return span.kind === 'pool' || span.kind === 'connect';
}

/**
 * Whether a statement looks up a list of keys nothing earlier is seen to have yielded. Such lists are
 * computed from earlier answers, which values do not show.
 */
export function hasComputedKeys(span: Span): boolean {
  return (
    span.kind === 'statement' &&
    span.needs.length === 0 &&
    /\bany\s*\(\s*\$\d|\bin\s*\(\s*\$\d+\s*,/i.test(span.name)
  );
}

/**
 * Statements that may run on a connection the request opened for itself, not by way of a pool: one
 * connection does one thing at a time.
 */
export function onOwnConnection(spans: readonly Span[]): (span: Span) => boolean {
  const pools = spans.filter((span) => span.kind === 'pool');
  const opened = spans.filter(
    (span) =>
      span.kind === 'connect' &&
      !pools.some((pool) => pool.startUs <= span.startUs && endUs(span) <= endUs(pool)),
  );
  const sinceUs = Math.min(...opened.map(endUs));
  return (span) => span.kind === 'statement' && span.startUs >= sinceUs;
}

/** Spans within a transaction, its control statements included: they share one connection. */
export function inTransaction(spans: readonly Span[]): ReadonlySet<number> {
  const inside = new Set<number>();
  let open = false;
  for (const span of spans.toSorted((a, b) => a.startUs - b.startUs || a.id - b.id)) {
    const isStatement = span.kind === 'statement';
    if (isStatement && transactionStart.test(span.name)) open = true;
    if (open || (isStatement && transactionControl.test(span.name))) inside.add(span.id);
    if (isStatement && transactionEnd.test(span.name)) open = false;
  }
  return inside;
}

/** What a span does and where, the same for each execution of the same line. */
export function siteKey({ name, callSite }: Pick<Span, 'name' | 'callSite'>): string {
  return `${name}\0${callSite === null ? '' : `${callSite.file}:${callSite.line}`}`;
}

/** Whether a span needs another's results, directly or through what lies between. */
export function needs(span: Span, other: Span, spans: readonly Span[]): boolean {
  const byId = new Map(spans.map((each) => [each.id, each]));
  const seen = new Set<number>();
  const pending = [...span.needs];
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    if (id === other.id) return true;
    if (seen.has(id)) continue;
    seen.add(id);
    pending.push(...(byId.get(id)?.needs ?? []));
  }
  return false;
}
