import type { Node } from 'libpg-query';
import type { CatalogColumn } from '../../../artifacts/catalog.ts';
import { as, constantOf, findAll, replaceNode } from '../../ast.ts';
import { allOf, anyOf, castTo, isNull, operation } from '../build.ts';
import { comparisonOf, type Comparison, type ComparisonOperator } from '../comparison.ts';
import { proposal, type LintRule } from '../rule.ts';

/**
 * `coalesce(discount, 0) = $1` becomes `discount = $1 OR (discount IS NULL AND 0 = $1)`, both of
 * which an index serves. A column that is NOT NULL needs no coalesce, and of a comparison of two
 * literals the outcome is known.
 */
export const coalesceOnColumn: LintRule = {
  id: 'coalesce-on-column',
  audit: 'non-sargable-predicate',
  propose: ({ statement, shape }) => {
    for (const predicate of shape.blocks.flatMap((block) => block.predicates)) {
      const comparison = predicate.expression === null ? null : comparisonOf(predicate);
      const { column, node } = predicate;
      const bare = comparison === null ? null : withoutCoalesce(comparison, column);
      if (bare === null) continue;
      return proposal(
        'coalesce-on-column',
        [node],
        replaceNode(statement, node, bare),
        `${column.name} stands inside coalesce, so that no index on it can be used`,
        { baresColumn: true },
      );
    }
    return null;
  },
};

function withoutCoalesce(
  { side, reference, operator, value }: Comparison,
  column: CatalogColumn,
): Node | null {
  const [first, fallback, ...more] = as(side, 'CoalesceExpr')?.args ?? [];
  if (as(first, 'ColumnRef') === null || fallback === undefined || more.length > 0) return null;
  if (findAll([fallback], 'ColumnRef').length > 0) return null;
  const bare = operation(operator, reference, value);
  if (column.notNull) return bare;
  const known = outcomeOf(constantOf(fallback), operator, constantOf(value));
  if (known === false) return bare;
  if (known === true) return anyOf(bare, isNull(reference));
  const both = allOf(isNull(reference), operation(operator, typed(fallback, column), value));
  return both === undefined ? null : anyOf(bare, both);
}

/** Two untyped texts would be compared as text. */
function typed(fallback: Node, column: CatalogColumn): Node {
  return as(fallback, 'A_Const')?.sval === undefined ? fallback : castTo(column.type, fallback);
}

function outcomeOf(left: unknown, operator: ComparisonOperator, right: unknown): boolean | null {
  if (typeof left === 'number' && typeof right === 'number') {
    const difference = left - right;
    return {
      '=': difference === 0,
      '<': difference < 0,
      '<=': difference <= 0,
      '>': difference > 0,
      '>=': difference >= 0,
    }[operator];
  }
  // Texts may mean the same date or number when they differ; only for equal ones there is no doubt.
  return typeof left === 'string' && left === right && operator === '=' ? true : null;
}
