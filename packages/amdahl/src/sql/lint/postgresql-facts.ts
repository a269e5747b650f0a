import type { A_Expr, ColumnRef, Node, SelectStmt } from 'libpg-query';
import { as, conjunctsOf, constantOf, findAll, lastName, nameParts, walk } from '../ast.ts';
import { parseStatement } from '../parser.ts';
import { kindOf } from '../statement-shape.ts';
import { hasAggregate, isPlainSelect, queriesOf, selectsOf } from './from-clause.ts';
import { existenceCount } from './rules/existence-count.ts';
import type { FactsReading, TextFacts, WrappedColumn } from './text-facts.ts';

/** Reads a text of PostgreSQL's dialect. */
export function postgresqlFacts(text: string): FactsReading {
  const { node, error } = parseStatement(text);
  if (node === null) return { error };
  return { error: null, facts: kindOf(node) === null ? null : factsOf(node) };
}

function factsOf(statement: Node): TextFacts {
  const select = as(statement, 'SelectStmt');
  const selects = selectsOf(statement);
  const conditions = queriesOf(statement).flatMap(({ from, where }) => [
    ...conjunctsOf(where),
    ...findAll(from, 'JoinExpr').flatMap(({ quals }) => conjunctsOf(quals)),
  ]);
  const comparisons = conditions.flatMap((condition) => as(condition, 'A_Expr') ?? []);
  return {
    star: select !== null && hasStar(select),
    wrapped: comparisons.flatMap(wrappedIn),
    wildcards: comparisons.flatMap(({ kind, lexpr, rexpr }) => {
      const pattern = constantOf(rexpr);
      const isLike = kind === 'AEXPR_LIKE' || kind === 'AEXPR_ILIKE';
      const leads = typeof pattern === 'string' && /^[%_]/.test(pattern);
      return isLike && leads ? columnsIn(lexpr) : [];
    }),
    fractions: comparisons.flatMap(({ kind, lexpr, rexpr }) => {
      const digits = as(rexpr, 'A_Const')?.fval?.fval ?? '';
      return kind === 'AEXPR_OP' && /[.eE]/.test(digits) && as(lexpr, 'ColumnRef') !== null
        ? columnsIn(lexpr)
        : [];
    }),
    notIn: conditions.flatMap((condition) => {
      const not = as(condition, 'BoolExpr');
      const list = not?.boolop === 'NOT_EXPR' ? as(not.args?.[0], 'SubLink') : null;
      return list?.subLinkType === 'ANY_SUBLINK' ? columnsIn(list.testexpr) : [];
    }),
    // On one table PostgreSQL combines indexes by itself (BitmapOr).
    alternatives: isJoin(statement) ? conditions.flatMap(alternativesIn) : [],
    offset: offsetOf(select),
    random: (select?.sortClause ?? []).some(
      (item) => lastName(as(as(item, 'SortBy')?.node, 'FuncCall')?.funcname) === 'random',
    ),
    countForExistence: countsForExistence(statement),
    distinctJoin:
      select?.distinctClause !== undefined && findAll(select.fromClause, 'JoinExpr').length > 0,
    subqueryPerRow: findAll(select?.targetList, 'SubLink').some(
      ({ subLinkType, subselect }) =>
        subLinkType === 'EXPR_SUBLINK' && hasAggregate(as(subselect, 'SelectStmt')?.targetList),
    ),
    // Plain conditions PostgreSQL moves to WHERE by itself.
    plainHaving: selects.some(
      ({ havingClause }) =>
        findAll([havingClause], 'SubLink').length > 0 && !hasAggregate([havingClause]),
    ),
    unbounded:
      select?.fromClause !== undefined &&
      select.whereClause === undefined &&
      select.limitCount === undefined &&
      isPlainSelect(select),
  };
}

function isJoin(statement: Node): boolean {
  const tables = queriesOf(statement).flatMap(({ from }) => findAll(from, 'RangeVar'));
  return tables.length > 1;
}

function hasStar({ targetList }: SelectStmt): boolean {
  return (targetList ?? []).some((target) => {
    const fields = as(as(target, 'ResTarget')?.val, 'ColumnRef')?.fields;
    return fields !== undefined && lastName(fields) === '*';
  });
}

/** A rule that needs no schema to propose. */
function countsForExistence(statement: Node): boolean {
  const unused = { parameters: [], shape: { kind: 'select', blocks: [] } } as const;
  const schema = undefined as never;
  return existenceCount.propose({ statement, schema, ...unused }) !== null;
}

function columnsIn(node: Node | undefined): readonly string[] {
  return findAll([node], 'ColumnRef').map(nameOf);
}

function nameOf({ fields }: ColumnRef): string {
  return nameParts(fields).join('.');
}

const comparing = new Set(['=', '<', '<=', '>', '>=']);

/** A side of a comparison that has one column inside something, and no column on the other. */
function wrappedIn({ kind, name, lexpr, rexpr }: A_Expr): readonly WrappedColumn[] {
  const kinds: readonly (string | undefined)[] = ['AEXPR_OP', 'AEXPR_IN', 'AEXPR_BETWEEN'];
  if (!kinds.includes(kind) || (kind === 'AEXPR_OP' && !comparing.has(lastName(name)))) return [];
  const sides = [
    [lexpr, rexpr],
    [rexpr, lexpr],
  ] as const;
  return sides.flatMap(([side, other]) => {
    const [column, ...more] = columnsIn(side);
    if (side === undefined || column === undefined || more.length > 0) return [];
    if (columnsIn(other).length > 0 || findAll([side], 'SubLink').length > 0) return [];
    return wrapping(side, column);
  });
}

function wrapping(side: Node, column: string): readonly WrappedColumn[] {
  const call = as(side, 'FuncCall');
  if (call !== null) {
    const inside = `the function ${lastName(call.funcname)}`;
    return [{ column, inside, kind: 'function' }];
  }
  if (as(side, 'CoalesceExpr') !== null) {
    return [{ column, inside: 'the function coalesce', kind: 'function' }];
  }
  const cast = as(side, 'TypeCast');
  if (cast !== null) {
    const type = lastName(cast.typeName?.names);
    const isMoment = /^(date|time)/.test(type);
    return [{ column, inside: `a cast to ${type}`, kind: isMoment ? 'function' : 'cast' }];
  }
  const operator = lastName(as(side, 'A_Expr')?.name);
  // Operators into documents and arrays have indexes of their own.
  return /^[-+*/%]$/.test(operator) ? [{ column, inside: 'arithmetic', kind: 'arithmetic' }] : [];
}

function alternativesIn(condition: Node): readonly (readonly string[])[] {
  const either = as(condition, 'BoolExpr');
  if (either?.boolop !== 'OR_EXPR') return [];
  const arms = (either.args ?? []).map((arm) => {
    let inside = false;
    walk([arm], (node) => {
      inside ||= 'SubLink' in node;
    });
    return inside ? '' : columnsIn(arm).join(' and ');
  });
  const different = [...new Set(arms)];
  return different.length > 1 && !different.includes('') ? [different] : [];
}

function offsetOf(select: SelectStmt | null): number | null {
  if (select?.limitOffset === undefined) return 0;
  const offset = constantOf(select.limitOffset);
  return typeof offset === 'number' ? offset : null;
}
