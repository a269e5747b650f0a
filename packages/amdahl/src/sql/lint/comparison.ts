import type { Node } from 'libpg-query';
import { as, findAll, lastName } from '../ast.ts';
import type { Predicate } from '../predicates.ts';

/** `side operator value`, turned so that the side with the column comes first. */
export interface Comparison {
  /** The column, or an expression around it. */
  readonly side: Node;
  /** The column as the statement writes it. */
  readonly reference: Node;
  readonly operator: ComparisonOperator;
  readonly value: Node;
}

export type ComparisonOperator = '=' | '<' | '<=' | '>' | '>=';

const mirrored = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;

/** The same comparison read from right to left. */
export function mirror(operator: ComparisonOperator): ComparisonOperator {
  return mirrored[operator];
}

/** A comparison of a column with something that is no column; null for anything else. */
export function comparisonOf({ node, join }: Predicate): Comparison | null {
  const expression = as(node, 'A_Expr');
  if (expression?.kind !== 'AEXPR_OP' || join) return null;
  const { lexpr, rexpr } = expression;
  const name = lastName(expression.name);
  if (lexpr === undefined || rexpr === undefined || !(name in mirrored)) return null;
  const operator = name as ComparisonOperator;
  const columnIsLeft = findAll(lexpr, 'ColumnRef').length > 0;
  const [side, value] = columnIsLeft ? [lexpr, rexpr] : [rexpr, lexpr];
  const [reference] = findAll(side, 'ColumnRef');
  if (reference === undefined || findAll([value], 'SubLink').length > 0) return null;
  return {
    side,
    reference: { ColumnRef: reference },
    operator: columnIsLeft ? operator : mirror(operator),
    value,
  };
}

const integers = new Set(['smallint', 'integer', 'bigint']);

export function isIntegerType(type: string): boolean {
  return integers.has(type);
}
