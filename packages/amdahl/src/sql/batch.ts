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
import { arrayTypeOf, untyped, type ColumnType } from './array-type.ts';
import { deparse, parseExpression, parseStatement } from './parser.ts';
import { quoteIdentifier } from './schema.ts';

/** A statement that looks one thing up, turned into one that looks up many. */
export interface BatchedStatement {
  readonly text: string;
  /** The parameters that take all the values, an array each. */
  readonly parameters: readonly number[];
  /** The columns that tell which row belongs to which values. */
  readonly columns: readonly string[];
}

/** Parameter lists that were sent, in order. */
type Examples = readonly (readonly unknown[])[];

/**
 * Batches `… WHERE column = $1` over many values. Where each value has its own answer (a LIMIT, an
 * aggregate), or several columns make up the key, the statement runs once per value inside the
 * database, through LATERAL; else the comparison becomes `= ANY($1)` and the column joins the select
 * list, so that the app can tell the rows apart. An ORDER BY keeps the rows of each value in order.
 * Answers null for anything but a SELECT that looks up by equality.
 */
export function batchStatement(
  text: string,
  examples: Examples = [],
  typeOf: ColumnType = untyped,
): BatchedStatement | null {
  const { node } = parseStatement(text);
  const select = as(node, 'SelectStmt');
  if (node === null || select === null || select.larg !== undefined) return null;
  let next = highestParameter(node);
  const lookups = lookupsOf(conjunctsOf(select.whereClause), examples).map((lookup) => ({
    ...lookup,
    parameter: lookup.parameter ?? (next += 1),
  }));
  const [first] = lookups;
  if (first === undefined) return null;
  const answersEach =
    select.limitCount !== undefined ||
    select.groupClause !== undefined ||
    select.distinctClause !== undefined ||
    hasAggregate(select.targetList ?? []);
  return {
    text:
      answersEach || lookups.length > 1
        ? lateral(node, lookups, examples, typeOf)
        : anyOf(node, first),
    parameters: lookups.map(({ parameter }) => parameter),
    columns: lookups.map(({ column }) => column),
  };
}

/** Whether each value has an answer of its own, so that the batch does all the work of the loop. */
export function runsOncePerValue(batched: BatchedStatement): boolean {
  return /\blateral\b/i.test(batched.text);
}

/**
 * Whether a SELECT looks rows up by `column = value`, with values that change, and is neither a page
 * of a longer list nor a worker's next job (SKIP LOCKED).
 */
export function isLookup(text: string, examples: Examples): boolean {
  const select = as(parseStatement(text).node, 'SelectStmt');
  if (select === null || select.limitOffset !== undefined) return false;
  const skips = (select.lockingClause ?? []).some(
    (clause) => as(clause, 'LockingClause')?.waitPolicy === 'LockWaitSkip',
  );
  return !skips && lookupsOf(conjunctsOf(select.whereClause), examples).length > 0;
}

/** A comparison of a column with a value. */
export interface Lookup {
  readonly condition: Node;
  readonly reference: Node;
  readonly value: Node;
  readonly column: string;
  readonly parameter: number | null;
}

/** The comparisons whose values change from one execution to the next. */
export function lookupsOf(conditions: readonly Node[], examples: Examples): readonly Lookup[] {
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
  if (examples.length > 1 && known.length > 0) return known.filter(varies);
  return (known.length > 0 ? known : lookups).slice(0, 1);
}

function sidesOf(condition: Node, { lexpr, rexpr }: A_Expr): readonly Lookup[] {
  const pairs = [
    [lexpr, rexpr],
    [rexpr, lexpr],
  ] as const;
  return pairs.flatMap(([reference, value]) => {
    const column = as(reference, 'ColumnRef');
    const bare = as(value, 'TypeCast')?.arg ?? value;
    const parameter = as(bare, 'ParamRef');
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

type NumberedLookup = Lookup & { readonly parameter: number };

function anyOf(
  node: Node,
  { condition, reference, value, column, parameter }: NumberedLookup,
): string {
  const list: Node = { ParamRef: { number: parameter } };
  const cast = as(value, 'TypeCast');
  const type = cast?.typeName;
  const replaced = replaceNode(node, condition, {
    A_Expr: {
      kind: 'AEXPR_OP_ANY',
      name: [{ String: { sval: '=' } }],
      lexpr: reference,
      rexpr:
        type === undefined
          ? list
          : {
              TypeCast: {
                arg: list,
                typeName: { ...type, arrayBounds: [{ Integer: { ival: -1 } }] },
              },
            },
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

function lateral(
  node: Node,
  lookups: readonly NumberedLookup[],
  examples: Examples,
  typeOf: ColumnType,
): string {
  const names = lookups.map(({ column }, index) =>
    lookups.length === 1 ? 'value' : quoteIdentifier(`${column}${repeatOf(lookups, index)}`),
  );
  const wanted = new Map(lookups.map((lookup, index) => [lookup, `wanted.${names[index]}`]));
  const inner = mapNodes(node, (each) => {
    for (const [{ value, parameter }, name] of wanted) {
      if (each === value || as(each, 'ParamRef')?.number === parameter)
        return parseExpression(name);
    }
    return null;
  });
  const shown = lookups.map(
    ({ column }, index) => `wanted.${names[index]} AS ${quoteIdentifier(column)}`,
  );
  const arrays = lookups.map(
    ({ column, parameter }) => `$${parameter}::${arrayTypeOf(typeOf(column), examples, parameter)}`,
  );
  const frame = parseStatement(
    `SELECT ${shown.join(', ')}, found.*
     FROM unnest(${arrays.join(', ')}) AS wanted (${names.join(', ')})
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

/** A number for a column that several comparisons name. */
function repeatOf(lookups: readonly Lookup[], index: number): string {
  const column = lookups[index]?.column;
  const before = lookups.slice(0, index).filter((other) => other.column === column).length;
  return before === 0 ? '' : `_${before + 1}`;
}

/** Aggregates answer one row for each lookup; window functions do not. */
function hasAggregate(targets: readonly Node[]): boolean {
  return findAll(targets, 'FuncCall').some(
    (call) => call.over === undefined && aggregates.has(lastName(call.funcname)),
  );
}

const aggregates: ReadonlySet<string> = new Set(
  `count sum avg min max array_agg string_agg json_agg jsonb_agg json_object_agg jsonb_object_agg
  bool_and bool_or every`.split(/\s+/),
);
