import type { FuncCall, Node, SelectStmt } from 'libpg-query';
import { as, conjunctsOf, findAll, lastName, replaceNode, walk } from '../../ast.ts';
import { allOf, columnReference, integerConstant, operation } from '../build.ts';
import {
  columnAmong,
  commonTables,
  hasAggregate,
  isPlainSelect,
  sourcesOf,
  type Source,
} from '../from-clause.ts';
import { proposal, type LintContext, type LintRule, type Proposal } from '../rule.ts';

/** Aggregates whose answer over no rows is NULL, as that of a join without a match; count's is 0. */
const moved = new Set(['count', 'sum', 'min', 'max', 'avg']);

/**
 * A subquery in the select list that aggregates what belongs to each row runs once for each row. As
 * a join with the aggregates of all groups it runs once, which pays where most groups are shown and
 * is wasteful where a LIMIT shows few: the lab tells.
 */
export const correlatedSubquery: LintRule = {
  id: 'correlated-subquery',
  audit: 'correlated-subquery',
  propose: (context) => {
    const select = as(context.statement, 'SelectStmt');
    if (select === null || !isPlainSelect(select) || select.fromClause?.length !== 1) return null;
    const hidden = commonTables(context.statement);
    const outer = sourcesOf(select.fromClause, context.schema, hidden);
    for (const subquery of subqueriesIn(select.targetList)) {
      const query = as(as(subquery, 'SubLink')?.subselect, 'SelectStmt');
      const inner = sourcesOf(query?.fromClause, context.schema, hidden);
      const grouped = query === null ? null : groupedBy(query, inner, outer);
      if (grouped === null) continue;
      const joined = joinWith(select, subquery, grouped, outer, context);
      if (joined !== null) return joined;
    }
    return null;
  },
};

function subqueriesIn(targets: readonly Node[] | undefined): readonly Node[] {
  const found: Node[] = [];
  walk(targets, (node) => {
    if (as(node, 'SubLink')?.subLinkType === 'EXPR_SUBLINK') found.push(node);
    return !('SubLink' in node);
  });
  return found;
}

/** An aggregate for each value of the columns that tie it to the outer query. */
interface Grouped {
  readonly query: SelectStmt;
  readonly aggregate: FuncCall;
  /** What the columns are compared with, as columns of the outer query. */
  readonly keys: readonly Node[];
  readonly name: string;
}

function groupedBy(
  query: SelectStmt,
  inner: readonly Source[],
  outer: readonly Source[],
): Grouped | null {
  const [target, ...more] = query.targetList ?? [];
  const aggregate = as(as(target, 'ResTarget')?.val, 'FuncCall');
  if (aggregate === null || more.length > 0 || !moved.has(lastName(aggregate.funcname)))
    return null;
  if (!hasAggregate([{ FuncCall: aggregate }]) || !isPlainSelect({ ...query, targetList: [] }))
    return null;
  if (query.limitCount !== undefined || query.limitOffset !== undefined) return null;
  if (inner.length === 0 || inner.some(({ table }) => table === null)) return null;
  const isInner = (value: unknown): boolean =>
    findAll(value, 'SubLink').length === 0 &&
    findAll(value, 'ColumnRef').every((each) => columnAmong(each, inner) !== null);
  const conditions = conjunctsOf(query.whereClause);
  const ties = conditions.flatMap((condition) => {
    const comparison = as(condition, 'A_Expr');
    if (comparison?.kind !== 'AEXPR_OP' || lastName(comparison.name) !== '=') return [];
    const sides = [comparison.lexpr, comparison.rexpr].map((side) => as(side, 'ColumnRef'));
    const own = sides.find((side) => side !== null && columnAmong(side, inner) !== null);
    const other = sides.find((side) => side !== null && columnAmong(side, inner) === null);
    const of = columnAmong(other ?? null, outer);
    if (own === undefined || own === null || of === null) return [];
    return [{ condition, own, of }];
  });
  const rest = conditions.filter((each) => !ties.some(({ condition }) => condition === each));
  if (ties.length === 0 || !isInner([rest, aggregate, query.fromClause])) return null;
  const where = allOf(...rest);
  const { whereClause: _where, ...others } = query;
  return {
    aggregate,
    name: inner[0]?.alias ?? 'rows',
    keys: ties.map(({ of }) => columnReference(of.source.alias, of.column.name)),
    query: {
      ...others,
      targetList: [
        ...ties.map(({ own }, index): Node => ({
          ResTarget: { name: keyName(index), val: { ColumnRef: own } },
        })),
        { ResTarget: { name: valueName, val: { FuncCall: aggregate } } },
      ],
      groupClause: ties.map(({ own }): Node => ({ ColumnRef: own })),
      ...(where === undefined ? {} : { whereClause: where }),
    },
  };
}

const valueName = 'aggregated';

function keyName(index: number): string {
  return `belongs_to${index === 0 ? '' : index + 1}`;
}

function joinWith(
  select: SelectStmt,
  subquery: Node,
  { query, aggregate, keys, name }: Grouped,
  outer: readonly Source[],
  { statement }: LintContext,
): Proposal | null {
  const taken = new Set(outer.map(({ alias }) => alias));
  let alias = `${name}_of`;
  for (let number = 2; taken.has(alias); number += 1) alias = `${name}_of${number}`;
  const value = columnReference(alias, valueName);
  const answer: Node =
    lastName(aggregate.funcname) === 'count'
      ? { CoalesceExpr: { args: [value, integerConstant(0)] } }
      : value;
  const on = allOf(
    ...keys.map((key, index) => operation('=', columnReference(alias, keyName(index)), key)),
  );
  const from = select.fromClause?.[0];
  if (from === undefined || on === undefined) return null;
  const join: Node = {
    JoinExpr: {
      jointype: 'JOIN_LEFT',
      larg: from,
      rarg: {
        RangeSubselect: { subquery: { SelectStmt: query }, alias: { aliasname: alias } },
      },
      quals: on,
    },
  };
  const targetList = (select.targetList ?? []).flatMap((target): readonly Node[] => {
    const result = as(target, 'ResTarget');
    if (result?.val === subquery) {
      const outputName = result?.name ?? lastName(aggregate.funcname);
      return [{ ResTarget: { ...result, name: outputName, val: answer } }];
    }
    const fields = as(result?.val, 'ColumnRef')?.fields;
    // A bare star would take in the joined columns too.
    if (fields?.length !== 1 || lastName(fields) !== '*')
      return [replaceNode(target, subquery, answer)];
    return outer.map(({ alias: each }): Node => ({
      ResTarget: {
        val: { ColumnRef: { fields: [{ String: { sval: each } }, { A_Star: {} }] } },
      },
    }));
  });
  if (findAll(select.fromClause, 'JoinExpr').some(({ usingClause }) => usingClause !== undefined))
    return null;
  return proposal(
    'correlated-subquery',
    [subquery],
    replaceNode(statement, select as never, { ...select, fromClause: [join], targetList } as never),
    `a subquery over ${name} runs once for each row of the result`,
  );
}
