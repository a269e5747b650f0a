import type { MergeStmt, Node, SelectStmt } from 'libpg-query';
import type { CatalogColumn } from '../artifacts/catalog.ts';
import { as, conjunctsOf, findAll, lastName, nameParts, valueOf, walk } from './ast.ts';
import { predicatesOf, type Predicate } from './predicates.ts';
import type { Schema } from './schema.ts';
import { resolveColumn, type Relation, type ResolvedColumn, type Scope } from './scope.ts';

/** What a statement asks of which tables, as far as an index could help. */
export interface StatementShape {
  readonly kind: 'select' | 'insert' | 'update' | 'delete' | 'merge';
  /** One per query level: the statement itself, its subqueries, its CTEs. */
  readonly blocks: readonly QueryBlock[];
}

/** One SELECT (or UPDATE, DELETE, MERGE) with its own FROM and WHERE. */
export interface QueryBlock {
  readonly relations: readonly Relation[];
  readonly predicates: readonly Predicate[];
  /** ORDER BY, when an index of one table could give that order; else empty. */
  readonly sort: readonly SortKey[];
  /** GROUP BY or DISTINCT, when it names columns of one table; else empty. */
  readonly group: readonly GroupKey[];
  readonly limited: boolean;
}

export interface GroupKey {
  readonly relation: Relation;
  readonly column: CatalogColumn;
}

export interface SortKey extends GroupKey {
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/**
 * Reads a parsed statement against the schema. Tables the catalog does not know (CTEs, functions,
 * temporary tables) are passed over.
 *
 * @param parameters values really sent, for LIKE patterns and limits
 */
export function shapeOf(
  node: Node,
  schema: Schema,
  parameters: readonly unknown[] = [],
): StatementShape | null {
  const kind = kindOf(node);
  if (kind === null) return null;
  const blocks: QueryBlock[] = [];
  readStatement(node, null, { schema, parameters, blocks, commonTables: commonTableNames(node) });
  return { kind, blocks };
}

/** What the statement does; null for anything but SELECT, INSERT, UPDATE, DELETE and MERGE. */
export function kindOf(node: Node): StatementShape['kind'] | null {
  if ('SelectStmt' in node) return 'select';
  if ('InsertStmt' in node) return 'insert';
  if ('UpdateStmt' in node) return 'update';
  if ('DeleteStmt' in node) return 'delete';
  return 'MergeStmt' in node ? 'merge' : null;
}

interface Reading {
  readonly schema: Schema;
  readonly parameters: readonly unknown[];
  readonly blocks: QueryBlock[];
  readonly commonTables: ReadonlySet<string>;
}

function commonTableNames(node: Node): ReadonlySet<string> {
  const names = findAll(node, 'CommonTableExpr', { intoSubqueries: true });
  return new Set(names.map((table) => table.ctename ?? ''));
}

function readStatement(node: Node, outer: Scope | null, reading: Reading): void {
  const select = as(node, 'SelectStmt');
  if (select !== null) return readSelect(select, outer, reading);
  const insert = as(node, 'InsertStmt');
  if (insert !== null) {
    readCommonTables(insert.withClause?.ctes, outer, reading);
    if (insert.selectStmt !== undefined) readStatement(insert.selectStmt, outer, reading);
    return;
  }
  const merge = as(node, 'MergeStmt');
  if (merge !== null) return readMerge(merge, outer, reading);
  const change = as(node, 'UpdateStmt') ?? as(node, 'DeleteStmt');
  if (change === null) return;
  readCommonTables(change.withClause?.ctes, outer, reading);
  const others = 'fromClause' in change ? change.fromClause : undefined;
  const using = 'usingClause' in change ? change.usingClause : undefined;
  const target: Node[] = change.relation === undefined ? [] : [{ RangeVar: change.relation }];
  readBlock(
    { from: [...target, ...(others ?? using ?? [])], where: change.whereClause },
    change,
    outer,
    reading,
  );
}

/** A join of what is merged with the table it is merged into. What is done then finds no row. */
function readMerge(merge: MergeStmt, outer: Scope | null, reading: Reading): void {
  const { relation, sourceRelation, joinCondition, withClause } = merge;
  readCommonTables(withClause?.ctes, outer, reading);
  const target: Node[] = relation === undefined ? [] : [{ RangeVar: relation }];
  const source: Node[] = sourceRelation === undefined ? [] : [sourceRelation];
  readBlock({ from: [...target, ...source], where: joinCondition }, merge, outer, reading);
}

function readSelect(select: SelectStmt, outer: Scope | null, reading: Reading): void {
  readCommonTables(select.withClause?.ctes, outer, reading);
  if (select.larg !== undefined && select.rarg !== undefined) {
    readSelect(select.larg, outer, reading);
    readSelect(select.rarg, outer, reading);
    return;
  }
  readBlock(
    { from: select.fromClause ?? [], where: select.whereClause, select },
    select,
    outer,
    reading,
  );
}

function readCommonTables(
  ctes: readonly Node[] | undefined,
  outer: Scope | null,
  reading: Reading,
): void {
  for (const cte of ctes ?? []) {
    const query = as(cte, 'CommonTableExpr')?.ctequery;
    if (query !== undefined) readStatement(query, outer, reading);
  }
}

interface BlockParts {
  readonly from: readonly Node[];
  readonly where: Node | undefined;
  readonly select?: SelectStmt;
}

function readBlock(parts: BlockParts, body: object, outer: Scope | null, reading: Reading): void {
  const sources = sourcesOf(parts.from);
  const tables = sources.tables.flatMap(({ schema, name, alias }) => {
    const table =
      schema === null && reading.commonTables.has(name) ? null : reading.schema.table(schema, name);
    return table === null ? [] : [{ alias, table }];
  });
  const bare: Scope = {
    relations: tables.map((table) => ({ ...table, columnsRead: 'all' as const })),
    outer,
  };
  const relations = bare.relations.map((relation) => ({
    ...relation,
    columnsRead: columnsRead(relation, body, bare),
  }));
  const scope: Scope = { relations, outer };
  const conditions = [...sources.conditions, ...conjunctsOf(parts.where)];
  const { select } = parts;
  const extreme = select === undefined ? null : extremeOf(select, scope);
  reading.blocks.push({
    relations,
    predicates: conditions.flatMap((node) => predicatesOf(node, scope, reading.parameters)),
    sort: extreme === null ? (select === undefined ? [] : sortOf(select, scope)) : [extreme],
    group: select === undefined ? [] : groupOf(select, scope),
    limited: extreme !== null || limitOf(select?.limitCount, reading.parameters),
  });
  for (const query of sources.subqueries) readStatement(query, scope, reading);
  // Subqueries in WHERE, the select list and HAVING see this block's tables.
  const {
    fromClause: _from,
    withClause: _with,
    usingClause: _using,
    sourceRelation: _source,
    ...rest
  } = body as Partial<Record<string, unknown>>;
  walk(rest, (node) => {
    const query = as(node, 'SubLink')?.subselect;
    if (query === undefined) return true;
    readStatement(query, scope, reading);
    return false;
  });
}

interface Sources {
  readonly tables: { schema: string | null; name: string; alias: string }[];
  readonly conditions: Node[];
  readonly subqueries: Node[];
}

/** Takes FROM apart: tables, join conditions, subqueries. */
function sourcesOf(from: readonly Node[]): Sources {
  const sources: Sources = { tables: [], conditions: [], subqueries: [] };
  walk(from, (node) => {
    const table = as(node, 'RangeVar');
    if (table !== null) {
      const name = table.relname ?? '';
      sources.tables.push({
        schema: table.schemaname ?? null,
        name,
        alias: table.alias?.aliasname ?? name,
      });
    }
    const quals = as(node, 'JoinExpr')?.quals;
    if (quals !== undefined) sources.conditions.push(...conjunctsOf(quals));
    const query = as(node, 'RangeSubselect')?.subquery;
    if (query !== undefined) sources.subqueries.push(query);
    return query === undefined && !('SubLink' in node);
  });
  return sources;
}

function columnsRead(relation: Relation, body: object, scope: Scope): ReadonlySet<string> | 'all' {
  const names = new Set<string>();
  for (const { fields = [] } of findAll([body], 'ColumnRef', { intoSubqueries: true })) {
    const parts = nameParts(fields);
    const starred = parts.at(-1) === '*' && (parts.length === 1 || parts.at(-2) === relation.alias);
    const wholeRow = parts.length === 1 && parts[0] === relation.alias;
    if (starred || wholeRow) return 'all';
    const resolved = resolveColumn(fields, scope);
    if (resolved?.relation.alias === relation.alias) names.add(resolved.column.name);
  }
  return names;
}

/** ORDER BY as far as it names columns of one table; empty as soon as anything else sorts. */
function sortOf(select: SelectStmt, scope: Scope): readonly SortKey[] {
  const keys: SortKey[] = [];
  for (const item of select.sortClause ?? []) {
    const sort = as(item, 'SortBy');
    const column = sort === null ? null : sortColumn(sort.node, select, scope);
    if (sort === null || column === null || !column.local) return [];
    if (keys[0] !== undefined && keys[0].relation !== column.relation) return [];
    const descending = sort.sortby_dir === 'SORTBY_DESC';
    keys.push({
      relation: column.relation,
      column: column.column,
      descending,
      nullsFirst:
        sort.sortby_nulls === 'SORTBY_NULLS_FIRST' ||
        (sort.sortby_nulls !== 'SORTBY_NULLS_LAST' && descending),
    });
  }
  return keys;
}

/** `min(c)` and `max(c)` alone are answered by one end of an index, as if sorted with a limit of 1. */
function extremeOf({ targetList = [], groupClause }: SelectStmt, scope: Scope): SortKey | null {
  const call = as(as(targetList[0], 'ResTarget')?.val, 'FuncCall');
  const name = lastName(call?.funcname);
  const fields = as(call?.args?.[0], 'ColumnRef')?.fields;
  if (targetList.length !== 1 || groupClause !== undefined || fields === undefined) return null;
  if (name !== 'min' && name !== 'max') return null;
  const resolved = resolveColumn(fields, scope);
  if (resolved?.local !== true) return null;
  const { relation, column } = resolved;
  return { relation, column, descending: name === 'max', nullsFirst: name === 'max' };
}

/** GROUP BY, else DISTINCT, as far as it names columns of one table. */
function groupOf(select: SelectStmt, scope: Scope): readonly GroupKey[] {
  const distinct = (select.distinctClause ?? []).length > 0;
  const named: readonly (Node | undefined)[] = distinct
    ? (select.targetList ?? []).map((target) => as(target, 'ResTarget')?.val)
    : (select.groupClause ?? []);
  const keys = named.map((node) =>
    as(node, 'ColumnRef') === null && as(node, 'A_Const') === null
      ? null
      : sortColumn(node, select, scope),
  );
  const [first] = keys;
  const one = keys.every((key) => key?.local === true && key.relation === first?.relation);
  return one ? keys.flatMap((key) => key ?? []) : [];
}

/** A bare name in ORDER BY means an output column first; a number means its position. */
function sortColumn(
  node: Node | undefined,
  select: SelectStmt,
  scope: Scope,
): ResolvedColumn | null {
  const targets = (select.targetList ?? []).map((target) => as(target, 'ResTarget'));
  const fields = as(node, 'ColumnRef')?.fields;
  const position = as(node, 'A_Const')?.ival?.ival;
  const name = fields?.length === 1 ? nameParts(fields)[0] : undefined;
  const named =
    position === undefined
      ? targets.find((target) => target?.name !== undefined && target.name === name)
      : targets[position - 1];
  const reference = named === undefined ? fields : as(named?.val, 'ColumnRef')?.fields;
  return reference === undefined ? null : resolveColumn(reference, scope);
}

function limitOf(node: Node | undefined, parameters: readonly unknown[]): boolean {
  return node !== undefined && valueOf(node, parameters) !== null;
}
