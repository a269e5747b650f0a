import type { PlanNode } from '../../artifacts/plans.ts';
import type { ExplainedPlan } from './explained-plan.ts';
import { nodeFigures, statementMs, type NodeFigures } from './node-figures.ts';
import type { PlanContext, PlanProblem, PlanReading, PlanRule } from './plan-rule.ts';
import { buffersRead } from './rules/buffers-read.ts';
import { hashSpill } from './rules/hash-spill.ts';
import { heapFetches } from './rules/heap-fetches.ts';
import { jitTime } from './rules/jit-time.ts';
import { lossyBitmap } from './rules/lossy-bitmap.ts';
import { nestedLoop } from './rules/nested-loop.ts';
import { planningTime } from './rules/planning-time.ts';
import { rowMisestimate } from './rules/row-misestimate.ts';
import { rowsRemoved } from './rules/rows-removed.ts';
import { sequentialScan } from './rules/sequential-scan.ts';
import { sortSpill } from './rules/sort-spill.ts';
import { triggerTime } from './rules/trigger-time.ts';
import { workersMissing } from './rules/workers-missing.ts';
import { leastCost, leastExecutionMs } from './thresholds.ts';

/** All rules that read one plan; `generic-plan-trap` compares two and is called by itself. */
export const planRules: readonly PlanRule[] = [
  sequentialScan,
  rowsRemoved,
  rowMisestimate,
  sortSpill,
  hashSpill,
  nestedLoop,
  heapFetches,
  jitTime,
  planningTime,
  buffersRead,
  workersMissing,
  lossyBitmap,
  triggerTime,
];

/**
 * What is wrong with a plan, the largest share first. Of a plan that was not executed only what the
 * estimates show. A statement below a millisecond, or below a cost of 100 when it was not executed,
 * has no problem but its planning.
 */
export function planProblems(
  explained: ExplainedPlan,
  context: PlanContext = {},
): readonly PlanProblem[] {
  const reading = readingOf(explained, context);
  const small = isSmall(reading);
  return planRules
    .filter((rule) => !small || rule === planningTime)
    .flatMap((rule) =>
      (rule.scope === 'statement' ? [reading.root] : reading.nodes)
        .filter(({ neverExecuted }) => !neverExecuted)
        .flatMap((figures) => problemOf(rule, figures, reading)),
    )
    .toSorted((a, b) => b.share - a.share);
}

function isSmall({ analysed, totalMs, root }: PlanReading): boolean {
  // Executed without timing, the cost has to tell.
  return analysed && totalMs !== null
    ? totalMs < leastExecutionMs
    : root.node['Total Cost'] < leastCost;
}

function problemOf(
  rule: PlanRule,
  figures: NodeFigures,
  reading: PlanReading,
): readonly PlanProblem[] {
  const verdict = rule.check(figures, reading);
  if (verdict === null) return [];
  const { title, explanation, advice, share = figures.share } = verdict;
  const { label, path } = figures;
  return [
    {
      rule: rule.id,
      title,
      criterion: rule.criterion,
      node: { label, path },
      share,
      msHeld:
        verdict.msHeld === undefined
          ? reading.totalMs === null
            ? null
            : share * reading.totalMs
          : verdict.msHeld,
      explanation,
      advice,
    },
  ];
}

function readingOf(explained: ExplainedPlan, context: PlanContext): PlanReading {
  const nodes = nodeFigures(explained);
  const byNode = new Map(nodes.map((figures) => [figures.node, figures]));
  const [root] = nodes;
  const figuresOf = (node: PlanNode): NodeFigures => {
    const figures = byNode.get(node);
    if (figures === undefined) throw new Error('The node is not of this plan');
    return figures;
  };
  return {
    explained,
    nodes,
    root: root ?? figuresOf(explained.plan),
    analysed: explained.plan['Actual Loops'] !== undefined,
    totalMs: statementMs(explained),
    figuresOf,
    rowsOf: (node) => {
      const table = node['Relation Name'];
      return table === undefined ? null : (context.rowsOf?.(node.Schema ?? null, table) ?? null);
    },
    setting: (name) => explained.settings[name] ?? context.settings?.[name] ?? null,
  };
}
