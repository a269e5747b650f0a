import type { A_Expr, Node } from 'libpg-query';
import {
  as,
  conjunctsOf,
  findAll,
  highestParameter,
  lastName,
  mapNodes,
  replaceNode,
} from './ast.ts';
import { deparse, parseExpression, parseStatement } from './parser.ts';

/** A statement that looks one thing up, turned into one that looks up many. */
export interface BatchedStatement {
  readonly text: string;
  /** The parameter that takes all the values. */
  readonly parameter: number;
  /** The column that tells which row belongs to which value. */
  readonly column: string;
}

/**
 * Batches `… WHERE column = $1` over many values. Where each value has its own answer (a LIMIT, an
 * aggregate), the statement runs once per value inside the database, through LATERAL; else the
 * comparison becomes `= ANY($1)` and the column joins the select list, so that the app can tell the
 * rows apart. Answers null for anything but a SELECT that looks up by equality.
 */
export function batchStatement(
  text: string,
  examples: readonly (readonly unknown[])[] = [],
): BatchedStatement | null {
  const { node } = parseStatement(text);
  const select = as(node, 'SelectStmt');
  if (node === null || select === null || select.larg !== undefined) return null;
  const lookup = lookupOf(conjunctsOf(select.whereClause), examples);
  if (lookup === null) return null;
  const parameter = lookup.parameter ?? 1 + highestParameter(node);
  const perValue =
    select.limitCount !== undefined ||
    select.groupClause !== undefined ||
    select.distinctClause !== undefined ||
    hasAggregate(select.targetList ?? []);
  const batched = perValue
    ? lateral(node, lookup, parameter, arrayType(examples, parameter))
    : anyOf(node, lookup, parameter);
  return { text: batched, parameter, column: lookup.column };
}

/**
 * Whether a SELECT looks rows up by `column = value`, with values that change, and is no page of a
 * longer list.
 */
export function isLookup(text: string, examples: readonly (readonly unknown[])[]): boolean {
  const select = as(parseStatement(text).node, 'SelectStmt');
  if (select === null || select.limitOffset !== undefined) return false;
  return lookupOf(conjunctsOf(select.whereClause), examples) !== null;
}

interface Lookup {
  readonly condition: Node;
  readonly reference: Node;
  readonly value: Node;
  readonly column: string;
  readonly parameter: number | null;
}

/** The comparison whose value changes from one execution to the next. */
function lookupOf(
  conditions: readonly Node[],
  examples: readonly (readonly unknown[])[],
): Lookup | null {
  const lookups = conditions.flatMap((condition) => {
    const comparison = as(condition, 'A_Expr');
    if (comparison?.kind !== 'AEXPR_OP' || lastName(comparison.name) !== '=') return [];
    return sidesOf(condition, comparison);
  });
  const varies = ({ parameter }: Lookup): boolean =>
    parameter !== null &&
    new Set(examples.map((list) => JSON.stringify(list[parameter - 1]))).size > 1;
  const known = lookups.filter(({ parameter }) => parameter !== null);
  // What changes from one execution to the next is no lookup then: the next page, the next day.
  if (examples.length > 1 && known.length > 0) return known.find(varies) ?? null;
  return known[0] ?? lookups[0] ?? null;
}

function sidesOf(condition: Node, { lexpr, rexpr }: A_Expr): readonly Lookup[] {
  const pairs = [
    [lexpr, rexpr],
    [rexpr, lexpr],
  ] as const;
  return pairs.flatMap(([reference, value]) => {
    const column = as(reference, 'ColumnRef');
    const parameter = as(value, 'ParamRef');
    const isValue = parameter !== null || as(value, 'A_Const') !== null;
    if (reference === undefined || value === undefined || column === null || !isValue) return [];
    return [
      {
        condition,
        reference,
        value,
        column: lastName(column.fields),
        parameter: parameter?.number ?? null,
      },
    ];
  });
}

function anyOf(node: Node, { condition, reference, column }: Lookup, parameter: number): string {
  const replaced = replaceNode(node, condition, {
    A_Expr: {
      kind: 'AEXPR_OP_ANY',
      name: [{ String: { sval: '=' } }],
      lexpr: reference,
      rexpr: { ParamRef: { number: parameter } },
    },
  });
  const select = as(replaced, 'SelectStmt');
  const targets = select?.targetList ?? [];
  if (select === null || returns(targets, column)) return deparse(replaced);
  return deparse({
    SelectStmt: { ...select, targetList: [{ ResTarget: { val: reference } }, ...targets] },
  });
}

/** Whether the select list has the column already, by itself or through a star. */
function returns(targets: readonly Node[], column: string): boolean {
  return targets.some((target) => {
    const reference = as(as(target, 'ResTarget')?.val, 'ColumnRef');
    return reference !== null && [column, '*'].includes(lastName(reference.fields));
  });
}

function lateral(node: Node, { value, column }: Lookup, parameter: number, type: string): string {
  const inner = mapNodes(node, (each) =>
    each === value || as(each, 'ParamRef')?.number === parameter
      ? parseExpression('wanted.value')
      : null,
  );
  const frame = parseStatement(
    `SELECT wanted.value AS ${column}, found.* FROM unnest($${parameter}::${type}[]) AS wanted (value)
     CROSS JOIN LATERAL (SELECT 1) AS found`,
  ).node;
  if (frame === null) throw new Error('the frame of a batched statement does not parse');
  return deparse(
    mapNodes(frame, (each) => {
      const subselect = as(each, 'RangeSubselect');
      return subselect === null ? null : { RangeSubselect: { ...subselect, subquery: inner } };
    }),
  );
}

/** Element type of the array of values, from a value that was sent. */
function arrayType(examples: readonly (readonly unknown[])[], parameter: number): string {
  const value = examples[0]?.[parameter - 1];
  if (typeof value === 'number') return numberType(value);
  const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
  return typeof value === 'string' && uuid.test(value) ? 'uuid' : 'text';
}

function numberType(value: number): string {
  if (!Number.isInteger(value)) return 'numeric';
  return Math.abs(value) < 2 ** 31 ? 'integer' : 'bigint';
}

/** Aggregates answer one row for each lookup; window functions do not. */
function hasAggregate(targets: readonly Node[]): boolean {
  const names = new Set([
    'count',
    'sum',
    'avg',
    'min',
    'max',
    'array_agg',
    'string_agg',
    'json_agg',
    'jsonb_agg',
    'bool_and',
    'bool_or',
    'every',
  ]);
  return findAll(targets, 'FuncCall').some(
    (call) => call.over === undefined && names.has(lastName(call.funcname)),
  );
}
