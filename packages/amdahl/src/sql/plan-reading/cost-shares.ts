import type { PlanNode } from '../../artifacts/plans.ts';

/** A node's part of the statement's cost, with what is below it and without. */
export interface CostShare {
  readonly total: number;
  readonly own: number;
}

/** Of reading a materialised row again: cpu_operator_cost's default, `cost_rescan`. */
const rereadCost = 0.0025;

/**
 * Divides the statement's cost over the nodes. A node's printed cost is for one execution run to its
 * end; how often a nested loop runs its inner side, and how early a Limit stops, is put back in, so
 * that the shares of all nodes add up to one.
 */
export function costShares(plan: PlanNode): ReadonlyMap<PlanNode, CostShare> {
  const shares = new Map<PlanNode, CostShare>();
  const visit = (node: PlanNode, share: number): void => {
    const children = node.Plans ?? [];
    const costs = children.map((child) => costIn(node, child));
    const sum = costs.reduce((all, cost) => all + cost, 0);
    // A Limit costs less than its child by itself: the child's cost is cut to what is used of it.
    const whole = Math.max(node['Total Cost'], sum);
    const parts = costs.map((cost) => (whole > 0 ? (share * cost) / whole : 0));
    const below = parts.reduce((all, part) => all + part, 0);
    shares.set(node, { total: share, own: Math.max(0, share - below) });
    children.forEach((child, index) => visit(child, parts[index] ?? 0));
  };
  visit(plan, 1);
  return shares;
}

/** What a child costs its parent in all. */
function costIn(parent: PlanNode, child: PlanNode): number {
  const cost = child['Total Cost'];
  if (parent['Node Type'] !== 'Nested Loop' || child['Parent Relationship'] !== 'Inner')
    return cost;
  const outer = parent.Plans?.find((each) => each['Parent Relationship'] === 'Outer');
  const again = Math.max(0, (outer?.['Plan Rows'] ?? 1) - 1);
  const rescan = child['Node Type'] === 'Materialize' ? child['Plan Rows'] * rereadCost : cost;
  // What Memoize spares is not printed, so that no more than the join's own cost can be the inner's.
  const room = parent['Total Cost'] - (outer?.['Total Cost'] ?? 0);
  return Math.max(0, Math.min(cost + again * rescan, room));
}
