import { formatMs } from '@amdahl/metrics';
import type { PlanNode } from '../../artifacts/plans.ts';
import { bareExplained, type ExplainedPlan } from '../../sql/plan-reading/explained-plan.ts';
import {
  nodeFigures,
  type Estimate,
  type NodeFigures,
} from '../../sql/plan-reading/node-figures.ts';
import { formatCount, formatShare } from '../../wording.ts';
import { columns, type Cell, type Column } from './lines.ts';
import { paintFor, type Paint } from './paint.ts';

export interface PlanTreeOptions {
  readonly colour: boolean;
  /** Of a line, in characters. */
  readonly width: number;
}

/** Names need the room more than bars do. */
const barWidthOf = (width: number): number => (width < 110 ? 6 : 10);
/** Smaller differences between planned and actual rows are not pointed at. */
const leastRatioShown = 2;
/** pev2's bands of time and of misestimates. */
const highShare = 0.4;
const notableShare = 0.1;
const highRatio = 100;
const notableRatio = 10;

/**
 * A plan as a tree, one line a node: the time it took by itself (its cost, where nothing was timed),
 * rows against those planned, blocks touched.
 */
export function renderPlanTree(
  source: ExplainedPlan | PlanNode,
  { colour, width }: PlanTreeOptions,
): string {
  const explained = isExplained(source) ? source : bareExplained(source);
  const figures = nodeFigures(explained);
  const paint = paintFor(colour);
  const analysed = explained.plan['Actual Loops'] !== undefined;
  const withBuffers = figures.some(({ ownBuffers }) => ownBuffers !== null);
  const timed = explained.plan['Actual Total Time'] !== undefined;
  const header: readonly Column[] = [
    { label: 'Plan', flexible: true },
    { label: timed ? 'own time' : 'own cost', align: 'right' },
    { label: '' },
    { label: 'rows', align: 'right' },
    ...(analysed ? [{ label: 'planned', align: 'right' } as const, { label: '' }] : []),
    ...(withBuffers ? [{ label: 'blocks', align: 'right' } as const] : []),
  ];
  const rows = figures.map((each) => [
    { text: `${branchOf(each, figures)}${titleOf(each)}` },
    ...measureCells(each, timed, barWidthOf(width), paint),
    { text: each.neverExecuted ? '' : compact(each.totalRows ?? each.node['Plan Rows']) },
    ...(analysed ? estimateCells(each, paint) : []),
    ...(withBuffers ? [{ text: blocksOf(each) }] : []),
  ]);
  const lines = columns(header, rows, width, (text) => paint('dim', text));
  return [...lines, ...summaryOf(explained, paint)].join('\n');
}

function isExplained(source: ExplainedPlan | PlanNode): source is ExplainedPlan {
  return !('Node Type' in source);
}

/** The lines that lead to a node: `│  └─ `. */
function branchOf({ path }: NodeFigures, all: readonly NodeFigures[]): string {
  return path
    .map((place, depth) => {
      const later = [...path.slice(0, depth), place + 1].join('.');
      const hasLater = all.some((each) => each.path.join('.') === later);
      if (depth === path.length - 1) return hasLater ? '├─ ' : '└─ ';
      return hasLater ? '│  ' : '   ';
    })
    .join('');
}

function titleOf({ node, label, loops }: NodeFigures): string {
  const subplan = node['Subplan Name'];
  const before = subplan === undefined ? '' : `${subplan}: `;
  const after = loops > 1 ? `, ${compact(loops)} times` : '';
  return `${before}${label}${after}`;
}

/** From ten thousand on in thousands and millions: names need the room more than digits do. */
function compact(count: number): string {
  if (count < 10_000) return formatCount(count);
  const [value, unit] =
    count < 999_500
      ? [count / 1e3, 'k']
      : count < 999.5e6
        ? [count / 1e6, 'M']
        : [count / 1e9, 'G'];
  return `${Number(value.toPrecision(3)).toLocaleString('en-US')}${unit}`;
}

function measureCells(
  { ownMs, share, neverExecuted }: NodeFigures,
  timed: boolean,
  barWidth: number,
  paint: Paint,
): readonly Cell[] {
  if (neverExecuted)
    return [{ text: 'never ran', paint: (text) => paint('dim', text) }, { text: '' }];
  const filled = Math.round(share * barWidth);
  const colour = share >= highShare ? 'red' : share >= notableShare ? 'yellow' : 'dim';
  return [
    { text: timed ? formatMs(ownMs ?? 0) : formatShare(share) },
    { text: '█'.repeat(filled).padEnd(barWidth, '·'), paint: (text) => paint(colour, text) },
  ];
}

function estimateCells({ node, estimate, loops }: NodeFigures, paint: Paint): readonly Cell[] {
  const planned = { text: compact(node['Plan Rows'] * Math.max(1, loops)) };
  if (estimate === null || !isShown(estimate)) return [planned, { text: '' }];
  const { ratio, direction } = estimate;
  const colour = ratio >= highRatio ? 'red' : ratio >= notableRatio ? 'yellow' : 'dim';
  return [
    planned,
    {
      text: `${direction === 'under' ? '↑' : '↓'} ${compact(Math.round(ratio))}×`,
      paint: (text) => paint(colour, text),
    },
  ];
}

/** A node stopped early has fewer rows than planned, and nothing is wrong with that. */
function isShown({ ratio, direction, cutShort }: Estimate): boolean {
  return ratio >= leastRatioShown && !(cutShort && direction === 'over');
}

function blocksOf({ ownBuffers, neverExecuted }: NodeFigures): string {
  if (ownBuffers === null || neverExecuted) return '';
  const { hit, read, tempRead, tempWritten } = ownBuffers;
  const temporary = tempRead + tempWritten;
  return [
    ...(hit + read > 0 || temporary === 0 ? [compact(hit + read)] : []),
    ...(read > 0 ? [`${compact(read)} read`] : []),
    ...(temporary > 0 ? [`${compact(temporary)} temp`] : []),
  ].join(', ');
}

function summaryOf(explained: ExplainedPlan, paint: Paint): readonly string[] {
  const { executionMs, planningMs, jit, triggers } = explained;
  const triggerMs = triggers.reduce((sum, each) => sum + (each.ms ?? 0), 0);
  const parts = [
    ...(executionMs === null ? [] : [`execution ${formatMs(executionMs)}`]),
    ...(planningMs === null ? [] : [`planning ${formatMs(planningMs)}`]),
    ...(jit?.totalMs == null ? [] : [`compiling ${formatMs(jit.totalMs)}`]),
    ...(triggerMs === 0 ? [] : [`triggers ${formatMs(triggerMs)}`]),
  ];
  return parts.length === 0 ? [] : [paint('dim', parts.join(' · '))];
}
