import type { Node } from 'libpg-query';
import { as, constantOf, findAll, lastName, replaceNode } from '../../ast.ts';
import { castTo, operation } from '../build.ts';
import { comparisonOf, isIntegerType, mirror, type Comparison } from '../comparison.ts';
import { proposal, type LintContext, type LintRule } from '../rule.ts';

/**
 * `quantity + 5 > $1` becomes `quantity > $1 - 5`: sums move to the other side, where they are
 * computed once. Only whole numbers and moments move without changing the meaning: fractions round,
 * products have remainders, and months differ in length. A day is 24 hours only where the session
 * knows no summer time.
 */
export const arithmeticOnColumn: LintRule = {
  id: 'arithmetic-on-column',
  audit: 'non-sargable-predicate',
  propose: (context) => {
    for (const predicate of context.shape.blocks.flatMap((block) => block.predicates)) {
      const comparison = predicate.expression === null ? null : comparisonOf(predicate);
      const { column, node } = predicate;
      const moved = comparison === null ? null : moveSum(comparison, column.type, context);
      if (moved === null) continue;
      return proposal(
        'arithmetic-on-column',
        [node],
        replaceNode(context.statement, node, moved),
        `${column.name} is reckoned with before it is compared, so that no index on it can be used`,
        { baresColumn: true },
      );
    }
    return null;
  },
};

function moveSum(
  { side, reference, operator, value }: Comparison,
  type: string,
  context: LintContext,
): Node | null {
  const sum = as(side, 'A_Expr');
  const sign = lastName(sum?.name);
  if (sum?.kind !== 'AEXPR_OP' || (sign !== '+' && sign !== '-')) return null;
  const { lexpr, rexpr } = sum;
  const columnIsLeft = as(lexpr, 'ColumnRef') !== null;
  const addend = columnIsLeft ? rexpr : lexpr;
  const bare = columnIsLeft || as(rexpr, 'ColumnRef') !== null;
  if (!bare || addend === undefined || findAll([addend], 'ColumnRef').length > 0) return null;
  if (!canMove(addend, type, context)) return null;
  const typed = isIntegerType(type) ? value : withType(value, summedType(type, addend));
  if (sign === '+') return operation(operator, reference, operation('-', typed, addend));
  return columnIsLeft
    ? operation(operator, reference, operation('+', typed, addend))
    : isIntegerType(type)
      ? operation(mirror(operator), reference, operation('-', addend, typed))
      : null;
}

function canMove(addend: Node, type: string, { schema }: LintContext): boolean {
  if (isIntegerType(type)) {
    const cast = lastName(as(addend, 'TypeCast')?.typeName?.names);
    return (
      as(addend, 'ParamRef') !== null ||
      Number.isInteger(constantOf(addend)) ||
      ['int2', 'int4', 'int8'].includes(cast)
    );
  }
  if (type === 'date' && as(addend, 'A_Const')?.ival !== undefined) return true;
  const unit = intervalUnit(addend);
  if (unit === null || !/^(date|timestamp)/.test(type)) return false;
  const zone = schema.catalog.settings['TimeZone'] ?? '';
  return unit === 'time' || !type.endsWith('with time zone') || /^(Etc\/)?(UTC|GMT)$/.test(zone);
}

const wholeInterval =
  /^\s*\d+ (microsecond|millisecond|second|sec|minute|min|hour|hr|day|week)s?\s*$/i;

/** Whether a literal interval is of days or of hours and less; null for anything else. */
function intervalUnit(node: Node): 'day' | 'time' | null {
  const cast = as(node, 'TypeCast');
  const text = constantOf(cast?.arg);
  if (lastName(cast?.typeName?.names) !== 'interval' || typeof text !== 'string') return null;
  const [, unit] = wholeInterval.exec(text) ?? [];
  if (unit === undefined) return null;
  return /^(day|week)$/i.test(unit) ? 'day' : 'time';
}

/** A date and a number of days make a date, a date and an interval a moment. */
function summedType(type: string, addend: Node): string {
  return type === 'date' && as(addend, 'A_Const') === null ? 'timestamp' : type;
}

/** An untyped text minus an interval would be read as an interval. */
function withType(value: Node, type: string): Node {
  const untyped = as(value, 'ParamRef') !== null || as(value, 'A_Const') !== null;
  return untyped ? castTo(type, value) : value;
}
