import type { ColumnRef, Node, SelectStmt } from 'libpg-query';
import { as, conjunctsOf, lastName, replaceNode } from '../../ast.ts';
import { deparseExpression } from '../../parser.ts';
import { qualifiedName } from '../../schema.ts';
import { allOf, columnReference, exists, isNotNull, negated, one, operation } from '../build.ts';
import {
  columnAmong,
  commonTables,
  isPlainSelect,
  mayBeNull,
  queriesOf,
  sourcesOf,
  type SourceColumn,
} from '../from-clause.ts';
import { proposal, type LintContext, type LintRule, type Proposal } from '../rule.ts';

/**
 * `x NOT IN (SELECT y …)` becomes `NOT EXISTS (… y = x)`, which is planned as a join. NOT IN cannot
 * be: one NULL among the y makes it true for no row at all, so the database has to look at the whole
 * list for each row (PostgreSQL keeps it in a hash table while work_mem holds it, and rereads it for
 * each row beyond that). The two mean the same only where neither side is NULL.
 */
export const notInSubquery: LintRule = {
  id: 'not-in-subquery',
  audit: 'not-in-subquery',
  propose: (context) => {
    const hidden = commonTables(context.statement);
    for (const query of queriesOf(context.statement)) {
      const outer = sourcesOf(query.from, context.schema, hidden);
      for (const condition of conjunctsOf(query.where)) {
        const membership = exclusionOf(condition);
        if (membership === null) continue;
        const inner = sourcesOf(membership.query.fromClause, context.schema, hidden);
        const wanted = columnAmong(membership.wanted, outer);
        const listed = columnAmong(membership.listed, inner);
        // Written inside the subquery, the outer column must still mean the outer table.
        const isShadowed = inner.some(({ alias }) => alias === wanted?.source.alias);
        if (wanted === null || listed === null || isShadowed) continue;
        const found = asAntiJoin({ condition, ...membership, wanted, listed }, context);
        if (found !== null) return found;
      }
    }
    return null;
  },
};

/** `wanted NOT IN (SELECT listed FROM …)` */
interface Exclusion<Column> {
  readonly wanted: Column;
  readonly listed: Column;
  readonly query: SelectStmt;
}

function exclusionOf(condition: Node): Exclusion<ColumnRef> | null {
  const not = as(condition, 'BoolExpr');
  const inside = not?.boolop === 'NOT_EXPR' ? as(not.args?.[0], 'SubLink') : null;
  const all = as(condition, 'SubLink');
  const isAll = all?.subLinkType === 'ALL_SUBLINK' && lastName(all.operName) === '<>';
  const isNotIn = inside?.subLinkType === 'ANY_SUBLINK' && inside.operName === undefined;
  const membership = isAll ? all : isNotIn ? inside : null;
  const query = as(membership?.subselect, 'SelectStmt');
  const [target, ...more] = query?.targetList ?? [];
  const wanted = as(membership?.testexpr, 'ColumnRef');
  const listed = as(as(target, 'ResTarget')?.val, 'ColumnRef');
  if (query === null || wanted === null || listed === null || more.length > 0) return null;
  const isCut = query.limitCount !== undefined || query.limitOffset !== undefined;
  // DISTINCT changes nothing about what is in the list.
  const { distinctClause: _distinct, ...rest } = query;
  return isCut || !isPlainSelect(rest) ? null : { wanted, listed, query };
}

function asAntiJoin(
  { condition, wanted, listed, query }: Exclusion<SourceColumn> & { readonly condition: Node },
  { statement }: LintContext,
): Proposal | null {
  const listedNode = columnReference(listed.source.alias, listed.column.name);
  const wantedNode = columnReference(wanted.source.alias, wanted.column.name);
  const nulls = mayBeNull(listed) && !excludesNulls(query, listed);
  // One NULL is enough for the original to find nothing: then the two never mean the same.
  if (nulls && (listed.column.statistics?.nullFraction ?? 0) > 0) return null;
  if (nulls && listed.source.optional) return null;
  const { distinctClause: _distinct, sortClause: _sort, whereClause, ...rest } = query;
  const antiJoin = negated(
    exists({
      SelectStmt: {
        ...rest,
        targetList: [one],
        whereClause: allOf(whereClause, operation('=', listedNode, wantedNode)) as Node,
      },
    }),
  );
  const maybeNull = mayBeNull(wanted);
  const replacement = maybeNull ? allOf(isNotNull(wantedNode), antiJoin) : antiJoin;
  if (replacement === undefined) return null;
  const [inner, outer] = [listedNode, wantedNode].map(deparseExpression);
  return proposal(
    'not-in-subquery',
    [condition],
    replaceNode(statement, condition, replacement),
    `${outer} NOT IN (SELECT ${listed.column.name} …) cannot be planned as a join`,
    {
      equivalence: nulls || maybeNull ? 'by-proof' : 'by-rule',
      withoutNulls: nulls
        ? [
            {
              table: qualifiedName(listed.table.schema, listed.table.name),
              column: listed.column.name,
            },
          ]
        : [],
      preconditions: [
        ...(nulls
          ? [
              `${inner} holds no NULL today but may by the schema: with a single one the original returns no row at all, the rewritten statement the rows one would expect. Make the column NOT NULL.`,
            ]
          : []),
        ...(maybeNull
          ? [
              `The subquery finds at least one row: with none, the original also returns rows whose ${outer} is NULL.`,
            ]
          : []),
      ],
    },
  );
}

/** Whether the subquery's own condition drops rows whose listed column is NULL. */
function excludesNulls(query: SelectStmt, listed: SourceColumn): boolean {
  const isListed = (node: Node | undefined): boolean =>
    columnAmong(as(node, 'ColumnRef'), [listed.source])?.column === listed.column;
  return conjunctsOf(query.whereClause).some((condition) => {
    const test = as(condition, 'NullTest');
    if (test !== null) return test.nulltesttype === 'IS_NOT_NULL' && isListed(test.arg);
    const comparison = as(condition, 'A_Expr');
    const isStrict = comparison?.kind === 'AEXPR_OP';
    return isStrict && (isListed(comparison.lexpr) || isListed(comparison.rexpr));
  });
}
