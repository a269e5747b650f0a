/** How the audits of traces show the calls they found. */
import type { CodeFrame, Span, Trace } from '@amdahl/agent/protocol';
import { formatMs } from '@amdahl/metrics';
import { shortened, shortPath } from '../../wording.ts';
import type { Detail, DiffDetail } from '../detail.ts';
import { siteKey } from './spans.ts';

/** The request as a waterfall, the calls as a table, and the place in the code. */
export function callEvidence(
  trace: Trace,
  calls: readonly Span[],
  where: CodeFrame | null,
): readonly Detail[] {
  const evidence: Detail[] = [
    {
      kind: 'trace',
      title: `A ${trace.kind === 'random' ? 'typical' : 'slow'} ${trace.route}: ${formatMs(trace.durationUs / 1_000)}`,
      durationUs: trace.durationUs,
      spans: trace.spans,
      highlighted: calls.map((call) => call.id),
    },
    {
      kind: 'table',
      title: 'The calls',
      columns: [
        { label: 'Call', unit: 'none' },
        { label: 'From', unit: 'none' },
        { label: 'Starts at', unit: 'ms' },
        { label: 'Takes', unit: 'ms' },
      ],
      rows: calls.map((call) => [
        shortened(call.name, 100),
        call.callSite === null ? null : placeOf(call.callSite),
        call.startUs / 1_000,
        call.durationUs / 1_000,
      ]),
    },
  ];
  if (where !== null) {
    evidence.push({ kind: 'code', title: `In ${where.functionName || 'this file'}`, frame: where });
  }
  return evidence;
}

/**
 * The calls as code, before and after: a sketch to be fitted to the real lines.
 *
 * @param after the lines to put in their place, from each call's expression and a comment with its place
 */
export function callSketch(
  title: string,
  calls: readonly Span[],
  after: (calls: readonly { readonly code: string; readonly place: string }[]) => readonly string[],
): DiffDetail {
  const distinct = [...new Map(calls.map((call) => [siteKey(call), call])).values()];
  const lines = distinct.map((call) => {
    const isShared = distinct.some((other) => other !== call && isSamePlace(other, call));
    return { code: expressionOf(call, isShared), place: commentOf(call) };
  });
  return {
    kind: 'diff',
    title,
    language: 'typescript',
    before: lines.map(({ code, place }) => `await ${code};${place}`).join('\n'),
    after: after(lines).join('\n'),
  };
}

/** Whether both are asked for by the same line, as by a helper that makes every call. */
function isSamePlace(a: Span, b: Span): boolean {
  return a.callSite !== null && commentOf(a) === commentOf(b);
}

/** The function that makes the call, or the call itself where one function makes several. */
function expressionOf(call: Span, isShared: boolean): string {
  const name = call.callSite?.functionName.split('.').at(-1) ?? '';
  if (!isShared && /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)) return `${name}(…)`;
  const what = JSON.stringify(shortened(call.name, 60));
  if (call.kind === 'http') return `fetch(${what})`;
  return call.kind === 'socket' ? `send(${what})` : `query(${what})`;
}

function commentOf(call: Span): string {
  return call.callSite === null ? '' : ` // ${placeOf(call.callSite)}`;
}

function placeOf(frame: CodeFrame): string {
  return `${shortPath(frame.file)}:${frame.line}`;
}
