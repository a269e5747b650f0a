import type { BenchmarkStatement } from '../fidelity/statements.ts';
import type { HypopgOracle } from './hypopg.ts';
import { definitionOf, type RivalIndex } from './rival-index.ts';

/** Wider than the authors' own experiments with PostgreSQL went (two). */
const maxWidth = 3;
/** `min_cost_improvement` of hyrise/index_selection_evaluation. */
const leastImprovement = 1.003;

/**
 * "Extend" (R. Schlosser, J. Kossmann, M. Boissier, ICDE 2019), after its authors' implementation in
 * hyrise/index_selection_evaluation: add a single-column index, or append a column to a chosen one,
 * whichever saves most cost for each byte, until the budget is used or nothing saves 0.3 %.
 */
export async function extend(
  oracle: HypopgOracle,
  statements: readonly BenchmarkStatement[],
  budgetBytes: number,
): Promise<readonly RivalIndex[]> {
  const attributes = oracle.columns.filter((column) =>
    statements.some((statement) => oracle.columnsOf(statement).includes(column)),
  );
  const costOf = async (indexes: readonly RivalIndex[]): Promise<number> => {
    let total = 0;
    for (const statement of statements) total += (await oracle.plan(statement, indexes)).cost;
    return total;
  };
  const sizeOf = async (indexes: readonly RivalIndex[]): Promise<number> => {
    let total = 0;
    for (const index of indexes) total += await oracle.sizeOf(index);
    return total;
  };

  let chosen: readonly RivalIndex[] = [];
  let cost = await costOf(chosen);
  for (;;) {
    const size = await sizeOf(chosen);
    let best: { set: readonly RivalIndex[]; cost: number; ratio: number } | null = null;
    for (const set of moves(chosen, attributes)) {
      const newSize = await sizeOf(set);
      if (newSize > budgetBytes) continue;
      const newCost = await costOf(set);
      if (newCost * leastImprovement >= cost) continue;
      const ratio = (cost - newCost) / Math.max(1, newSize - size);
      if (best === null || ratio > best.ratio) best = { set, cost: newCost, ratio };
    }
    if (best === null) return chosen;
    ({ set: chosen, cost } = best);
  }
}

function* moves(
  chosen: readonly RivalIndex[],
  attributes: readonly RivalIndex[],
): Generator<readonly RivalIndex[]> {
  const present = new Set(chosen.map(definitionOf));
  for (const attribute of attributes) {
    if (!present.has(definitionOf(attribute))) yield [...chosen, attribute];
    for (const index of chosen) {
      const [column = ''] = attribute.columns;
      if (index.table !== attribute.table || index.columns.length >= maxWidth) continue;
      if (index.columns.includes(column)) continue;
      const wider = { table: index.table, columns: [...index.columns, column] };
      if (present.has(definitionOf(wider))) continue;
      yield [...chosen.filter((other) => other !== index), wider];
    }
  }
}
