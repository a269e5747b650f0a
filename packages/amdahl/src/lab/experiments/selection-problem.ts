import type { LabIndex } from '../../sql/index-definition.ts';
import { costOf } from '../../sql/read-plan.ts';
import type { Schema } from '../../sql/schema.ts';
import type { HollowLab } from '../hollow-lab.ts';
import type { LabStatement } from './lab-statement.ts';
import type { PlanCache } from './plan-cache.ts';
import { overheadOf, writesOf } from './write-overhead.ts';

/**
 * Milliseconds of a unit of planner cost where no statement was timed: 1.2 to 1.7 µs by
 * advisor/calibrate.ts on the machine of benchmarks/index-maintenance, everything in memory. It only
 * weighs statements against the upkeep of indexes.
 */
export const nominalMsPerCost = 0.0015;
/** Below this share of a statement's cost an index does nothing for it but round otherwise. */
const leastEffect = 0.01;

/** A statement as the search weighs it. */
export interface WeighedStatement {
  readonly statement: LabStatement;
  /** Executions, one when nobody counted. */
  readonly weight: number;
  /** Milliseconds of all executions for each unit of its cost. */
  readonly msPerCost: number;
  readonly cost: number;
}

/** Statements, candidates, and what a set of candidates is worth. */
export interface SelectionProblem {
  readonly statements: readonly WeighedStatement[];
  readonly candidates: readonly LabIndex[];
  readonly sizeOf: (index: LabIndex) => number;
  readonly overheadMs: (index: LabIndex) => number;
  /** Costs by statement when these candidates are there. */
  readonly costs: (indexes: ReadonlySet<LabIndex>) => Promise<Costs>;
  /** Milliseconds of the workload with them, upkeep included. */
  readonly worth: (indexes: ReadonlySet<LabIndex>) => Promise<number>;
}

export type Costs = ReadonlyMap<WeighedStatement, number>;

export interface ProblemOptions {
  readonly schema: Schema;
  readonly msPerCost: number | null;
  /** Candidates that are left out. */
  readonly without?: (index: LabIndex) => boolean;
}

/** Plans the workload as it is, and with all candidates at once to see which statements can gain. */
export async function poseSelection(
  lab: HollowLab,
  cache: PlanCache,
  statements: readonly LabStatement[],
  { schema, msPerCost, without = () => false }: ProblemOptions,
): Promise<SelectionProblem> {
  const candidates = [...lab.candidates.keys()].filter((index) => !without(index));
  const everything = new Set(candidates);
  const counted = statements.some(({ usage }) => usage.calls > 0);
  const means = statements.flatMap(({ usage }) => usage.meanMs ?? []);
  const fixedMs = means.length === 0 ? 0 : Math.min(...means);
  const weighed: WeighedStatement[] = [];
  const gaining = new Set<WeighedStatement>();
  for (const statement of statements) {
    const plan = await cache.plan(statement, new Set());
    const best = await cache.plan(statement, everything);
    if (plan === null || best === null) continue;
    const { calls, meanMs } = statement.usage;
    const cost = costOf(plan);
    const weight = counted ? calls : 1;
    // A timed statement knows its own pace; the part every statement takes no index can save.
    const perCost =
      meanMs === null ? (msPerCost ?? nominalMsPerCost) : (meanMs - fixedMs) / Math.max(cost, 1);
    const one = { statement, weight, msPerCost: weight * perCost, cost };
    weighed.push(one);
    if (costOf(best) <= cost * (1 - leastEffect)) gaining.add(one);
  }
  const writes = weighed.flatMap(({ statement, weight }) => writesOf(statement, weight));
  const overheads = new Map(
    candidates.map((index) => [index, overheadOf(index, writes, schema)] as const),
  );
  const costs = async (indexes: ReadonlySet<LabIndex>): Promise<Costs> => {
    const found = new Map<WeighedStatement, number>();
    for (const one of weighed) {
      const plan = gaining.has(one) ? await cache.plan(one.statement, indexes) : null;
      found.set(one, plan === null ? one.cost : Math.min(one.cost, costOf(plan)));
    }
    return found;
  };
  const overheadMs = (index: LabIndex): number => overheads.get(index) ?? 0;
  return {
    statements: weighed,
    candidates: candidates.filter((index) =>
      [...gaining].some(({ statement }) => cache.couldUse(statement, index)),
    ),
    sizeOf: (index) => lab.candidates.get(index)?.sizeBytes ?? 0,
    overheadMs,
    costs,
    worth: async (indexes) => {
      const statementsMs = [...(await costs(indexes))].reduce(
        (sum, [one, cost]) => sum + one.msPerCost * cost,
        0,
      );
      return [...indexes].reduce((sum, index) => sum + overheadMs(index), statementsMs);
    },
  };
}
