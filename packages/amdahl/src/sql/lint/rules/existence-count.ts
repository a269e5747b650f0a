import type { FuncCall, Node, SelectStmt } from 'libpg-query';
import { as, constantOf, lastName, replaceNode, walk } from '../../ast.ts';
import { allOf, exists, isNotNull, negated, one } from '../build.ts';
import { mirror, type ComparisonOperator } from '../comparison.ts';
import { proposal, type LintContext, type LintRule, type Proposal } from '../rule.ts';

/**
 * `(SELECT count(*) …) > 0` becomes `EXISTS (SELECT 1 …)`, which stops at the first row found
 * instead of counting all. Both forms: compared in a subquery, and as the select list of the whole
 * statement.
 */
export const existenceCount: LintRule = {
  id: 'existence-count',
  audit: 'existence-count',
  propose: (context) => {
    for (const comparison of comparisonsIn(context.statement)) {
      const asked = questionOf(comparison);
      const query = as(as(asked?.counted, 'SubLink')?.subselect, 'SelectStmt');
      const isScalar = as(asked?.counted, 'SubLink')?.subLinkType === 'EXPR_SUBLINK';
      const [target, ...more] = query?.targetList ?? [];
      const count = as(as(target, 'ResTarget')?.val, 'FuncCall');
      if (asked === null || query === null || !isScalar || more.length > 0) continue;
      const inside = existenceOf(query, count);
      if (inside === null) continue;
      const answer = asked.isThere ? inside : negated(inside);
      return found(comparison, replaceNode(context.statement, comparison, answer));
    }
    return wholeStatement(context);
  },
};

/** `SELECT count(*) > 0 FROM …` */
function wholeStatement(context: LintContext): Proposal | null {
  const select = as(context.statement, 'SelectStmt');
  const [target, ...more] = select?.targetList ?? [];
  const result = as(target, 'ResTarget');
  const asked = questionOf(result?.val);
  const count = as(asked?.counted, 'FuncCall');
  if (select === null || result === null || asked === null || more.length > 0) return null;
  const { withClause, ...query } = select;
  const inside = existenceOf(query, count);
  if (inside === null) return null;
  const val = asked.isThere ? inside : negated(inside);
  const rewritten: Node = {
    SelectStmt: {
      op: 'SETOP_NONE',
      limitOption: 'LIMIT_OPTION_DEFAULT',
      targetList: [{ ResTarget: { ...result, val } }],
      ...(withClause === undefined ? {} : { withClause }),
    },
  };
  const renamed =
    'The column has another name then; give it one with AS where the app reads it by name.';
  return found(result.val as Node, rewritten, result.name === undefined ? [renamed] : []);
}

function comparisonsIn(statement: Node): readonly Node[] {
  const found: Node[] = [];
  walk([statement], (node) => {
    if ('A_Expr' in node) found.push(node);
  });
  return found;
}

function found(node: Node, rewritten: Node, advice: readonly string[] = []): Proposal {
  return proposal(
    'existence-count',
    [node],
    rewritten,
    'all rows are counted to see whether there is one',
    { advice },
  );
}

interface Question {
  readonly counted: Node;
  /** Asked whether there is a row, or whether there is none. */
  readonly isThere: boolean;
}

/** A comparison that only tells no row from some: `> 0`, `>= 1`, `<> 0`, `= 0`, `< 1`. */
function questionOf(node: Node | undefined): Question | null {
  const comparison = as(node, 'A_Expr');
  if (comparison?.kind !== 'AEXPR_OP') return null;
  const { lexpr, rexpr } = comparison;
  const name = lastName(comparison.name);
  const isLeft = typeof constantOf(rexpr) === 'number';
  const [counted, constant] = isLeft ? [lexpr, rexpr] : [rexpr, lexpr];
  const number = constantOf(constant);
  if (counted === undefined || typeof number !== 'number') return null;
  const operator = isLeft || name === '<>' ? name : mirror(name as ComparisonOperator);
  switch (`${operator} ${number}`) {
    case '> 0':
    case '>= 1':
    case '<> 0':
      return { counted, isThere: true };
    case '= 0':
    case '< 1':
    case '<= 0':
      return { counted, isThere: false };
    default:
      return null;
  }
}

/** `EXISTS` over the rows that are counted; null when the count is not of plain rows. */
function existenceOf(query: SelectStmt, count: FuncCall | null): Node | null {
  const { groupClause, havingClause, limitCount, limitOffset, distinctClause, op } = query;
  const parts = [groupClause, havingClause, limitCount, limitOffset, distinctClause];
  if (count === null || query.fromClause === undefined) return null;
  if (parts.some((part) => part !== undefined) || (op ?? 'SETOP_NONE') !== 'SETOP_NONE')
    return null;
  const { agg_star: star, agg_filter: filter, over, args } = count;
  if (lastName(count.funcname) !== 'count' || over !== undefined) return null;
  const [counted, ...others] = args ?? [];
  if (star !== true && (counted === undefined || others.length > 0)) return null;
  const value = counted === undefined ? undefined : isNotNull(counted);
  const { sortClause: _sort, whereClause, ...rest } = query;
  const where = allOf(whereClause, value, filter);
  return exists({
    SelectStmt: {
      ...rest,
      targetList: [one],
      ...(where === undefined ? {} : { whereClause: where }),
    },
  });
}
