/**
 * Which statements of a request belong to the same loop.
 *
 * A loop over rows sends one statement or several for each of them, by itself or through functions
 * it calls, one row after the other or all rows at once. Of the spans of one request, the executions
 * of a statement from one place are a group. Two groups are one loop
 *
 * - when one's parameters come from the other's results: what belongs to a row of the loop leads to
 *   something else, once for each (beside it) or several times (nested in it);
 * - when both take their parameters from the same result, and run at the same time or are sent by
 *   the same function.
 *
 * The group that none of the others feeds is the outer one: it is to blame, for without its loop the
 * others would not run as often. Waits for connections lie between and beside statements and are no
 * part of this.
 */
import type { CodeFrame, Span, Trace } from '@amdahl/agent/protocol';
import { endUs } from '../../predict/retime.ts';
import { siteKey } from '../async/spans.ts';

/** The executions of a statement from one place in one request, in order of their start. */
export interface Executions {
  readonly key: string;
  readonly spans: readonly Span[];
}

/** Where the loop's values come from. */
export interface LoopSource {
  readonly statement: string;
  readonly callSite: CodeFrame | null;
  readonly column: string;
}

export interface StatementLoop {
  readonly outer: Executions;
  /** Others that run about as often. */
  readonly beside: readonly Executions[];
  /** Others that run several times for each execution of those. */
  readonly nested: readonly Executions[];
  /** The earlier result that most of the outer statement's values are of; null when none is seen. */
  readonly source: LoopSource | null;
  /**
   * Each execution asks with what the ones before it answered: a tree is walked, or a list is read
   * page by page.
   */
  readonly followsItself: boolean;
  readonly atOnce: boolean;
}

/** From here on a statement runs for each row of another, not once beside it. */
const nestedFrom = 1.5;

/** The loops of a request among the statements with these keys. */
export function loopsOf(trace: Trace, keys: ReadonlySet<string>): readonly StatementLoop[] {
  const groups = executionsOf(trace).filter(({ key, spans }) => keys.has(key) && spans.length > 1);
  const left = new Set(groups);
  const loops: StatementLoop[] = [];
  for (const group of groups) {
    if (!left.delete(group)) continue;
    const members = [group];
    for (let at = 0; at < members.length; at += 1) {
      const member = members[at] as Executions;
      for (const other of left) {
        if (!isOneLoop(member, other)) continue;
        left.delete(other);
        members.push(other);
      }
    }
    loops.push(loopOf(members, trace));
  }
  return loops;
}

/** The statements of a request by what they do and where, those that started first first. */
export function executionsOf({ spans }: Trace): readonly Executions[] {
  const statements = spans
    .filter(({ kind }) => kind === 'statement')
    .toSorted((a, b) => a.startUs - b.startUs || a.id - b.id);
  return [...Map.groupBy(statements, siteKey)].map(([key, group]) => ({ key, spans: group }));
}

/** Share of the group's executions, the first one left out, that ask with its own answers. */
export function ownNeedShare(group: Executions): number {
  return group.spans.length < 2 ? 0 : needCount(group, group) / (group.spans.length - 1);
}

/** How many executions of a group need one of the other group's results. */
function needCount(group: Executions, other: Executions): number {
  const ids = new Set(other.spans.map(({ id }) => id));
  return group.spans.filter(({ needs }) => needs.some((id) => ids.has(id))).length;
}

function feeds(group: Executions, other: Executions): boolean {
  return group !== other && needCount(other, group) >= other.spans.length / 2;
}

function isOneLoop(a: Executions, b: Executions): boolean {
  if (feeds(a, b) || feeds(b, a)) return true;
  const [source, other] = [sourceSpanOf(a), sourceSpanOf(b)];
  if (source !== other) return false;
  const isTogether = startOf(a) <= endOf(b) && startOf(b) <= endOf(a);
  return isSameFunction(a, b) || (source !== null && isTogether);
}

function startOf({ spans }: Executions): number {
  return spans[0]?.startUs ?? 0;
}

function endOf({ spans }: Executions): number {
  return Math.max(...spans.map(endUs));
}

function isSameFunction(a: Executions, b: Executions): boolean {
  const [one, other] = [a.spans[0]?.callSite, b.spans[0]?.callSite];
  return (
    one != null &&
    other != null &&
    one.file === other.file &&
    one.functionName === other.functionName
  );
}

/** The span whose rows most executions take a value from; null when none is seen. */
function sourceSpanOf(group: Executions): number | null {
  const own = new Set(group.spans.map(({ id }) => id));
  const votes = group.spans.flatMap(({ sources = [] }) => [
    ...new Set(sources.map(({ span }) => span).filter((id) => !own.has(id))),
  ]);
  return mostFrequent(votes, group.spans.length / 2);
}

function loopOf(members: readonly Executions[], trace: Trace): StatementLoop {
  const roots = members.filter((group) => !members.some((other) => feeds(other, group)));
  const [outer] = (roots.length > 0 ? roots : members).toSorted(
    (a, b) => startOf(a) - startOf(b),
  ) as [Executions];
  const others = members.filter((group) => group !== outer);
  const isNested = (group: Executions): boolean =>
    group.spans.length >= nestedFrom * outer.spans.length;
  return {
    outer,
    beside: others.filter((group) => !isNested(group)),
    nested: others.filter(isNested),
    source: sourceOf(outer, members, trace),
    followsItself: ownNeedShare(outer) >= 0.5,
    atOnce: outer.spans.some(({ startUs }, index) => {
      const before = outer.spans[index - 1];
      return before !== undefined && endUs(before) > startUs;
    }),
  };
}

function sourceOf(
  outer: Executions,
  members: readonly Executions[],
  { spans }: Trace,
): LoopSource | null {
  const inside = new Set(members.flatMap((group) => group.spans.map(({ id }) => id)));
  const byId = new Map(spans.map((span) => [span.id, span]));
  const candidates = new Map<string, LoopSource>();
  const votes = outer.spans.flatMap(({ sources = [] }) =>
    sources.flatMap(({ span: id, column }) => {
      const span = inside.has(id) ? undefined : byId.get(id);
      if (span === undefined) return [];
      const key = `${siteKey(span)}\0${column}`;
      candidates.set(key, { statement: span.name, callSite: span.callSite, column });
      return [key];
    }),
  );
  const winner = mostFrequent(votes, outer.spans.length / 2);
  return winner === null ? null : (candidates.get(winner) ?? null);
}

/** The item that occurs most, if it does so at least this often. */
function mostFrequent<Item>(items: readonly Item[], least: number): Item | null {
  const counts = Map.groupBy(items, (item) => item);
  const [best] = [...counts].toSorted(([, a], [, b]) => b.length - a.length);
  return best !== undefined && best[1].length >= least ? best[0] : null;
}

/** The column of its own answers that a group asks again with. */
export function ownColumnOf({ spans }: Executions): string | null {
  const own = new Set(spans.map(({ id }) => id));
  const columns = spans.flatMap(({ sources = [] }) =>
    sources.filter(({ span }) => own.has(span)).map(({ column }) => column),
  );
  return mostFrequent(columns, 1);
}
