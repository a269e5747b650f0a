import type { PlanNode } from '../../artifacts/plans.ts';
import { planNodes } from '../read-plan.ts';

/** A part of the plan whose figures are contained in those of the nodes that run it. */
export interface Charge {
  readonly part: PlanNode;
  /** In the order they may run it: the first to need a CTE or InitPlan pays, up to its own figure. */
  readonly holders: readonly PlanNode[];
}

/**
 * Whose figures contain whose. A child's are in its parent's, but for two kinds: a CTE hangs below
 * one node and is run by the scans that read it, an InitPlan runs when the first condition needs
 * its value, which may be deep below the node it hangs on.
 */
export function chargesOf(plan: PlanNode): readonly Charge[] {
  return [...planNodes(plan)].flatMap((node) =>
    (node.Plans ?? []).map((part) => ({ part, holders: holdersOf(part, node) })),
  );
}

function holdersOf(part: PlanNode, parent: PlanNode): readonly PlanNode[] {
  const name = part['Subplan Name'] ?? '';
  if (name.startsWith('CTE ')) {
    const cte = name.slice('CTE '.length);
    // Without a scan, as with a changing CTE nobody reads, it runs at the end, outside every node.
    return [...planNodes(parent)].filter(
      (node) => node['Node Type'] === 'CTE Scan' && node['CTE Name'] === cte,
    );
  }
  if (part['Parent Relationship'] !== 'InitPlan') return [parent];
  const within = new Set(planNodes(part));
  const marks = marksOf(name);
  const users = [...planNodes(parent)].filter(
    (node) => !within.has(node) && conditionsOf(node).some((text) => marks.test(text)),
  );
  return users.length === 0 ? [parent] : users;
}

/** How conditions speak of an InitPlan: `(InitPlan 1).col1`, before PostgreSQL 17 `$0`. */
function marksOf(name: string): RegExp {
  const plain = name.replace(/ \(returns .*$/, '');
  const parameters = [...name.matchAll(/\$\d+/g)].map(([parameter]) => `${escaped(parameter)}\\b`);
  return new RegExp([`\\(?${escaped(plain)}\\)?\\.col`, ...parameters].join('|'));
}

function escaped(text: string): string {
  return text.replace(/[$()\\.*+?^{}|[\]]/g, String.raw`\$&`);
}

/** Texts a node evaluates; its output only passes values on. */
function conditionsOf(node: PlanNode): readonly string[] {
  return Object.entries(node).flatMap(([name, value]) =>
    typeof value === 'string' && name !== 'Subplan Name' ? [value] : [],
  );
}

/**
 * What is left of a figure for each node when that of its parts is taken off, never below zero.
 * Null figures count as zero.
 */
export function ownOf(
  plan: PlanNode,
  charges: readonly Charge[],
  measure: (node: PlanNode) => number,
): ReadonlyMap<PlanNode, number> {
  const own = new Map([...planNodes(plan)].map((node) => [node, measure(node)]));
  for (const { part, holders } of charges) {
    let rest = measure(part);
    for (const holder of holders) {
      const taken = Math.min(rest, measure(holder));
      own.set(holder, (own.get(holder) ?? 0) - taken);
      rest -= taken;
    }
  }
  return new Map([...own].map(([node, figure]) => [node, Math.max(0, figure)]));
}
