import type { LabStatement } from './lab-statement.ts';
import { writesOf, type TableWrites } from './write-overhead.ts';

/**
 * Milliseconds of a unit of planner cost where no statement was timed: 1.2 to 1.7 µs by
 * advisor/calibrate.ts on the machine of benchmarks/index-maintenance, everything in memory. It only
 * weighs statements against the upkeep of indexes.
 */
export const nominalMsPerCost = 0.0015;

/** A statement by what it takes of the workload. */
export interface WeighedStatement {
  readonly statement: LabStatement;
  /** Executions, one when nobody counted. */
  readonly weight: number;
  /** Milliseconds of all executions for each unit of its cost. */
  readonly msPerCost: number;
  /** Today, of one execution. */
  readonly cost: number;
}

/**
 * A timed statement knows its own pace; the part that every statement takes, be it ever so cheap, no
 * index can save: what is least left of a mean when its cost is taken off at the pace of all. The
 * others go by that pace.
 *
 * @param costs of one execution today, in the lab
 */
export function weighStatements(
  costs: ReadonlyMap<LabStatement, number>,
  msPerCost: number | null,
): readonly WeighedStatement[] {
  const statements = [...costs.keys()];
  const commonPace = msPerCost ?? nominalMsPerCost;
  const left = [...costs].flatMap(
    ([
      {
        usage: { meanMs },
      },
      cost,
    ]) => (meanMs === null ? [] : [Math.max(0, meanMs - cost * commonPace)]),
  );
  const fixedMs = left.length === 0 ? 0 : Math.min(...left);
  const weightOf = executionsOf(statements);
  return [...costs].map(([statement, cost]) => {
    const { meanMs } = statement.usage;
    const weight = weightOf(statement);
    const pace = meanMs === null ? commonPace : Math.max(0, meanMs - fixedMs) / Math.max(cost, 1);
    return { statement, weight, msPerCost: weight * pace, cost };
  });
}

/** What all executions of these statements write. */
export function writesOfAll(statements: readonly LabStatement[]): readonly TableWrites[] {
  const weightOf = executionsOf(statements);
  return statements.flatMap((statement) => writesOf(statement, weightOf(statement)));
}

/** In files nobody counts: then each statement weighs the same. */
function executionsOf(statements: readonly LabStatement[]): (statement: LabStatement) => number {
  const counted = statements.some(({ usage }) => usage.calls > 0);
  return ({ usage }) => (counted ? usage.calls : 1);
}
