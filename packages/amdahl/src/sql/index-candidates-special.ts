import type { IndexKey, IndexProposal } from './index-definition.ts';
import type { Predicate } from './predicates.ts';
import { qualifiedName, type Schema } from './schema.ts';
import type { Relation } from './scope.ts';
import type { QueryBlock } from './statement-shape.ts';
import { as, lastName } from './ast.ts';

/**
 * For conditions no plain index can serve: a function around the column, a pattern inside it, what
 * an array, a jsonb or a text search vector holds.
 */
export function specialCandidates(
  relation: Relation,
  block: QueryBlock,
  schema: Schema,
): readonly IndexProposal[] {
  const predicates = block.predicates.filter((predicate) => predicate.relation === relation);
  return [
    ...searches(relation, predicates, schema),
    ...elements(relation, predicates),
    ...functions(relation, predicates),
  ];
}

const keyOf = ({ expression, column }: Predicate): IndexKey =>
  expression === null ? { column: column.name } : { expression };

/** `LIKE '%x%'`: trigrams. Alternatives of one condition need one index over all their columns. */
function searches(
  { table }: Relation,
  predicates: readonly Predicate[],
  schema: Schema,
): readonly IndexProposal[] {
  const name = qualifiedName(table.schema, table.name);
  const hasTrigrams = (schema.catalog.extensions ?? []).some(
    (extension) => extension.name === 'pg_trgm',
  );
  const conditions = Map.groupBy(
    predicates.filter(({ operator }) => operator === 'contains'),
    ({ node }) => node,
  );
  return [...conditions.values()].map((search): IndexProposal => {
    const keys = new Map(search.map((each) => [each.expression ?? each.column.name, keyOf(each)]));
    return {
      table,
      method: 'gin',
      keys: [...keys.values()].map((key) => ({ ...key, operatorClass: 'gin_trgm_ops' })),
      include: [],
      ...(hasTrigrams ? {} : { requires: 'pg_trgm' }),
      rule: 'leading-wildcard',
      reason: `${name} is searched for a text inside ${[...keys.keys()].join(' or ')}, which no B-tree can find`,
    };
  });
}

/** `tags @> $1`, `document @> '{"a": 1}'`, `body @@ to_tsquery(…)`. */
function elements({ table }: Relation, predicates: readonly Predicate[]): readonly IndexProposal[] {
  const name = qualifiedName(table.schema, table.name);
  return predicates
    .filter(({ operator }) => operator === 'element')
    .flatMap((predicate): readonly IndexProposal[] => {
      const { expression, column, node } = predicate;
      const holds = elementsOf(predicate);
      if (holds === null) return [];
      // Paths are smaller and faster, and answer containment only.
      const isContainment = lastName(as(node, 'A_Expr')?.name) === '@>';
      const paths = column.type === 'jsonb' && expression === null && isContainment;
      return [
        {
          table,
          method: 'gin',
          keys: [{ ...keyOf(predicate), ...(paths ? { operatorClass: 'jsonb_path_ops' } : {}) }],
          include: [],
          reason: `${name} is searched by the ${holds} in ${expression ?? column.name}`,
        },
      ];
    });
}

/** What GIN would index, as a word; null for types it does not (ranges and shapes want GiST). */
function elementsOf({ expression, column }: Predicate): string | null {
  if (expression !== null) return expression.startsWith('to_tsvector(') ? 'words' : null;
  if (column.type === 'tsvector') return 'words';
  if (column.type === 'jsonb') return 'keys and values';
  return column.type.endsWith('[]') ? 'elements' : null;
}

/** `lower(email) = $1`: the expression itself, alone and after a column compared for equality. */
function functions(
  { table }: Relation,
  predicates: readonly Predicate[],
): readonly IndexProposal[] {
  const name = qualifiedName(table.schema, table.name);
  const equal = predicates.find(
    ({ expression, operator, join }) => expression === null && operator === 'equality' && !join,
  );
  return predicates
    .filter(
      ({ expression, operator }) =>
        expression !== null && operator !== 'contains' && operator !== 'element',
    )
    .filter(({ operator }) => operator !== 'not-null')
    .flatMap((predicate): readonly IndexProposal[] => {
      const alone: IndexProposal = {
        table,
        method: 'btree',
        keys: [keyOf(predicate)],
        include: [],
        rule: 'function-on-column',
        reason: `${name} is searched by ${predicate.expression}, which an index on ${predicate.column.name} cannot answer`,
      };
      if (equal === undefined) return [alone];
      return [alone, { ...alone, keys: [keyOf(equal), keyOf(predicate)] }];
    });
}
