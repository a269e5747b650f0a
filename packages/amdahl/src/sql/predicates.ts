import type { A_Expr, Node } from 'libpg-query';
import type { CatalogColumn } from '../artifacts/catalog.ts';
import { as, findAll, lastName, nameParts, valueOf, walk } from './ast.ts';
import { deparseExpression } from './parser.ts';
import { resolveColumn, type Relation, type ResolvedColumn, type Scope } from './scope.ts';

/** A condition on one column that an index could answer. */
export interface Predicate {
  readonly relation: Relation;
  readonly column: CatalogColumn;
  /** What is compared when it is not the bare column, with bare column names: `lower(email)`. */
  readonly expression: string | null;
  /**
   * `prefix` is `LIKE 'x%'`, `contains` any other pattern; `element` asks what an array, a jsonb or a
   * text search vector holds: `tags @> $1`.
   */
  readonly operator:
    | 'equality'
    | 'in'
    | 'range'
    | 'prefix'
    | 'contains'
    | 'null'
    | 'not-null'
    | 'element';
  /** The other side is a column of another table, or of a subquery, a CTE or a function. */
  readonly join: boolean;
  /** The whole condition, a node of the statement's tree. */
  readonly node: Node;
}

type Operator = Predicate['operator'];

const rangeOperators = new Set(['<', '<=', '>', '>=']);

/** Reads one condition. A join condition gives a predicate for either side. */
export function predicatesOf(
  node: Node,
  scope: Scope,
  parameters: readonly unknown[],
): readonly Predicate[] {
  const flag = as(node, 'BoolExpr')?.boolop === 'NOT_EXPR' ? as(node, 'BoolExpr')?.args?.[0] : node;
  const column = as(flag, 'ColumnRef');
  if (column !== null) {
    const resolved = resolveColumn(column.fields ?? [], scope);
    if (resolved?.local !== true) return [];
    return [{ ...located(resolved), expression: null, operator: 'equality', join: false, node }];
  }
  const either = as(node, 'BoolExpr');
  if (either?.boolop === 'OR_EXPR') return searchesOf(node, either.args ?? [], scope, parameters);
  const nullTest = as(node, 'NullTest');
  if (nullTest !== null) {
    const operator = nullTest.nulltesttype === 'IS_NULL' ? 'null' : 'not-null';
    return onSide(node, nullTest.arg, undefined, operator, scope);
  }
  const membership = as(node, 'SubLink');
  if (membership?.subLinkType === 'ANY_SUBLINK') {
    return onSide(node, membership.testexpr, undefined, 'equality', scope).map((found) => ({
      ...found,
      join: true,
    }));
  }
  const comparison = as(node, 'A_Expr');
  if (comparison === null) return [];
  const { lexpr, rexpr } = comparison;
  const elements = elementSide(comparison);
  if (elements !== undefined) return onSide(node, elements, undefined, 'element', scope);
  const operator = operatorOf(comparison, parameters);
  if (operator === null) return [];
  const left = onSide(node, lexpr, rexpr, operator, scope);
  const symmetric = comparison.kind === 'AEXPR_OP';
  return symmetric ? [...left, ...onSide(node, rexpr, lexpr, operator, scope)] : left;
}

/** A text searched for in one column or another of a table: one GIN index can serve them all. */
function searchesOf(
  node: Node,
  arms: readonly Node[],
  scope: Scope,
  parameters: readonly unknown[],
): readonly Predicate[] {
  const searches = arms.map((arm) => predicatesOf(arm, scope, parameters)[0]);
  const [first] = searches;
  const isOneTable = searches.every(
    (search) => search?.operator === 'contains' && search.relation === first?.relation,
  );
  if (!isOneTable) return [];
  return searches.filter((search) => search !== undefined).map((search) => ({ ...search, node }));
}

function operatorOf(comparison: A_Expr, parameters: readonly unknown[]): Operator | null {
  const name = lastName(comparison.name);
  switch (comparison.kind) {
    case 'AEXPR_OP':
      if (name === '=') return 'equality';
      return rangeOperators.has(name) ? 'range' : null;
    case 'AEXPR_OP_ANY':
    case 'AEXPR_IN':
      return name === '=' ? 'in' : null;
    case 'AEXPR_BETWEEN':
      return 'range';
    case 'AEXPR_LIKE':
      return name === '~~' ? likeOperator(valueOf(comparison.rexpr, parameters)) : null;
    case 'AEXPR_ILIKE':
      return name === '~~*' ? 'contains' : null;
    default:
      return null;
  }
}

/** The side that holds elements, when the operator asks for some of them. */
function elementSide({ kind, name, lexpr, rexpr }: A_Expr): Node | undefined {
  if (kind !== 'AEXPR_OP') return undefined;
  const operator = lastName(name);
  if (operator === '<@') return rexpr;
  return ['@>', '&&', '@@', '?', '?|', '?&'].includes(operator) ? lexpr : undefined;
}

function likeOperator(pattern: unknown): Operator | null {
  if (typeof pattern !== 'string') return null;
  return /^[%_]/.test(pattern) ? 'contains' : 'prefix';
}

/** The predicate on `side`, if it holds exactly one column of this block, compared with `other`. */
function onSide(
  node: Node,
  side: Node | undefined,
  other: Node | undefined,
  operator: Operator,
  scope: Scope,
): readonly Predicate[] {
  const references = findAll(side, 'ColumnRef');
  const [reference] = references;
  if (references.length !== 1 || reference === undefined || hasSubquery(side)) return [];
  const resolved = resolveColumn(reference.fields ?? [], scope);
  if (resolved === null || !resolved.local) return [];
  const others = findAll(other, 'ColumnRef').map(({ fields = [] }) => fields);
  if (others.some((fields) => isOf(resolved.relation, fields, scope))) return [];
  const expression = as(side, 'ColumnRef') === null ? expressionOf(side, resolved.column) : null;
  return [{ ...located(resolved), expression, operator, join: others.length > 0, node }];
}

/** Whether a column is the relation's own; what no table has is a subquery's, or the system's. */
function isOf(relation: Relation, fields: readonly Node[], scope: Scope): boolean {
  const found = resolveColumn(fields, scope);
  return found === null ? nameParts(fields).at(-2) === relation.alias : found.relation === relation;
}

function hasSubquery(side: Node | undefined): boolean {
  return findAll(side, 'SubLink').length > 0;
}

function located({ relation, column }: ResolvedColumn): Pick<Predicate, 'relation' | 'column'> {
  return { relation, column };
}

/** The expression as an index of the table would write it: without the alias. */
function expressionOf(side: Node | undefined, column: CatalogColumn): string | null {
  if (side === undefined) return null;
  const bare = structuredClone(side);
  walk(bare, (node) => {
    const reference = as(node, 'ColumnRef');
    if (reference !== null) reference.fields = [{ String: { sval: column.name } }];
  });
  return deparseExpression(bare);
}
