import type { Node } from 'libpg-query';
import { as, conjunctsOf, findAll, lastName } from './ast.ts';
import { deparseExpression, parseExpression } from './parser.ts';

/** What a condition of a plan compares. */
export interface ConditionColumns {
  /** Columns, those compared by `=` first, each once. */
  readonly columns: readonly string[];
  /** Function calls around columns, as SQL: `lower(name)`. */
  readonly expressions: readonly string[];
}

/**
 * Columns in a condition as EXPLAIN prints it, such as `((status = 'paid'::text) AND (total > 5))`.
 * Empty when it holds what is no SQL, as `(SubPlan 1)`.
 */
export function conditionColumns(condition: string): ConditionColumns {
  const parts = conjunctsIn(condition);
  const isEquality = (node: Node): boolean => lastName(as(node, 'A_Expr')?.name) === '=';
  const ordered = [...parts.filter(isEquality), ...parts.filter((node) => !isEquality(node))];
  return {
    columns: unique(ordered.flatMap(columnsIn)),
    expressions: unique(
      ordered
        .flatMap((part) => findAll(part, 'FuncCall'))
        .filter((call) => columnsIn(call).length > 0)
        .map((call) => deparseExpression({ FuncCall: call })),
    ),
  };
}

function conjunctsIn(condition: string): readonly Node[] {
  try {
    return conjunctsOf(parseExpression(condition));
  } catch {
    return [];
  }
}

function columnsIn(value: unknown): readonly string[] {
  return findAll(value, 'ColumnRef').map(({ fields }) => lastName(fields));
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
