import type { PlanNode, PlanWorker } from '../../artifacts/plans.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** Plans are nested as deep as their statement; no statement is nested like this. */
export const deepestPlan = 500;

const mostFigure = 1e18;

const numbers =
  /^(?:Startup Cost|Total Cost|Plan (?:Rows|Width)|Actual .+|Rows Removed by .+|Heap Fetches|Sort Space Used|(?:Original )?Hash (?:Buckets|Batches)|HashAgg Batches|Peak Memory Usage|Disk Usage|.+ Blocks|.+ Time|Workers (?:Planned|Launched)|Worker Number|Cache .+s|Tuples .+|WAL .+)$/;
const texts =
  /^(?:Node Type|.+ Name|Schema|Alias|Scan Direction|Join Type|Strategy|Partial Mode|Operation|Parent Relationship|.+ Cond|.*Filter|Sort Method|Sort Space Type)$/;
const lists = /^(?:Sort Key|Presorted Key|Group Key)$/;

/**
 * A node of EXPLAIN's JSON, and all below it. A field that is not of its kind is left out, so that
 * nothing after this has to ask; with COSTS OFF the estimates are missing and become 0. Null when it
 * is no node.
 */
export function jsonNode(value: unknown, depth: number = 0): PlanNode | null {
  if (!isFields(value) || typeof value['Node Type'] !== 'string' || depth > deepestPlan)
    return null;
  const plans = listOf(value['Plans']).map((plan) => jsonNode(plan, depth + 1));
  if (plans.includes(null)) return null;
  const { Plans: _children, Workers: workers, ...fields } = value;
  return {
    ...nodeFields(fields),
    ...(Array.isArray(workers) ? { Workers: workers.filter(isFields).map(workerOf) } : {}),
    ...(plans.length === 0 ? {} : { Plans: plans.filter((plan) => plan !== null) }),
  };
}

/** A node's own fields, those of the wrong kind left out. */
export function nodeFields(fields: Fields): PlanNode {
  return {
    ...sound(fields),
    'Node Type': String(fields['Node Type']),
    'Startup Cost': numberOf(fields['Startup Cost']) ?? 0,
    'Total Cost': numberOf(fields['Total Cost']) ?? 0,
    'Plan Rows': numberOf(fields['Plan Rows']) ?? 0,
    'Plan Width': numberOf(fields['Plan Width']) ?? 0,
  };
}

function workerOf(fields: Fields): PlanWorker {
  return { ...sound(fields), 'Worker Number': numberOf(fields['Worker Number']) ?? 0 };
}

function sound(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name, value]) => fits(name, value)));
}

function fits(name: string, value: unknown): boolean {
  if (lists.test(name))
    return Array.isArray(value) && value.every((item) => typeof item === 'string');
  if (numbers.test(name)) return numberOf(value) !== null;
  return !texts.test(name) || typeof value === 'string';
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** None of EXPLAIN's figures is below zero, and none so large that products of two are not finite. */
export function numberOf(value: unknown): number | null {
  return typeof value === 'number' && value >= 0 && value <= mostFigure ? value : null;
}

export function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
