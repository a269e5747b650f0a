import type { A_Expr, Node } from 'libpg-query';
import type { CatalogArtifact, CatalogTable } from '../artifacts/catalog.ts';
import { formatArrayText, parseArrayText } from '../sql/array-text.ts';
import { as, lastName, mapNodes } from '../sql/ast.ts';
import { deparse, parseStatement } from '../sql/parser.ts';
import { schemaOf } from '../sql/schema.ts';
import { tablesOf } from '../sql/tables-of.ts';

type MaskValue = (type: string, value: string) => string;

export interface MaskedStatement {
  readonly text: string;
  readonly parameters: readonly unknown[];
}

/**
 * A statement with the constants and parameters that columns are compared with replaced by what
 * stands for them in a masked catalog, so that it plans there as it did before. Other constants
 * (LIKE patterns, arithmetic, LIMIT) stay; a text that does not parse comes back as it is.
 *
 * @param catalog the real one: masking changes types only by their modifiers
 */
export function maskStatement(
  text: string,
  parameters: readonly unknown[],
  catalog: CatalogArtifact,
  maskValue: MaskValue,
): MaskedStatement {
  const { node } = parseStatement(text);
  if (node === null) return { text, parameters };
  const tables = tablesOf(text, schemaOf(catalog));
  const masked = maskComparisons(node, (column) => typeAmong(tables, column), maskValue);
  return {
    text: deparse(masked.node),
    parameters: parameters.map((value, at) => {
      const type = masked.parameterTypes.get(at + 1);
      return type === undefined ? value : maskParameter(type, value, maskValue);
    }),
  };
}

function typeAmong(tables: readonly CatalogTable[], column: string): string | null {
  for (const table of tables) {
    const found = table.columns.find(({ name }) => name === column);
    if (found !== undefined) return found.type;
  }
  return null;
}

function maskParameter(type: string, value: unknown, maskValue: MaskValue): unknown {
  if (Array.isArray(value)) return value.map((each) => maskParameter(type, each, maskValue));
  if (value instanceof Date) return maskValue(type, value.toISOString());
  if (typeof value === 'number') return Number(maskValue(type, String(value)));
  return typeof value === 'string' ? maskValue(type, value) : value;
}

/** Masks what columns are compared with; tells which type each parameter there has. */
export function maskComparisons(
  tree: Node,
  typeOf: (column: string) => string | null,
  maskValue: MaskValue,
): { readonly node: Node; readonly parameterTypes: ReadonlyMap<number, string> } {
  const parameterTypes = new Map<number, string>();
  const node = mapNodes(tree, (each) => {
    const comparison = as(each, 'A_Expr');
    if (comparison === null || !isComparison(comparison)) return null;
    const { lexpr, rexpr } = comparison;
    const left = columnType(lexpr, typeOf);
    const right = columnType(rexpr, typeOf);
    const mask = (side: Node | undefined, type: string): Node | undefined =>
      side === undefined ? undefined : maskOperand(side, type, maskValue, parameterTypes);
    if (left === null && right === null) return null;
    const maskedLeft = right !== null && left === null ? mask(lexpr, right) : lexpr;
    const maskedRight = left !== null && right === null ? mask(rexpr, left) : rexpr;
    return {
      A_Expr: {
        ...comparison,
        ...(maskedLeft === undefined ? {} : { lexpr: maskedLeft }),
        ...(maskedRight === undefined ? {} : { rexpr: maskedRight }),
      },
    };
  });
  return { node, parameterTypes };
}

const operators = new Set(['=', '<>', '!=', '<', '<=', '>', '>=', 'BETWEEN', 'NOT BETWEEN']);

function isComparison({ kind, name }: A_Expr): boolean {
  return kind !== 'AEXPR_LIKE' && kind !== 'AEXPR_ILIKE' && operators.has(lastName(name));
}

function columnType(
  node: Node | undefined,
  typeOf: (column: string) => string | null,
): string | null {
  const cast = as(node, 'TypeCast');
  const reference = as(cast?.arg ?? node, 'ColumnRef');
  return reference === null ? null : typeOf(lastName(reference.fields));
}

function maskOperand(
  node: Node,
  type: string,
  maskValue: MaskValue,
  parameterTypes: Map<number, string>,
): Node {
  const again = (each: Node): Node => maskOperand(each, type, maskValue, parameterTypes);
  const parameter = as(node, 'ParamRef');
  if (parameter?.number !== undefined) parameterTypes.set(parameter.number, type);
  const cast = as(node, 'TypeCast');
  if (cast?.arg !== undefined) return { TypeCast: { ...cast, arg: again(cast.arg) } };
  const list = as(node, 'List');
  if (list !== null) return { List: { ...list, items: (list.items ?? []).map(again) } };
  const array = as(node, 'A_ArrayExpr');
  if (array !== null) {
    return { A_ArrayExpr: { ...array, elements: (array.elements ?? []).map(again) } };
  }
  return maskConstant(node, type, maskValue);
}

function maskConstant(node: Node, type: string, maskValue: MaskValue): Node {
  const constant = as(node, 'A_Const');
  if (constant === null || constant.isnull === true || constant.boolval !== undefined) return node;
  const text = constant.sval?.sval;
  if (text !== undefined) {
    const masked = /^\{.*\}$/s.test(text)
      ? formatArrayText(parseArrayText(text).map((value) => maskValue(type, value)))
      : maskValue(type, text);
    return { A_Const: { sval: { sval: masked } } };
  }
  const number = constant.fval?.fval ?? String(constant.ival?.ival ?? 0);
  return { A_Const: { fval: { fval: maskValue(type, number) } } };
}
