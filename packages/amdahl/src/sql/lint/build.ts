import type { A_Const, Node } from 'libpg-query';
import { as, conjunctsOf } from '../ast.ts';
import { parseExpression } from '../parser.ts';

/** Pieces of parse trees that rules put together. */

export function operation(name: string, left: Node, right: Node): Node {
  return {
    A_Expr: {
      kind: 'AEXPR_OP',
      name: [{ String: { sval: name } }],
      lexpr: left,
      rexpr: right,
    },
  };
}

export function columnReference(...parts: readonly string[]): Node {
  return { ColumnRef: { fields: parts.map((sval) => ({ String: { sval } })) } };
}

/** A whole number; beyond 32 bits the parser keeps numbers as text. */
export function integerConstant(value: number): Node {
  const constant: A_Const =
    Math.abs(value) < 2 ** 31 ? { ival: { ival: value } } : { fval: { fval: String(value) } };
  return { A_Const: constant };
}

/** `CAST(value AS type)`; the type as SQL writes it. */
export function castTo(type: string, value: Node): Node {
  const frame = as(parseExpression(`CAST(NULL AS ${type})`), 'TypeCast');
  if (frame === null) throw new Error(`no type: ${type}`);
  return { TypeCast: { ...frame, arg: value } };
}

export function functionCall(name: string, ...args: readonly Node[]): Node {
  return {
    FuncCall: {
      funcname: [{ String: { sval: name } }],
      args: [...args],
      funcformat: 'COERCE_EXPLICIT_CALL',
    },
  };
}

/** All conditions that must hold, nested ANDs flattened; undefined without any. */
export function allOf(...conditions: readonly (Node | undefined)[]): Node | undefined {
  const args = conditions.flatMap((condition) => conjunctsOf(condition));
  if (args.length < 2) return args[0];
  return { BoolExpr: { boolop: 'AND_EXPR', args } };
}

export function anyOf(...args: readonly Node[]): Node {
  return { BoolExpr: { boolop: 'OR_EXPR', args: [...args] } };
}

export function negated(condition: Node): Node {
  return { BoolExpr: { boolop: 'NOT_EXPR', args: [condition] } };
}

export function isNull(value: Node): Node {
  return { NullTest: { arg: value, nulltesttype: 'IS_NULL' } };
}

export function isNotNull(value: Node): Node {
  return { NullTest: { arg: value, nulltesttype: 'IS_NOT_NULL' } };
}

/** `EXISTS (query)` */
export function exists(query: Node): Node {
  return { SubLink: { subLinkType: 'EXISTS_SUBLINK', subselect: query } };
}

/** `1`, the select list of a query that only asks whether there is a row. */
export const one: Node = { ResTarget: { val: { A_Const: { ival: { ival: 1 } } } } };
