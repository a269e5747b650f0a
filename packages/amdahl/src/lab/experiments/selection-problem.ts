import type { LabIndex } from '../../sql/index-definition.ts';
import { costOf } from '../../sql/read-plan.ts';
import type { Schema } from '../../sql/schema.ts';
import type { HollowLab } from '../hollow-lab.ts';
import type { LabStatement } from './lab-statement.ts';
import type { PlanCache } from './plan-cache.ts';
import { weighStatements, writesOfAll, type WeighedStatement } from './weigh-statements.ts';
import { overheadOf } from './write-overhead.ts';

/** Below this share of a statement's cost an index does nothing for it but round otherwise. */
const leastEffect = 0.01;
/** A cost known this closely is not asked for. */
const closeEnough = 0.001;

/** Statements, candidates, and what a statement costs with a set of candidates. */
export interface SelectionProblem {
  readonly statements: readonly WeighedStatement[];
  readonly candidates: readonly LabIndex[];
  readonly sizeOf: (index: LabIndex) => number;
  readonly overheadMs: (index: LabIndex) => number;
  /** What the statement costs when these candidates are there. */
  readonly cost: (one: WeighedStatement, indexes: ReadonlySet<LabIndex>) => Promise<number>;
  /**
   * What it costs at least with one more, when it costs `now` without that; nothing is planned.
   * Beside others an index saves no more than alone, unless a plan is known that says so.
   */
  readonly least: (
    one: WeighedStatement,
    now: number,
    indexes: ReadonlySet<LabIndex>,
    more: LabIndex,
  ) => number;
  /** Plans the statement with one that it would use as this one, so that `least` knows more. */
  readonly tryAlone: (one: WeighedStatement, index: LabIndex) => Promise<void>;
  /** Candidates of the best plans, each statement for itself and all room to its own. */
  readonly ideal: ReadonlySet<LabIndex>;
}

export interface ProblemOptions {
  readonly schema: Schema;
  readonly msPerCost: number | null;
  /** Statements whose writes keep the indexes up, where those are more. @default the statements */
  readonly writers?: readonly LabStatement[];
  /** Candidates that are left out. */
  readonly without?: (index: LabIndex) => boolean;
  /** A larger candidate cannot be chosen. @default no limit */
  readonly maxSizeBytes?: number;
}

/** Plans the workload as it is, and with all candidates at once to see which statements can gain. */
export async function poseSelection(
  lab: HollowLab,
  cache: PlanCache,
  statements: readonly LabStatement[],
  {
    schema,
    msPerCost,
    writers = statements,
    without = () => false,
    maxSizeBytes = Infinity,
  }: ProblemOptions,
): Promise<SelectionProblem> {
  const sizeOf = (index: LabIndex): number => lab.candidates.get(index)?.sizeBytes ?? 0;
  const offered = [...lab.candidates.keys()].filter(
    (index) =>
      !without(index) && sizeOf(index) <= maxSizeBytes && isNarrowEnough(index, sizeOf(index)),
  );
  const everything = new Set(offered);
  const smallest = new Map<LabStatement, ReadonlyMap<string, LabIndex>>();
  const sameUse = (statement: LabStatement, index: LabIndex): readonly LabIndex[] => {
    const known = smallest.get(statement) ?? cache.smallestOfRoles(statement, offered);
    smallest.set(statement, known);
    return [...cache.smallestOfRoles(statement, [index]).keys()].flatMap(
      (role) => known.get(role) ?? [],
    );
  };
  const costsToday = new Map<LabStatement, number>();
  const gains = new Set<LabStatement>();
  const ideal = new Set<LabIndex>();
  for (const statement of statements) {
    const plan = await cache.plan(statement, new Set());
    const best = await cache.plan(statement, everything);
    if (plan === null || best === null) continue;
    costsToday.set(statement, costOf(plan));
    if (costOf(best) > costOf(plan) * (1 - leastEffect)) continue;
    gains.add(statement);
    for (const index of await cache.used(statement, everything)) ideal.add(index);
  }
  const weighed = weighStatements(costsToday, msPerCost);
  const writes = writesOfAll(writers);
  const overheads = new Map(
    offered.map(
      (index) => [index, overheadOf(index, writes, schema.indexesOf(index.table))] as const,
    ),
  );
  return {
    statements: weighed,
    candidates: offered.filter((index) =>
      [...gains].some((statement) => cache.couldUse(statement, index)),
    ),
    sizeOf,
    overheadMs: (index) => overheads.get(index) ?? 0,
    cost: async ({ statement, cost }, indexes) => {
      if (!gains.has(statement)) return cost;
      const { least, most } = cache.bounds(statement, indexes);
      if (least >= most * (1 - closeEnough)) return Math.min(cost, most);
      const plan = await cache.plan(statement, indexes);
      return plan === null ? cost : Math.min(cost, costOf(plan));
    },
    least: ({ statement, cost }, now, indexes, more) => {
      if (!gains.has(statement) || !cache.couldUse(statement, more)) return now;
      const savedAlone = cost - cache.bounds(statement, new Set([more])).least;
      const { least, most } = cache.bounds(statement, new Set([...indexes, more]));
      return Math.min(now, most, Math.max(least, now - savedAlone));
    },
    tryAlone: async ({ statement, cost }, index) => {
      const ofTable = offered.filter(({ table }) => table === index.table);
      for (const group of [ofTable, sameUse(statement, index)]) {
        const { least } = cache.bounds(statement, new Set([index]));
        if (least < cost * (1 - closeEnough)) await cache.plan(statement, new Set(group));
      }
    },
    ideal,
  };
}

/** What only is smaller than an index of the table must be at most this share of it. */
const mostShareOfWider = 2 / 3;

function isNarrowEnough({ beside }: LabIndex, sizeBytes: number): boolean {
  return beside === undefined || sizeBytes <= mostShareOfWider * beside.sizeBytes;
}
