import { init, parse } from '@guanmingchiu/sqlparser-ts';
import type { FactsReading, TextFacts, WrappedColumn } from './text-facts.ts';

/**
 * Reads MySQL's dialect with the parser of Apache DataFusion (sqlparser-rs) as WebAssembly: it takes
 * what MySQL's manual has and PostgreSQL's parser does not, and forgives much. Its tree is read by
 * the names of its nodes, of which only a few are needed; what is not known is passed over.
 */
await init();

/** A node of the tree: an object with the node's name as its only key, or a plain value. */
type Tree = unknown;

export function mysqlFacts(text: string): FactsReading {
  let statements: readonly Tree[];
  try {
    statements = parse(text, 'mysql');
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
  const [statement, ...others] = statements;
  if (statement === undefined || others.length > 0) {
    return { error: `${statements.length} statements where one was expected` };
  }
  const reads = ['Query', 'Update', 'Delete', 'Insert'].some((kind) => body(statement, kind));
  return { error: null, facts: reads ? factsOf(statement) : null };
}

function factsOf(statement: Tree): TextFacts {
  const query = body(statement, 'Query');
  const select = body(query?.['body'], 'Select');
  const selects = nodesNamed(statement, 'Select');
  const conditions = conditionsIn(statement, selects);
  const list = asList(select?.['projection']);
  const limit = query?.['limit_clause'];
  return {
    star: list.some((item) => body(item, 'Wildcard') ?? body(item, 'QualifiedWildcard')),
    wrapped: conditions.flatMap(wrappedIn),
    wildcards: conditions.flatMap((condition) => {
      const like = body(condition, 'Like');
      const pattern = textOf(like?.['pattern']);
      return pattern !== null && /^[%_]/.test(pattern) ? columnsIn(like?.['expr']) : [];
    }),
    fractions: [],
    notIn: conditions.flatMap((condition) => {
      const membership = body(condition, 'InSubquery');
      return membership?.['negated'] === true ? columnsIn(membership['expr']) : [];
    }),
    alternatives: conditions.flatMap(alternativesIn),
    offset: offsetOf(limit),
    random: nodesNamed(query?.['order_by'], 'Function').some(
      (call) => functionName(call) === 'rand',
    ),
    countForExistence: nodesNamed(statement, 'BinaryOp').some(isExistenceCount),
    distinctJoin:
      select?.['distinct'] !== undefined &&
      asList(select['from']).some((from) => asList(asObject(from)?.['joins']).length > 0),
    subqueryPerRow: nodesNamed(list, 'Subquery').some((subquery) =>
      hasAggregate(body(subquery['body'], 'Select')?.['projection']),
    ),
    plainHaving: selects.some(({ having }) => having !== undefined && !hasAggregate(having)),
    unbounded:
      select !== null &&
      asList(select['from']).length > 0 &&
      select['selection'] === undefined &&
      limit === undefined &&
      select['distinct'] === undefined &&
      !isGrouped(select) &&
      !hasAggregate(list),
  };
}

type Body = Readonly<Record<string, Tree>>;

function asObject(value: Tree): Body | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Body)
    : null;
}

function asList(value: Tree): readonly Tree[] {
  return Array.isArray(value) ? value : [];
}

/** The body of a node of this name, else null. */
function body(node: Tree, name: string): Body | null {
  return asObject(asObject(node)?.[name]);
}

/** Bodies of all nodes of one name, in the order of the text. */
function nodesNamed(value: Tree, name: string): readonly Body[] {
  if (Array.isArray(value)) return value.flatMap((item) => nodesNamed(item, name));
  const object = asObject(value);
  if (object === null) return [];
  return Object.entries(object).flatMap(([key, child]) => {
    const own = key === name ? asObject(child) : null;
    return [...(own === null ? [] : [own]), ...nodesNamed(child, name)];
  });
}

/** Conditions of WHERE and ON that must all hold. */
function conditionsIn(statement: Tree, selects: readonly Body[]): readonly Tree[] {
  const changes = [body(statement, 'Update'), body(statement, 'Delete')];
  const wheres = [...selects, ...changes].map((each) => each?.['selection']);
  const ons = withKey(statement, 'On');
  return [...wheres, ...ons].flatMap(conjuncts);
}

function withKey(value: Tree, key: string): readonly Tree[] {
  if (Array.isArray(value)) return value.flatMap((item) => withKey(item, key));
  const object = asObject(value);
  if (object === null) return [];
  return Object.entries(object).flatMap(([name, child]) =>
    name === key ? [child, ...withKey(child, key)] : withKey(child, key),
  );
}

function conjuncts(condition: Tree): readonly Tree[] {
  if (condition === undefined) return [];
  const nested = asObject(condition)?.['Nested'];
  if (nested !== undefined) return conjuncts(nested);
  const both = body(condition, 'BinaryOp');
  return both?.['op'] === 'And'
    ? [...conjuncts(both['left']), ...conjuncts(both['right'])]
    : [condition];
}

function alternativesIn(condition: Tree): readonly (readonly string[])[] {
  const arms = disjuncts(condition);
  if (arms.length < 2 || nodesNamed(condition, 'Subquery').length > 0) return [];
  if (nodesNamed(condition, 'InSubquery').length > 0) return [];
  const different = [...new Set(arms.map((arm) => columnsIn(arm).join(' and ')))];
  return different.length > 1 && !different.includes('') ? [different] : [];
}

function disjuncts(condition: Tree): readonly Tree[] {
  const nested = asObject(condition)?.['Nested'];
  if (nested !== undefined) return disjuncts(nested);
  const either = body(condition, 'BinaryOp');
  return either?.['op'] === 'Or'
    ? [...disjuncts(either['left']), ...disjuncts(either['right'])]
    : [condition];
}

/** Names of the columns an expression mentions, as the statement writes them. */
function columnsIn(value: Tree): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(columnsIn);
  const object = asObject(value);
  if (object === null) return [];
  return Object.entries(object).flatMap(([key, child]) => {
    if (key === 'Identifier') return [String(asObject(child)?.['value'])];
    if (key === 'CompoundIdentifier') {
      return [
        asList(child)
          .map((part) => String(asObject(part)?.['value']))
          .join('.'),
      ];
    }
    // A function's own name, a collation, a type: identifiers, but no columns.
    return ['name', 'collation', 'data_type'].includes(key) ? [] : columnsIn(child);
  });
}

const comparing = new Set(['Eq', 'Lt', 'LtEq', 'Gt', 'GtEq', 'Spaceship']);

function wrappedIn(condition: Tree): readonly WrappedColumn[] {
  const comparison = body(condition, 'BinaryOp');
  const range = body(condition, 'Between') ?? body(condition, 'InList');
  const pairs: readonly (readonly [Tree, Tree])[] =
    comparison !== null && comparing.has(String(comparison['op']))
      ? [
          [comparison['left'], comparison['right']],
          [comparison['right'], comparison['left']],
        ]
      : range === null
        ? []
        : [[range['expr'], null]];
  return pairs.flatMap(([side, other]) => {
    const [column, ...more] = columnsIn(side);
    if (column === undefined || more.length > 0 || columnsIn(other).length > 0) return [];
    return nodesNamed(side, 'Subquery').length > 0 ? [] : wrapping(side, column);
  });
}

/** Functions the parser has nodes of their own for. */
const specialFunctions = ['Extract', 'Substring', 'Trim', 'Ceil', 'Floor', 'Position', 'Convert'];

function wrapping(side: Tree, column: string): readonly WrappedColumn[] {
  const call = body(side, 'Function');
  if (call !== null) {
    const inside = `the function ${functionName(call).toUpperCase()}`;
    return [{ column, inside, kind: 'function' }];
  }
  const special = specialFunctions.find((name) => body(side, name) !== null);
  if (special !== undefined) {
    return [{ column, inside: `the function ${special.toUpperCase()}`, kind: 'function' }];
  }
  if (body(side, 'Cast') !== null) return [{ column, inside: 'a cast', kind: 'cast' }];
  const nested = asObject(side)?.['Nested'];
  if (nested !== undefined) return wrapping(nested, column);
  const arithmetic = ['Plus', 'Minus', 'Multiply', 'Divide', 'Modulo', 'MyIntegerDivide'];
  const operator = body(side, 'BinaryOp')?.['op'] ?? body(side, 'UnaryOp')?.['op'];
  return arithmetic.includes(String(operator))
    ? [{ column, inside: 'arithmetic', kind: 'arithmetic' }]
    : [];
}

function functionName(call: Body): string {
  const [part] = asList(call['name']).slice(-1);
  return String(body(part, 'Identifier')?.['value']).toLowerCase();
}

const aggregates = new Set(
  'count sum avg min max group_concat json_arrayagg json_objectagg bit_and bit_or std variance'.split(
    ' ',
  ),
);

function hasAggregate(value: Tree): boolean {
  return nodesNamed(value, 'Function').some(
    (call) => call['over'] === undefined && aggregates.has(functionName(call)),
  );
}

function isGrouped(select: Body): boolean {
  const [keys] = asList(asObject(select['group_by'])?.['Expressions']);
  return asList(keys).length > 0;
}

/** `COUNT(…) > 0` and the like, of a subquery or of the statement itself. */
function isExistenceCount({ left, right, op }: Body): boolean {
  const number = numberOf(right);
  const counted = body(left, 'Function') ?? countOf(left);
  if (counted === null || functionName(counted) !== 'count') return false;
  return ['Gt 0', 'GtEq 1', 'NotEq 0', 'Eq 0', 'Lt 1'].includes(`${String(op)} ${number}`);
}

function countOf(node: Tree): Body | null {
  const [target] = asList(body(body(node, 'Subquery')?.['body'], 'Select')?.['projection']);
  return body(asObject(target)?.['UnnamedExpr'], 'Function');
}

function valueOf(node: Tree): Body | null {
  return asObject(body(node, 'Value')?.['value']);
}

function numberOf(node: Tree): number | null {
  const [digits] = asList(valueOf(node)?.['Number']);
  return digits === undefined ? null : Number(digits);
}

function textOf(node: Tree): string | null {
  const value = valueOf(node);
  const text = value?.['SingleQuotedString'] ?? value?.['DoubleQuotedString'];
  return typeof text === 'string' ? text : null;
}

/** `LIMIT n OFFSET m` and `LIMIT m, n`. */
function offsetOf(limit: Tree): number | null {
  const comma = body(limit, 'OffsetCommaLimit');
  const offset = comma?.['offset'] ?? asObject(body(limit, 'LimitOffset')?.['offset'])?.['value'];
  return offset === undefined ? 0 : numberOf(offset);
}
