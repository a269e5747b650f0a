import type { PlanNode } from '../../artifacts/plans.ts';

/** Read their whole input before they answer, whatever happens above. */
const blocking: ReadonlySet<string> = new Set(['Sort', 'Hash', 'Bitmap Heap Scan', 'SetOp']);

/**
 * Nodes that may be stopped before their last row: under a Limit, on the inner side of a semi or
 * anti join, in a merge join, in a sub-select. Few rows of them say nothing against the estimate.
 */
export function cutShortNodes(plan: PlanNode): ReadonlySet<PlanNode> {
  const found = new Set<PlanNode>();
  const visit = (node: PlanNode, stopped: boolean): void => {
    if (stopped) found.add(node);
    for (const child of node.Plans ?? []) visit(child, stops(node, child, stopped));
  };
  visit(plan, false);
  return found;
}

function stops(parent: PlanNode, child: PlanNode, stopped: boolean): boolean {
  const relationship = child['Parent Relationship'];
  if (relationship === 'InitPlan' || relationship === 'SubPlan') {
    return !(child['Subplan Name'] ?? '').startsWith('CTE ') || stopped;
  }
  const type = parent['Node Type'];
  if (type === 'Limit' || type === 'Merge Join') return true;
  if (blocking.has(type)) return false;
  if (type === 'Aggregate') return stopped && parent.Strategy === 'Sorted';
  const oneMatch = /Semi|Anti/.test(parent['Join Type'] ?? '');
  if (type === 'Nested Loop' && relationship === 'Inner' && oneMatch) return true;
  // A unique inner side is left at its first match.
  if (type === 'Nested Loop' && relationship === 'Inner' && parent['Inner Unique'] === true)
    return true;
  return stopped;
}
