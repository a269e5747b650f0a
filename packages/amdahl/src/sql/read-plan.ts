import type { PlanNode } from '../artifacts/plans.ts';

/** Visits the plan's nodes, parents first. */
export function* planNodes(plan: PlanNode): Generator<PlanNode> {
  yield plan;
  for (const child of plan.Plans ?? []) yield* planNodes(child);
}

/** Total cost of the whole statement. */
export function costOf(plan: PlanNode): number {
  return plan['Total Cost'];
}

/** A table read from end to end, and what is thrown away of it. */
export interface SequentialScan {
  readonly schema: string | null;
  readonly table: string;
  readonly filter: string | null;
  readonly cost: number;
}

export function sequentialScans(plan: PlanNode): readonly SequentialScan[] {
  return [...planNodes(plan)]
    .filter((node) => node['Node Type'] === 'Seq Scan')
    .map((node) => ({
      schema: node.Schema ?? null,
      table: node['Relation Name'] ?? '',
      filter: node.Filter ?? null,
      cost: node['Total Cost'],
    }));
}

/** Names of the indexes a plan uses. */
export function indexesUsed(plan: PlanNode): ReadonlySet<string> {
  const names = [...planNodes(plan)].map((node) => node['Index Name']);
  return new Set(names.filter((name) => name !== undefined));
}

/**
 * The plan without its numbers: nodes, how they join, tables and indexes, as one text. Two plans of
 * one shape do the same work in the same order.
 */
export function planShape(plan: PlanNode): string {
  const parts: readonly (string | undefined)[] = [
    plan['Node Type'],
    textOf(plan['Join Type']),
    textOf(plan['Strategy']),
    plan['Partial Mode'] === 'Simple' ? undefined : textOf(plan['Partial Mode']),
    plan['Relation Name'] === undefined ? undefined : `on ${plan['Relation Name']}`,
    plan['Index Name'] === undefined ? undefined : `by ${plan['Index Name']}`,
    plan['Scan Direction'] === 'Backward' ? 'backward' : undefined,
  ];
  const children = (plan.Plans ?? []).map(planShape);
  const self = parts.filter((part) => part !== undefined).join(' ');
  return children.length === 0 ? self : `${self} (${children.join('; ')})`;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
