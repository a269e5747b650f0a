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
  /** Statements whose writes keep the indexes up, where those are more. @default the statements */
  readonly writers?: readonly LabStatement[];
  /** Candidates that are left out. */
  readonly without?: (index: LabIndex) => boolean;
}

/** Plans the workload as it is, and with all candidates at once to see which statements can gain. */
export async function poseSelection(
  lab: HollowLab,
  cache: PlanCache,
  statements: readonly LabStatement[],
  { schema, msPerCost, writers = statements, without = () => false }: ProblemOptions,
): Promise<SelectionProblem> {
  const sizeOf = (index: LabIndex): number => lab.candidates.get(index)?.sizeBytes ?? 0;
  const candidates = [...lab.candidates.keys()].filter(
    (index) => !without(index) && isNarrowEnough(index, sizeOf(index)),
  );
  const everything = new Set(candidates);
  const costsToday = new Map<LabStatement, number>();
  const gains = new Set<LabStatement>();
  for (const statement of statements) {
    const plan = await cache.plan(statement, new Set());
    const best = await cache.plan(statement, everything);
    if (plan === null || best === null) continue;
    costsToday.set(statement, costOf(plan));
    if (costOf(best) <= costOf(plan) * (1 - leastEffect)) gains.add(statement);
  }
  const weighed = weighStatements(costsToday, msPerCost);
  const writes = writesOfAll(writers);
  const overheads = new Map(
    candidates.map(
      (index) => [index, overheadOf(index, writes, schema.indexesOf(index.table))] as const,
    ),
  );
  const costs = async (indexes: ReadonlySet<LabIndex>): Promise<Costs> => {
    const found = new Map<WeighedStatement, number>();
    for (const one of weighed) {
      const plan = gains.has(one.statement) ? await cache.plan(one.statement, indexes) : null;
      found.set(one, plan === null ? one.cost : Math.min(one.cost, costOf(plan)));
    }
    return found;
  };
  const overheadMs = (index: LabIndex): number => overheads.get(index) ?? 0;
  return {
    statements: weighed,
    candidates: candidates.filter((index) =>
      [...gains].some((statement) => cache.couldUse(statement, index)),
    ),
    sizeOf,
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

/** What only is smaller than an index of the table must be at most this share of it. */
const mostShareOfWider = 2 / 3;

function isNarrowEnough({ beside }: LabIndex, sizeBytes: number): boolean {
  return beside === undefined || sizeBytes <= mostShareOfWider * beside.sizeBytes;
}
