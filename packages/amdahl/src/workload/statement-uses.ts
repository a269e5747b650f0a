import { tiers, type Tier } from '../artifacts/run-result.ts';
import type { StatementUse } from '../audits/queries/statement-use.ts';
import { shortened } from '../wording.ts';
import type { Workload, WorkloadStatement } from './workload.ts';

/** As much of a statement as names it in a table. */
const nameLength = 80;

/**
 * A workload in the form audits of statements judge. It knows no requests, so each statement is a
 * route of its own, one execution a request; what was not counted counts as one execution, what was
 * not timed as no time.
 */
export function usesOf({ statements }: Workload): readonly StatementUse[] {
  const names = routeNames(statements);
  return statements
    .map((statement, index) => useOf(statement, names[index] ?? ''))
    .sort((a, b) => b.waitedMs - a.waitedMs);
}

/** The shortened texts; those that are cut to the same are numbered, so that none stands for two. */
function routeNames(statements: readonly WorkloadStatement[]): readonly string[] {
  const seen = new Map<string, number>();
  return statements.map(({ text }) => {
    const name = shortened(text, nameLength);
    const number = (seen.get(name) ?? 0) + 1;
    seen.set(name, number);
    return number === 1 ? name : `${name} (${number})`;
  });
}

function useOf(statement: WorkloadStatement, route: string): StatementUse {
  const count = statement.calls ?? 1;
  const meanMs = statement.meanMs ?? 0;
  const noTime = Object.fromEntries(tiers.map((tier) => [tier, 0])) as Record<Tier, number>;
  return {
    isRoute: true,
    ...(statement.origin === null ? {} : { origin: statement.origin }),
    text: statement.text,
    exampleText: statement.exampleText,
    exampleParameters: statement.parameterLists,
    columns: [],
    callSite: null,
    count,
    rows: statement.rows ?? 0,
    bytes: 0,
    meanMs,
    waitedMs: count * meanMs,
    routes: [
      {
        measured: {
          route,
          count,
          times: null,
          insideMs: meanMs,
          timeByTier: { ...noTime, database: meanMs },
          awaitsPerRequest: 1,
          traces: [],
        },
        beforeMs: meanMs,
        heldMs: meanMs,
        perRequest: 1,
        distinctPerRequest: 1,
        count,
        requests: count,
        repeatedShare: 0,
        knownBeforeShare: 0,
      },
    ],
  };
}
