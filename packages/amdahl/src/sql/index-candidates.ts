import type { CatalogColumn, CatalogTable } from '../artifacts/catalog.ts';
import {
  defineIndex,
  type IndexKey,
  type IndexProposal,
  type LabIndex,
} from './index-definition.ts';
import type { Predicate } from './predicates.ts';
import type { Relation } from './scope.ts';
import { qualifiedName, type Schema } from './schema.ts';
import type { QueryBlock, SortKey, StatementShape } from './statement-shape.ts';

/**
 * Which indexes could help a statement, from the roles its columns play. A B-tree serves columns in
 * this order: those compared for equality, then those that sort, or one that is compared by range
 * (after a range the order is lost); columns only returned ride along as INCLUDE so that the table
 * need not be visited (M. Winand, "SQL Performance Explained", 2012, chapters 2, 5 and 6).
 * These are proposals: the lab builds each and asks the planner.
 */
export function indexCandidates(shape: StatementShape, schema: Schema): readonly LabIndex[] {
  const found = new Map<string, LabIndex>();
  const taken = new Set(schema.catalog.indexes.map((index) => index.name));
  for (const block of shape.blocks) {
    for (const relation of block.relations) {
      for (const proposal of candidatesFor(relation, block, schema)) {
        const candidate = defineIndex(proposal, taken);
        if (!alreadyThere(candidate, schema)) found.set(candidate.definition, candidate);
      }
    }
  }
  return [...found.values()];
}

/** Plain candidates for one table in one query block; the first are the most promising. */
const perRelation = 8;
/** Wider keys help little and cost on each write (postgres-mcp's dta_calc.py stops here too). */
const maxKeyColumns = 3;
/** INCLUDE pays while it is small: beyond this the index grows into a second table. */
const maxIncludeColumns = 4;
const maxIncludeWidthBytes = 64;

function candidatesFor(
  relation: Relation,
  block: QueryBlock,
  schema: Schema,
): readonly IndexProposal[] {
  const { table } = relation;
  if (table.kind !== 'table' && table.kind !== 'materialized-view') return [];
  const mine = block.predicates.filter((predicate) => predicate.relation === relation);
  const plain = mine.filter((predicate) => predicate.expression === null);
  const pick = (...operators: Predicate['operator'][]): readonly Predicate[] =>
    plain.filter((predicate) => operators.includes(predicate.operator));
  const constants = pick('equality', 'null').filter((predicate) => !predicate.join);
  const joins = pick('equality').filter((predicate) => predicate.join);
  const lists = pick('in');
  const bytewise = schema.catalog.collation?.bytewise ?? false;
  const ranges = distinctColumns(pick('range', 'prefix'));
  const sort = block.sort.filter((key) => key.relation === relation);

  const proposals: IndexProposal[] = [];
  const add = (keys: readonly IndexKey[], reason: string): void => {
    if (keys.length === 0) return;
    proposals.push({ table, method: 'btree', keys, include: [], reason });
  };
  for (const equal of equalitySets(constants, joins, lists)) {
    const keys = byDistinctness(equal).map((column) => ({ column: column.name }));
    const room = maxKeyColumns - keys.length;
    const because = (more?: string): string => describe(equal, table, more);
    const hasList = equal.some((predicate) => lists.includes(predicate));
    const sortable = keys.length > 0 || block.limited;
    if (sortable && sort.length > 0 && sort.length <= room && !hasList) {
      add(
        [...keys, ...sortKeys(sort, keys)],
        because(`sorted by ${sort.map((key) => key.column.name).join(', ')}`),
      );
    }
    for (const range of room > 0 ? ranges : []) {
      const key = rangeKey(range, bytewise);
      if (!keys.some((other) => other.column === key.column)) {
        add([...keys, key], because(`searched by a range of ${range.column.name}`));
      }
    }
    add(keys, because());
  }
  const covering = proposals
    .filter((index) => !findsOneRow(index, schema))
    .flatMap((index) => coveringVariant(index, relation));
  return [
    ...[...proposals, ...covering].slice(0, perRelation),
    ...specialCandidates(mine, table, schema),
  ];
}

/** Which columns to take as compared for equality: all, only constants, only join columns, none. */
function equalitySets(
  constants: readonly Predicate[],
  joins: readonly Predicate[],
  lists: readonly Predicate[],
): readonly (readonly Predicate[])[] {
  const sets = [
    [...constants, ...joins],
    [...constants, ...joins, ...lists],
    constants,
    joins,
    [...constants, ...lists],
    [],
  ].map((set) => distinctColumns(set).slice(0, maxKeyColumns));
  const names = (set: readonly Predicate[]): string =>
    JSON.stringify(set.map((predicate) => predicate.column.name));
  return [...new Map(sets.map((set) => [names(set), set])).values()];
}

function distinctColumns(predicates: readonly Predicate[]): readonly Predicate[] {
  return [...new Map(predicates.map((predicate) => [predicate.column.name, predicate])).values()];
}

/**
 * Among columns compared for equality the order is free for this statement; with the most telling
 * one in front the index also serves statements that name only that one. IN lists go last.
 */
function byDistinctness(predicates: readonly Predicate[]): readonly CatalogColumn[] {
  const rank = (predicate: Predicate): number =>
    predicate.operator === 'in' ? -1 : distinctValues(predicate);
  return [...predicates].sort((a, b) => rank(b) - rank(a)).map((predicate) => predicate.column);
}

/** `pg_stats.n_distinct`: below zero it is a share of the rows. */
function distinctValues({ column, relation }: Predicate): number {
  const distinct = column.statistics?.distinct ?? 0;
  return distinct < 0 ? -distinct * Math.max(relation.table.rows, 1) : distinct;
}

function sortKeys(sort: readonly SortKey[], before: readonly IndexKey[]): readonly IndexKey[] {
  // Read backwards an index gives the opposite order, so that only mixed directions need naming.
  const first = sort[0];
  const uniform = sort.every(
    (key) => key.descending === first?.descending && key.nullsFirst === key.descending,
  );
  return sort
    .filter((key) => !before.some((other) => other.column === key.column.name))
    .map((key) =>
      uniform
        ? { column: key.column.name }
        : { column: key.column.name, descending: key.descending, nullsFirst: key.nullsFirst },
    );
}

/** Outside bytewise collations only the pattern operator class serves `LIKE 'prefix%'`. */
function rangeKey(predicate: Predicate, bytewise: boolean): IndexKey {
  const { name, type } = predicate.column;
  if (predicate.operator !== 'prefix' || bytewise) return { column: name };
  return {
    column: name,
    operatorClass: type.startsWith('character varying')
      ? 'varchar_pattern_ops'
      : 'text_pattern_ops',
  };
}

/** A unique key leads to one row: to spare the visit to the table saves one page, no index's worth. */
function findsOneRow({ table, keys }: IndexProposal, schema: Schema): boolean {
  const columns = new Set(keys.map((key) => key.column));
  return schema
    .indexesOf(table)
    .some(
      (index) =>
        index.unique && index.predicate === null && index.keys.every((key) => columns.has(key)),
    );
}

/** The same index with the few narrow columns the statement also reads. */
function coveringVariant(
  index: IndexProposal,
  { table, columnsRead }: Relation,
): readonly IndexProposal[] {
  if (columnsRead === 'all') return [];
  const keys = new Set(index.keys.map((key) => key.column));
  const payload = table.columns.filter(
    (column) => columnsRead.has(column.name) && !keys.has(column.name),
  );
  const width = payload.reduce((sum, column) => sum + (column.statistics?.averageWidth ?? 8), 0);
  if (payload.length === 0 || payload.length > maxIncludeColumns) return [];
  if (width > maxIncludeWidthBytes) return [];
  return [
    {
      ...index,
      include: payload.map((column) => column.name),
      reason: `${index.reason}, for ${payload.map((column) => column.name).join(', ')}`,
    },
  ];
}

/** For conditions no plain index can serve: a function around the column, a pattern inside it. */
function specialCandidates(
  predicates: readonly Predicate[],
  table: CatalogTable,
  schema: Schema,
): readonly IndexProposal[] {
  const name = qualifiedName(table.schema, table.name);
  const keyOf = ({ expression, column }: Predicate): IndexKey =>
    expression === null ? { column: column.name } : { expression };
  const trigram = (schema.catalog.extensions ?? []).some(
    (extension) => extension.name === 'pg_trgm',
  );
  // Alternatives of one condition need one index over all their columns.
  const searches = Map.groupBy(
    predicates.filter(({ operator }) => operator === 'contains'),
    ({ node }) => node,
  );
  const functions = predicates.filter(
    ({ expression, operator }) => expression !== null && operator !== 'contains',
  );
  return [
    ...[...searches.values()].map((search): IndexProposal => {
      const keys = new Map(
        search.map((each) => [each.expression ?? each.column.name, keyOf(each)]),
      );
      return {
        table,
        method: 'gin',
        keys: [...keys.values()].map((key) => ({ ...key, operatorClass: 'gin_trgm_ops' })),
        include: [],
        ...(trigram ? {} : { requires: 'pg_trgm' }),
        rule: 'leading-wildcard',
        reason: `${name} is searched for a text inside ${[...keys.keys()].join(' or ')}, which no B-tree can find`,
      };
    }),
    ...functions.map((predicate): IndexProposal => ({
      table,
      method: 'btree',
      keys: [keyOf(predicate)],
      include: [],
      rule: 'function-on-column',
      reason: `${name} is searched by ${predicate.expression}, which an index on ${predicate.column.name} cannot answer`,
    })),
  ];
}

function describe(
  equal: readonly Predicate[],
  { schema, name }: CatalogTable,
  more: string | undefined,
): string {
  const columns = equal.map(({ column }) => column.name).join(', ');
  const roles = [equal.length === 0 ? undefined : `looked up by ${columns}`, more];
  return `${qualifiedName(schema, name)} is ${roles.filter((role) => role !== undefined).join(' and ')}`;
}

/** Whether a usable index already begins with the same keys in the same order. */
function alreadyThere(candidate: LabIndex, schema: Schema): boolean {
  return schema.indexesOf(candidate.table).some((index) => {
    if (index.method !== candidate.method || index.predicate !== null) return false;
    if (
      candidate.keys.some((key) => key.descending !== undefined || key.operatorClass !== undefined)
    ) {
      return false;
    }
    const carried = new Set([...index.keys, ...index.include]);
    return (
      candidate.keys.every((key, at) => index.keys[at] === (key.column ?? key.expression)) &&
      candidate.include.every((column) => carried.has(column))
    );
  });
}
