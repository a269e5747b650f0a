import type { Node } from 'libpg-query';

type KindOf<Union> = Union extends unknown ? keyof Union : never;

/** Kinds of nodes of PostgreSQL's parse tree: `ColumnRef`, `A_Expr`, … */
export type NodeKind = KindOf<Node>;

export type NodeBody<Kind extends NodeKind> = Extract<Node, Record<Kind, unknown>>[Kind];

/** The body of a node if it is of this kind, else null. */
export function as<Kind extends NodeKind>(
  node: Node | null | undefined,
  kind: Kind,
): NodeBody<Kind> | null {
  if (node === null || node === undefined || !(kind in node)) return null;
  return (node as unknown as Record<Kind, NodeBody<Kind>>)[kind];
}

/** Visits every node below and including `value`; `visit` answers false to stay out of a node. */
export function walk(value: unknown, visit: (node: Node) => boolean | void): void {
  if (Array.isArray(value)) {
    for (const item of value) walk(item, visit);
  } else if (typeof value === 'object' && value !== null) {
    const isNode = /^[A-Z]/.test(Object.keys(value)[0] ?? '');
    if (isNode && visit(value as Node) === false) return;
    for (const child of Object.values(value)) walk(child, visit);
  }
}

/** All bodies of one kind below and including `value`, subqueries left out unless asked for. */
export function findAll<Kind extends NodeKind>(
  value: unknown,
  kind: Kind,
  options: { readonly intoSubqueries?: boolean } = {},
): readonly NodeBody<Kind>[] {
  const found: NodeBody<Kind>[] = [];
  walk(value, (node) => {
    const body = as(node, kind);
    if (body !== null) found.push(body);
    return options.intoSubqueries === true || !('SubLink' in node || 'SelectStmt' in node);
  });
  return found;
}

/** Joins a dotted name's parts: function names, operators, type names, columns. */
export function nameParts(nodes: readonly Node[] | undefined): readonly string[] {
  return (nodes ?? []).map((node) => as(node, 'String')?.sval ?? '*');
}

/** The last part of a dotted name: `extract` of `pg_catalog.extract`. */
export function lastName(nodes: readonly Node[] | undefined): string {
  return nameParts(nodes).at(-1) ?? '';
}

/** A constant's value: number, string, boolean, null; undefined for anything else. */
export function constantOf(
  node: Node | null | undefined,
): number | string | boolean | null | undefined {
  const cast = as(node, 'TypeCast');
  if (cast !== null) return constantOf(cast.arg);
  const constant = as(node, 'A_Const');
  if (constant === null) return undefined;
  if (constant.isnull === true) return null;
  if (constant.ival !== undefined) return constant.ival.ival ?? 0;
  if (constant.fval !== undefined) return Number(constant.fval.fval);
  if (constant.boolval !== undefined) return constant.boolval.boolval ?? false;
  return constant.sval?.sval ?? constant.bsval?.bsval ?? '';
}

/** The value of a constant or of a parameter that was really sent; undefined for anything else. */
export function valueOf(node: Node | null | undefined, parameters: readonly unknown[]): unknown {
  const cast = as(node, 'TypeCast');
  if (cast !== null) return valueOf(cast.arg, parameters);
  const parameter = as(node, 'ParamRef');
  return parameter === null ? constantOf(node) : parameters[(parameter.number ?? 0) - 1];
}

/** The highest `$n` of a statement, 0 without any. */
export function highestParameter(node: Node): number {
  const parameters = findAll([node], 'ParamRef', { intoSubqueries: true });
  return parameters.reduce((highest, { number = 0 }) => Math.max(highest, number), 0);
}

/** Top-level conditions that all must hold. */
export function conjunctsOf(node: Node | null | undefined): readonly Node[] {
  if (node === null || node === undefined) return [];
  const both = as(node, 'BoolExpr');
  return both?.boolop === 'AND_EXPR' ? (both.args ?? []).flatMap(conjunctsOf) : [node];
}

/** A copy of the tree with one node, told by identity, exchanged; nested ANDs are flattened. */
export function replaceNode(tree: Node, target: Node, replacement: Node): Node {
  return mapNodes(tree, (node) => (node === target ? replacement : null));
}

/** A copy of the tree with nodes exchanged where `exchange` answers one; nested ANDs are flattened. */
export function mapNodes(tree: Node, exchange: (node: Node) => Node | null): Node {
  const copy = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(copy);
    if (typeof value !== 'object' || value === null) return value;
    const exchanged = exchange(value as Node);
    if (exchanged !== null) return exchanged;
    const copied = Object.fromEntries(
      Object.entries(value).map(([key, child]) => [key, copy(child)]),
    ) as unknown as Node;
    const both = as(copied, 'BoolExpr');
    return both?.boolop === 'AND_EXPR'
      ? { BoolExpr: { ...both, args: [...conjunctsOf(copied)] } }
      : copied;
  };
  return copy(tree) as Node;
}
