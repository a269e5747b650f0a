import type { CatalogColumn, CatalogTable } from '../artifacts/catalog.ts';
import type { IndexKey, IndexProposal } from './index-definition.ts';
import type { Predicate } from './predicates.ts';
import type { Relation } from './scope.ts';
import { qualifiedName, type Schema } from './schema.ts';
import type { QueryBlock, SortKey } from './statement-shape.ts';

/** Wider keys help little and cost on each write (postgres-mcp's dta_calc.py stops here too). */
const maxKeyColumns = 3;
/** INCLUDE pays while it is small: beyond this the index grows into a second table. */
const maxIncludeColumns = 4;
const maxIncludeWidthBytes = 64;

/** B-trees on bare columns, the most promising first; those that also cover the statement last. */
export function plainCandidates(
  relation: Relation,
  block: QueryBlock,
  schema: Schema,
): readonly IndexProposal[] {
  const { table } = relation;
  const plain = block.predicates.filter(
    (predicate) => predicate.relation === relation && predicate.expression === null,
  );
  const pick = (...operators: Predicate['operator'][]): readonly Predicate[] =>
    plain.filter((predicate) => operators.includes(predicate.operator));
  const constants = pick('equality', 'null').filter((predicate) => !predicate.join);
  const joins = pick('equality').filter((predicate) => predicate.join);
  const lists = pick('in');
  const bytewise = schema.catalog.collation?.bytewise ?? false;
  const ranges = distinctColumns(pick('range', 'prefix'));
  const sort = block.sort.filter((key) => key.relation === relation);
  const group = block.group.filter((key) => key.relation === relation);

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
    const further = group.filter(({ column }) => keys.every((key) => key.column !== column.name));
    if (further.length > 0 && further.length <= room && !hasList) {
      const names = further.map(({ column }) => column.name);
      add(
        [...keys, ...names.map((column) => ({ column }))],
        because(`grouped by ${names.join(', ')}`),
      );
    }
  }
  const covering = proposals
    .filter((index) => !findsOneRow(index, schema))
    .flatMap((index) => coveringVariant(index, relation));
  return [...proposals, ...covering];
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

function describe(
  equal: readonly Predicate[],
  { schema, name }: CatalogTable,
  more: string | undefined,
): string {
  const columns = equal.map(({ column }) => column.name).join(', ');
  const roles = [equal.length === 0 ? undefined : `looked up by ${columns}`, more];
  return `${qualifiedName(schema, name)} is ${roles.filter((role) => role !== undefined).join(' and ')}`;
}
