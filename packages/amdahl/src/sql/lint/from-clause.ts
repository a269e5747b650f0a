import type { ColumnRef, Node, SelectStmt } from 'libpg-query';
import type { CatalogColumn, CatalogTable } from '../../artifacts/catalog.ts';
import { as, findAll, lastName, nameParts, walk } from '../ast.ts';
import type { Schema } from '../schema.ts';

/** A table in FROM, by the name the query gives it. */
export interface Source {
  readonly alias: string;
  /** Null for what the catalog does not know: subqueries, functions, common table expressions. */
  readonly table: CatalogTable | null;
  /** On the side of an outer join that may be missing: all its columns may be NULL then. */
  readonly optional: boolean;
}

/** Every SELECT of a statement, those inside others too. */
export function selectsOf(statement: Node): readonly SelectStmt[] {
  return findAll([statement], 'SelectStmt', { intoSubqueries: true });
}

/** Names of common table expressions, which hide tables of the same name. */
export function commonTables(statement: Node): ReadonlySet<string> {
  const tables = findAll([statement], 'CommonTableExpr', { intoSubqueries: true });
  return new Set(tables.map(({ ctename = '' }) => ctename));
}

/** What stands in FROM, in order. */
export function sourcesOf(
  from: readonly Node[] | undefined,
  schema: Schema,
  hidden: ReadonlySet<string>,
): readonly Source[] {
  return (from ?? []).flatMap((node) => sourcesIn(node, false, schema, hidden));
}

function sourcesIn(
  node: Node | undefined,
  optional: boolean,
  schema: Schema,
  hidden: ReadonlySet<string>,
): readonly Source[] {
  const table = as(node, 'RangeVar');
  if (table !== null) {
    const name = table.relname ?? '';
    const isHidden = table.schemaname === undefined && hidden.has(name);
    return [
      {
        alias: table.alias?.aliasname ?? name,
        table: isHidden ? null : schema.table(table.schemaname ?? null, name),
        optional,
      },
    ];
  }
  const join = as(node, 'JoinExpr');
  if (join !== null) {
    const left = join.jointype === 'JOIN_RIGHT' || join.jointype === 'JOIN_FULL';
    const right = join.jointype === 'JOIN_LEFT' || join.jointype === 'JOIN_FULL';
    return [
      ...sourcesIn(join.larg, optional || left, schema, hidden),
      ...sourcesIn(join.rarg, optional || right, schema, hidden),
    ];
  }
  const other = as(node, 'RangeSubselect') ?? as(node, 'RangeFunction');
  return other === null ? [] : [{ alias: other.alias?.aliasname ?? '', table: null, optional }];
}

/** A column of one of these sources. */
export interface SourceColumn {
  readonly source: Source;
  readonly table: CatalogTable;
  readonly column: CatalogColumn;
}

/** The column a reference means among these sources; null when it is none of theirs. */
export function columnAmong(
  reference: ColumnRef | null,
  sources: readonly Source[],
): SourceColumn | null {
  const parts = nameParts(reference?.fields);
  const [qualifier, name] = [parts.at(-2), parts.at(-1)];
  for (const source of sources) {
    if (qualifier !== undefined && qualifier !== source.alias) continue;
    const column = source.table?.columns.find((each) => each.name === name);
    if (source.table !== null && column !== undefined) {
      return { source, table: source.table, column };
    }
  }
  return null;
}

/** Whether a value of this column can be NULL, by the schema and the joins. */
export function mayBeNull({ source, column }: SourceColumn): boolean {
  return source.optional || !column.notNull;
}

const aggregates = new Set(
  `count sum avg min max array_agg string_agg json_agg jsonb_agg json_object_agg jsonb_object_agg
  bool_and bool_or every bit_and bit_or stddev variance percentile_cont percentile_disc mode`.split(
    /\s+/,
  ),
);

/** Whether an expression computes an aggregate of its own query; those of subqueries do not count. */
export function hasAggregate(value: unknown): boolean {
  return findAll(value, 'FuncCall').some(
    ({ funcname, over, agg_star: star, agg_within_group: ordered }) =>
      over === undefined &&
      (star === true || ordered === true || aggregates.has(lastName(funcname))),
  );
}

/** Whether the rows of a query are those its FROM and WHERE select, one each, in no other way. */
export function isPlainSelect(select: SelectStmt): boolean {
  const {
    op = 'SETOP_NONE',
    groupClause,
    havingClause,
    distinctClause,
    windowClause,
    lockingClause,
    valuesLists,
    intoClause,
    targetList,
  } = select;
  const parts = [groupClause, havingClause, distinctClause, windowClause];
  const others = [lockingClause, valuesLists, intoClause];
  return (
    op === 'SETOP_NONE' &&
    [...parts, ...others].every((part) => part === undefined) &&
    !hasAggregate(targetList) &&
    !hasWindow(targetList)
  );
}

function hasWindow(value: unknown): boolean {
  let found = false;
  walk(value, (node) => {
    found ||= as(node, 'FuncCall')?.over !== undefined;
    return !('SubLink' in node);
  });
  return found;
}

/** A query level: what it reads and which rows it keeps. */
export interface Query {
  readonly from: readonly Node[];
  readonly where: Node | undefined;
}

/** Every SELECT, UPDATE and DELETE of a statement. */
export function queriesOf(statement: Node): readonly Query[] {
  const queries: Query[] = selectsOf(statement).map(({ fromClause, whereClause }) => ({
    from: fromClause ?? [],
    where: whereClause,
  }));
  const update = as(statement, 'UpdateStmt');
  const change = update ?? as(statement, 'DeleteStmt');
  if (change === null) return queries;
  const using = as(statement, 'DeleteStmt')?.usingClause ?? update?.fromClause ?? [];
  const target: Node[] = change.relation === undefined ? [] : [{ RangeVar: change.relation }];
  return [{ from: [...target, ...using], where: change.whereClause }, ...queries];
}
