import type { LabIndex } from '../../sql/index-definition.ts';
import type { SelectionProblem } from './selection-problem.ts';
import type { WeighedStatement } from './weigh-statements.ts';

export type Costs = ReadonlyMap<WeighedStatement, number>;

/** Candidates together with what the workload takes beside them. */
export interface WeighedSet {
  readonly indexes: ReadonlySet<LabIndex>;
  /** Of one execution. */
  readonly costs: Costs;
  /** Milliseconds of the whole workload, upkeep included. */
  readonly ms: number;
  readonly sizeBytes: number;
}

export async function weigh(
  problem: SelectionProblem,
  indexes: ReadonlySet<LabIndex>,
): Promise<WeighedSet> {
  const costs = new Map<WeighedStatement, number>();
  for (const one of problem.statements) costs.set(one, await problem.cost(one, indexes));
  return weighed(problem, indexes, costs);
}

/** The least the set can take with one index more, by what is known without planning. */
export function leastWith(
  problem: SelectionProblem,
  { indexes, costs }: WeighedSet,
  more: LabIndex,
): WeighedSet {
  const least = [...costs].map(
    ([one, now]) => [one, problem.least(one, now, indexes, more)] as const,
  );
  return weighed(problem, new Set([...indexes, more]), new Map(least));
}

/**
 * The set with one index more; null as soon as it is clear that it does not take less than
 * `limitMs`. Statements that may gain most are planned first.
 */
export async function weighWith(
  problem: SelectionProblem,
  from: WeighedSet,
  more: LabIndex,
  limitMs: number,
): Promise<WeighedSet | null> {
  let least = leastWith(problem, from, more);
  const mayGain = (one: WeighedStatement): number =>
    one.msPerCost * ((from.costs.get(one) ?? 0) - (least.costs.get(one) ?? 0));
  const open = (): readonly WeighedStatement[] =>
    [...least.costs.keys()]
      .filter((one) => mayGain(one) > 0)
      .toSorted((a, b) => mayGain(b) - mayGain(a));
  for (const one of open()) {
    await problem.tryAlone(one, more);
    least = leastWith(problem, from, more);
    if (least.ms >= limitMs) return null;
  }
  const costs = new Map(least.costs);
  let ms = least.ms;
  for (const one of open()) {
    if (ms >= limitMs) return null;
    const cost = await problem.cost(one, least.indexes);
    ms += one.msPerCost * (cost - (costs.get(one) ?? 0));
    costs.set(one, cost);
  }
  return ms < limitMs ? weighed(problem, least.indexes, costs) : null;
}

function weighed(
  problem: SelectionProblem,
  indexes: ReadonlySet<LabIndex>,
  costs: Costs,
): WeighedSet {
  let [ms, sizeBytes] = [0, 0];
  for (const [one, cost] of costs) ms += one.msPerCost * cost;
  for (const index of indexes) {
    ms += problem.overheadMs(index);
    sizeBytes += problem.sizeOf(index);
  }
  return { indexes, costs, ms, sizeBytes };
}
