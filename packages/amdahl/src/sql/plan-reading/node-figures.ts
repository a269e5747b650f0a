import type { PlanNode } from '../../artifacts/plans.ts';
import { chargesOf, ownOf, type Charge } from './charges.ts';
import { costShares } from './cost-shares.ts';
import { cutShortNodes } from './cut-short.ts';
import type { ExplainedPlan } from './explained-plan.ts';
import { nodeLabel } from './node-label.ts';

/** What can be said of a node beyond what EXPLAIN prints. */
export interface NodeFigures {
  readonly node: PlanNode;
  readonly label: string;
  /** Places among the children, from the root down; empty for the root. */
  readonly path: readonly number[];
  /** Above it, nearest first. */
  readonly ancestors: readonly PlanNode[];
  readonly neverExecuted: boolean;
  /** Executions, over all processes; 1 without ANALYZE. */
  readonly loops: number;
  /** How many processes ran it at the same time. */
  readonly processes: number;
  /** Wall time with everything below it; null without timing. */
  readonly totalMs: number | null;
  /** Wall time of the node itself. */
  readonly ownMs: number | null;
  /** Rows over all loops and processes; null without ANALYZE. */
  readonly totalRows: number | null;
  readonly estimate: Estimate | null;
  /** Part of the statement's time, or of its cost without timing, that the node holds by itself. */
  readonly share: number;
  /** The same with everything below it. */
  readonly totalShare: number;
  /** Null without BUFFERS. */
  readonly ownBuffers: Buffers | null;
}

/** Planned against actual rows, both of one loop. */
export interface Estimate {
  readonly planned: number;
  readonly actual: number;
  /** How many times one is the other, no less than 1; none counts as one row. */
  readonly ratio: number;
  /** `under`: more rows came than planned. */
  readonly direction: 'under' | 'over' | 'exact';
  /** The node may have been stopped before its last row, so that few rows prove nothing. */
  readonly cutShort: boolean;
}

/** Blocks of 8 kB. */
export interface Buffers {
  readonly hit: number;
  readonly read: number;
  readonly tempRead: number;
  readonly tempWritten: number;
}

/** Time the statement took, milliseconds; null without timing. */
export function statementMs({ plan, executionMs }: ExplainedPlan): number | null {
  const rootMs = plan['Actual Total Time'];
  if (rootMs === undefined) return plan['Actual Loops'] === undefined ? null : executionMs;
  return Math.max(rootMs * (plan['Actual Loops'] ?? 1), executionMs ?? 0);
}

/** Figures of all nodes, parents before their children. */
export function nodeFigures(explained: ExplainedPlan): readonly NodeFigures[] {
  const { plan } = explained;
  const walls = wallTimes(plan);
  const charges = chargesOf(plan);
  const own = ownOf(plan, charges, (node) => walls.get(node)?.ms ?? 0);
  const cutShort = cutShortNodes(plan);
  const buffers = plan['Shared Hit Blocks'] === undefined ? null : ownBuffers(plan, charges);
  const costs = costShares(plan);
  const wholeMs = plan['Actual Total Time'] === undefined ? null : statementMs(explained);
  const found: NodeFigures[] = [];
  const visit = (node: PlanNode, path: readonly number[], ancestors: readonly PlanNode[]): void => {
    const wall = walls.get(node);
    const totalMs = wall?.ms ?? null;
    const ownMs = totalMs === null ? null : (own.get(node) ?? 0);
    const loops = node['Actual Loops'];
    const rows = node['Actual Rows'];
    const shareOf = (ms: number | null, cost: number | undefined): number =>
      wholeMs === null ? (cost ?? 0) : wholeMs > 0 ? Math.min(1, (ms ?? 0) / wholeMs) : 0;
    found.push({
      node,
      label: nodeLabel(node),
      path,
      ancestors,
      neverExecuted: loops === 0,
      loops: loops ?? 1,
      processes: wall?.processes ?? 1,
      totalMs,
      ownMs,
      totalRows: rows === undefined ? null : rows * (loops ?? 1),
      estimate: estimateOf(node, cutShort.has(node)),
      share: shareOf(ownMs, costs.get(node)?.own),
      totalShare: shareOf(totalMs, costs.get(node)?.total),
      ownBuffers: buffers?.(node) ?? null,
    });
    node.Plans?.forEach((child, index) => visit(child, [...path, index], [node, ...ancestors]));
  };
  visit(plan, [], []);
  return found;
}

interface Wall {
  readonly ms: number | null;
  readonly processes: number;
}

/**
 * EXPLAIN prints the average time of a loop. Below a Gather the loops are those of all processes,
 * which run at the same time: the child of the Gather runs once in each of them.
 */
function wallTimes(plan: PlanNode): ReadonlyMap<PlanNode, Wall> {
  const walls = new Map<PlanNode, Wall>();
  const visit = (node: PlanNode, processes: number): void => {
    const time = node['Actual Total Time'];
    const loops = node['Actual Loops'] ?? 0;
    const together = Math.min(processes, Math.max(1, loops));
    const neverRan = node['Actual Loops'] === 0;
    const ms = time === undefined ? (neverRan ? 0 : null) : (time * loops) / together;
    walls.set(node, { ms, processes: together });
    for (const child of node.Plans ?? []) visit(child, processesOf(node, child, processes));
  };
  visit(plan, 1);
  return walls;
}

function processesOf(parent: PlanNode, child: PlanNode, above: number): number {
  const gathers = parent['Node Type'] === 'Gather' || parent['Node Type'] === 'Gather Merge';
  if (!gathers || child['Parent Relationship'] === 'InitPlan') return above;
  const launched = (parent['Workers Launched'] ?? 0) + 1;
  const ran = (child['Actual Loops'] ?? 0) / Math.max(1, parent['Actual Loops'] ?? 1);
  return Math.max(1, Math.min(launched, ran));
}

/** Of these EXPLAIN prints no rows that could be compared. */
const withoutRows: ReadonlySet<string> = new Set(['ModifyTable', 'BitmapAnd', 'BitmapOr']);

function estimateOf(node: PlanNode, cutShort: boolean): Estimate | null {
  const planned = node['Plan Rows'];
  const actual = node['Actual Rows'];
  const unplanned = node['Total Cost'] === 0 && planned === 0;
  const unread = actual === undefined || node['Actual Loops'] === 0;
  if (unread || unplanned || withoutRows.has(node['Node Type'])) return null;
  const [low, high] = [Math.max(1, planned), Math.max(1, actual)];
  return {
    planned,
    actual,
    ratio: Math.max(low / high, high / low),
    direction: low === high ? 'exact' : high > low ? 'under' : 'over',
    cutShort,
  };
}

const bufferFields = {
  hit: 'Shared Hit Blocks',
  read: 'Shared Read Blocks',
  tempRead: 'Temp Read Blocks',
  tempWritten: 'Temp Written Blocks',
} as const;

function ownBuffers(plan: PlanNode, charges: readonly Charge[]): (node: PlanNode) => Buffers {
  const ownBlocks = (name: keyof typeof bufferFields): ReadonlyMap<PlanNode, number> =>
    ownOf(plan, charges, (node) => node[bufferFields[name]] ?? 0);
  const [hit, read] = [ownBlocks('hit'), ownBlocks('read')];
  const [tempRead, tempWritten] = [ownBlocks('tempRead'), ownBlocks('tempWritten')];
  return (node) => ({
    hit: hit.get(node) ?? 0,
    read: read.get(node) ?? 0,
    tempRead: tempRead.get(node) ?? 0,
    tempWritten: tempWritten.get(node) ?? 0,
  });
}
