/** Evidence and changes in a few lines of plain text, for reports that are not HTML. */
import type { Detail, TableDetail } from '../audits/detail.ts';
import type { Finding } from '../audits/finding.ts';
import type { PlanNode } from '../artifacts/plans.ts';
import type { RunResult } from '../artifacts/run-result.ts';
import { formatCount, shortened } from '../wording.ts';
import { formatValue } from './figures.ts';
import { lockLineText, lockTree } from './lock-graph-text.ts';
import { sourceKey } from './sources.ts';

/** A few lines a person believes the finding by. */
export function briefEvidence(
  finding: Finding,
  result: Pick<RunResult, 'sources'>,
  most: number,
): readonly string[] {
  const numbers = finding.evidence.flatMap((detail) =>
    detail.kind === 'number'
      ? [`${detail.label.toLowerCase()} ${formatValue(detail.value, detail.unit)}`]
      : [],
  );
  const lines = numbers.length === 0 ? [] : [numbers.join(' · ')];
  for (const detail of finding.evidence) lines.push(...briefLines(detail, result));
  return lines.slice(0, most);
}

function briefLines(detail: Detail, result: Pick<RunResult, 'sources'>): readonly string[] {
  switch (detail.kind) {
    case 'text':
      return [detail.text];
    case 'statement':
      return [shortened(detail.sql, 400)];
    case 'plan':
      return [`${detail.title}: ${costliestNode(detail.plan)}`];
    case 'table':
      return detail.rows.slice(0, 4).map((row) => tableLine(row, detail.columns));
    case 'lock-graph':
      return lockTree(detail).map(lockLineText);
    case 'code': {
      const line = pointedLine(detail.frame, result);
      return line === null ? [] : [line];
    }
    default:
      return [];
  }
}

/** `GET /: executions per request 51 · waits per request 12 ms`: a row for those without its header. */
function tableLine(
  [name = null, ...figures]: TableDetail['rows'][number],
  [first, ...columns]: TableDetail['columns'],
): string {
  const named = formatValue(name, first?.unit ?? 'none');
  const texts = figures.flatMap((value, index) => {
    const { label, unit } = columns[index] ?? { label: '', unit: 'none' as const };
    return value === null ? [] : [`${label.toLowerCase()} ${formatValue(value, unit)}`];
  });
  return texts.length === 0 ? named : `${named}: ${texts.join(' · ')}`;
}

/** The line of code a frame points at, without its indentation; null when it was not kept. */
function pointedLine(
  frame: Parameters<typeof sourceKey>[0],
  result: Pick<RunResult, 'sources'>,
): string | null {
  const excerpt = result.sources[sourceKey(frame)];
  const line = excerpt?.lines[frame.line - excerpt.firstLine]?.trim() ?? '';
  return line === '' ? null : `${frame.line} │ ${line}`;
}

/** `Seq Scan on orders, cost 21,349`: the node that costs most by itself. */
function costliestNode(root: PlanNode): string {
  const nodes: PlanNode[] = [];
  const visit = (node: PlanNode): void => {
    nodes.push(node);
    node.Plans?.forEach(visit);
  };
  visit(root);
  const [worst = root] = nodes.toSorted((a, b) => ownCost(b) - ownCost(a));
  const on = worst['Relation Name'] === undefined ? '' : ` on ${worst['Relation Name']}`;
  return `${worst['Node Type']}${on}, cost ${formatCount(ownCost(worst))} of ${formatCount(root['Total Cost'])}`;
}

/** Cost of a node without that of the nodes below it, never below zero. */
export function ownCost(node: PlanNode): number {
  const below = (node.Plans ?? []).reduce((sum, child) => sum + child['Total Cost'], 0);
  return Math.max(0, node['Total Cost'] - below);
}

/** A line of a change: put in, taken out, or as it was. */
export interface ChangeLine {
  readonly sign: '+' | '-' | ' ';
  readonly text: string;
}

/** The change a remedy asks for, line by line; none when it is not text. */
export function changeLines(change: Detail | null): readonly ChangeLine[] {
  if (change === null) return [];
  if (change.kind === 'statement') return linesOf(change.sql).map((text) => ({ sign: '+', text }));
  if (change.kind === 'text') return linesOf(change.text).map((text) => ({ sign: ' ', text }));
  return change.kind === 'diff' ? diffLines(change.before, change.after) : [];
}

/** Before and after with the lines they begin and end with in common left unmarked. */
export function diffLines(before: string, after: string): readonly ChangeLine[] {
  const old = linesOf(before);
  const fresh = linesOf(after);
  let start = 0;
  while (start < Math.min(old.length, fresh.length) && old[start] === fresh[start]) start += 1;
  let end = 0;
  const room = Math.min(old.length, fresh.length) - start;
  while (end < room && old.at(-1 - end) === fresh.at(-1 - end)) end += 1;
  const marked = (lines: readonly string[], sign: ChangeLine['sign']): readonly ChangeLine[] =>
    lines.map((text) => ({ sign, text }));
  return [
    ...marked(old.slice(0, start), ' '),
    ...marked(old.slice(start, old.length - end), '-'),
    ...marked(fresh.slice(start, fresh.length - end), '+'),
    ...marked(end === 0 ? [] : old.slice(-end), ' '),
  ];
}

function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}
