import type { BenchmarkStatement } from '../fidelity/statements.ts';
import type { HypopgOracle } from './hypopg.ts';
import { definitionOf, type RivalIndex } from './rival-index.ts';

/** `--min-cost` and `--min-cost-savings-pct` of Dexter. */
const minCost = 100;
const minSaving = 0.5;

/**
 * Dexter's rules (ankane/dexter, lib/dexter/indexer.rb): for each statement that costs 100 or more, all
 * its columns get a hypothetical index at once, and what the planner takes is advised if it halves the
 * cost; pairs of columns only if what is left is still above 100 and they halve it again. No budget.
 */
export async function dexter(
  oracle: HypopgOracle,
  statements: readonly BenchmarkStatement[],
): Promise<readonly RivalIndex[]> {
  const advised = new Map<string, RivalIndex>();
  for (const statement of statements) {
    const before = await oracle.plan(statement, []);
    if (before.cost < minCost) continue;
    const columns = oracle.columnsOf(statement);
    const single = await oracle.plan(statement, columns);
    let used = single.cost < before.cost * (1 - minSaving) ? single.used : [];
    if (single.cost > minCost) {
      const pairs = await oracle.plan(statement, [...columns, ...pairsOf(columns)]);
      if (pairs.cost < single.cost * (1 - minSaving)) used = pairs.used;
    }
    for (const index of used) advised.set(definitionOf(index), index);
  }
  return [...advised.values()];
}

function pairsOf(columns: readonly RivalIndex[]): readonly RivalIndex[] {
  return columns.flatMap((first) =>
    columns
      .filter((second) => second !== first && second.table === first.table)
      .map((second) => ({
        table: first.table,
        columns: [...first.columns, ...second.columns],
      })),
  );
}
