import type { Node } from 'libpg-query';
import type { CatalogIndex, CatalogTable } from '../../artifacts/catalog.ts';
import { as, conjunctsOf, findAll, lastName, valueOf, walk } from '../../sql/ast.ts';
import { deparseExpression, parseExpression } from '../../sql/parser.ts';
import type { Schema } from '../../sql/schema.ts';

/**
 * Constants a statement must have had, told by the partial indexes that were made for it. A source
 * that keeps `state < $2` has lost that it was `state < 'active'`, and planned with another value
 * the statement cannot use the index `… WHERE state < 'active' AND NOT blocked` that serves it every
 * day. Where every part of an index's condition stands in the statement, the index was scanned, and
 * the condition is more than one column's equality (of which a statement may well ask for another
 * value), its constants are the statement's.
 *
 * @returns values by parameter number
 */
export function indexedConstants(
  statement: Node,
  tables: readonly CatalogTable[],
  schema: Schema,
): ReadonlyMap<number, string> {
  const conditions = conditionsOf(statement);
  const found = new Map<number, string>();
  const indexes = tables
    .flatMap((table) => schema.indexesOf(table))
    .filter(({ predicate, scans }) => predicate !== null && scans > 0)
    .toSorted((a, b) => b.scans - a.scans);
  for (const index of indexes) {
    for (const [number, value] of constantsBy(index, conditions)) {
      if (!found.has(number)) found.set(number, value);
    }
  }
  return found;
}

interface Conditions {
  /** Parameters by the text of what they are compared in: `state < ?`. */
  readonly parameters: ReadonlyMap<string, number>;
  /** Texts of all conditions, columns without their tables. */
  readonly texts: ReadonlySet<string>;
}

function conditionsOf(statement: Node): Conditions {
  const parameters = new Map<string, number>();
  const texts = new Set<string>();
  walk([statement], (node) => {
    const comparison = as(node, 'A_Expr');
    if (comparison !== null) {
      const number = parameterIn(comparison.rexpr);
      const column = columnIn(comparison.lexpr);
      if (number !== null && column !== null) {
        parameters.set(`${column} ${lastName(comparison.name)} ?`, number);
      }
    }
    if (comparison !== null || as(node, 'BoolExpr') !== null || as(node, 'NullTest') !== null) {
      texts.add(bareText(node));
    }
  });
  return { parameters, texts };
}

/** What the index's condition says of the statement's parameters; nothing when a part is missing. */
function constantsBy(
  { predicate }: CatalogIndex,
  { parameters, texts }: Conditions,
): ReadonlyMap<number, string> {
  const values = new Map<number, string>();
  const parts = conjunctsOf(parseExpression(predicate ?? 'true'));
  let isTelling = parts.length > 1;
  for (const part of parts) {
    const comparison = as(part, 'A_Expr');
    const column = columnIn(comparison?.lexpr);
    const operator = lastName(comparison?.name);
    const constant = column === null ? null : constantIn(comparison?.rexpr);
    const number = parameters.get(`${column} ${operator} ?`);
    if (constant !== null && number !== undefined) {
      values.set(number, constant);
      isTelling ||= operator !== '=';
    } else if (!texts.has(bareText(part))) return new Map();
  }
  return isTelling ? values : new Map();
}

/** The name of a column that stands alone or is cast. */
function columnIn(node: Node | undefined): string | null {
  const inner = as(node, 'TypeCast')?.arg ?? node;
  const reference = as(inner, 'ColumnRef');
  return reference === null ? null : lastName(reference.fields);
}

function parameterIn(node: Node | undefined): number | null {
  const inner = as(node, 'TypeCast')?.arg ?? node;
  return as(inner, 'ParamRef')?.number ?? null;
}

function constantIn(node: Node | undefined): string | null {
  const inner = as(node, 'TypeCast')?.arg ?? node;
  if (as(inner, 'A_Const') === null) return null;
  const value = valueOf(inner, []);
  const isScalar = ['string', 'number', 'boolean'].includes(typeof value);
  return isScalar ? `${value as string | number | boolean}` : null;
}

/** An expression with the names of columns alone, as conditions of indexes have them. */
function bareText(node: Node): string {
  const bare = structuredClone(node);
  for (const reference of findAll([bare], 'ColumnRef')) {
    reference.fields = [{ String: { sval: lastName(reference.fields) } }];
  }
  return deparseExpression(bare);
}
