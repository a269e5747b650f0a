import type { Node, SelectStmt } from 'libpg-query';
import { as, conjunctsOf, findAll, lastName } from '../../ast.ts';
import { deparseExpression } from '../../parser.ts';
import { allOf } from '../build.ts';
import { columnAmong, commonTables, isPlainSelect, sourcesOf } from '../from-clause.ts';
import { proposal, type LintRule } from '../rule.ts';

/** Alternatives beyond these make a statement nobody wants to read. */
const maxArms = 4;

/**
 * `a = $1 OR b = $2` becomes one query for each alternative, put together by UNION ALL; from the
 * second on each leaves out the rows the ones before have found, so that none comes twice. Worth it
 * where the alternatives are on columns of different tables, which no bitmap can combine; on one
 * table PostgreSQL combines two indexes by itself (BitmapOr), and the lab drops this.
 */
export const orAcrossColumns: LintRule = {
  id: 'or-across-columns',
  audit: 'or-across-columns',
  propose: ({ statement, schema }) => {
    const select = as(statement, 'SelectStmt');
    if (select === null || !isPlainSelect(select)) return null;
    const sources = sourcesOf(select.fromClause, schema, commonTables(statement));
    const conditions = conjunctsOf(select.whereClause);
    for (const condition of conditions) {
      const either = as(condition, 'BoolExpr');
      const arms = either?.boolop === 'OR_EXPR' ? (either.args ?? []) : [];
      const columns = arms.map((arm) => {
        const found = findAll([arm], 'ColumnRef').map((each) => columnAmong(each, sources));
        return found.map((each) => `${each?.source.alias}.${each?.column.name}`);
      });
      const isAcross = new Set(columns.map((each) => each.join())).size > 1;
      if (arms.length < 2 || arms.length > maxArms || !isAcross) continue;
      if (columns.some((each) => each.length === 0)) continue;
      const union = asUnion(select, condition, arms, conditions);
      if (union === null) continue;
      return proposal(
        'or-across-columns',
        [condition],
        { SelectStmt: union },
        `one condition asks for ${arms.map(deparseExpression).join(' or ')}, which no one index can answer`,
      );
    }
    return null;
  },
};

function asUnion(
  select: SelectStmt,
  condition: Node,
  arms: readonly Node[],
  conditions: readonly Node[],
): SelectStmt | null {
  const { sortClause = [], limitCount, limitOffset, limitOption, withClause, ...rest } = select;
  const sort = sortClause.map((item) => byOutput(item, select));
  if (!sort.every((item) => item !== null)) return null;
  const others = conditions.filter((each) => each !== condition);
  const queries = arms.map((arm, index): SelectStmt => {
    const before = arms
      .slice(0, index)
      .map((other): Node => ({ BooleanTest: { arg: other, booltesttype: 'IS_NOT_TRUE' } }));
    const whereClause = allOf(...others, arm, ...before);
    return { ...rest, ...(whereClause === undefined ? {} : { whereClause }) };
  });
  const union = queries.reduce((larg, rarg) => ({ op: 'SETOP_UNION', all: true, larg, rarg }));
  return {
    ...union,
    ...(sort.length === 0 ? {} : { sortClause: sort }),
    ...(limitCount === undefined ? {} : { limitCount }),
    ...(limitOffset === undefined ? {} : { limitOffset }),
    ...(limitOption === undefined ? {} : { limitOption }),
    ...(withClause === undefined ? {} : { withClause }),
  };
}

/** A union can only be sorted by names and positions of its output. */
function byOutput(item: Node, { targetList = [] }: SelectStmt): Node | null {
  const sort = as(item, 'SortBy');
  if (sort === null) return null;
  if (as(sort.node, 'A_Const')?.ival !== undefined) return item;
  const fields = as(sort.node, 'ColumnRef')?.fields;
  if (fields === undefined) return null;
  const name = lastName(fields);
  const hasOutput = targetList.some((target) => {
    const result = as(target, 'ResTarget');
    return [name, '*'].includes(result?.name ?? lastName(as(result?.val, 'ColumnRef')?.fields));
  });
  if (!hasOutput) return null;
  return { SortBy: { ...sort, node: { ColumnRef: { fields: [{ String: { sval: name } }] } } } };
}
