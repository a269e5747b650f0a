import type {
  CatalogArtifact,
  CatalogColumn,
  CatalogIndex,
  CatalogTable,
  ColumnStatistics,
} from '../artifacts/catalog.ts';
import {
  columnsQuery,
  extendedStatisticsQuery,
  extensionsQuery,
  foreignKeysQuery,
  indexesQuery,
  serverQuery,
  settingsQuery,
  statisticsQuery,
  tablesQuery,
  typesQuery,
  viewsQuery,
} from './catalog-queries.ts';
import { isDatabaseError, type ReadOnlyDatabase } from './read-only-database.ts';
import { qualifiedName, quoteIdentifier, quoteTable } from './schema.ts';

const pageBytes = 8192;

/**
 * Reads what the planner knows: the system catalogs, and of the tables themselves only the ends of
 * indexes, where the planner looks as well.
 */
export async function readCatalog(database: ReadOnlyDatabase): Promise<CatalogArtifact> {
  const [server] = await database.query<ServerRow>(serverQuery);
  if (server === undefined) throw new Error('the server query has one row');
  const settings = await database.query<{ name: string; value: string }>(settingsQuery);
  const tables = await database.query<TableRow>(tablesQuery);
  const columns = await database.query<ColumnRow>(columnsQuery);
  const statistics = await database.query<StatisticsRow>(statisticsQuery);
  const foreignKeys = await database.query<ForeignKeyRow>(foreignKeysQuery);
  const indexes = await database.query<IndexRow>(indexesQuery);
  const named = await database.query<{ schema: string; name: string }>(extendedStatisticsQuery);
  const types = await database.query<TypeRow>(typesQuery);

  const ranges = await readRanges(database, statistics, indexes);
  const statisticsOf = indexStatistics(statistics, ranges);
  const columnsOf = Map.groupBy(columns, (row) => row.oid);
  const foreignKeysOf = Map.groupBy(foreignKeys, (row) => row.oid);
  const primaryKeyOf = new Map(
    indexes.filter((row) => row.primary).map((row) => [row.tableOid, columnNames(row)]),
  );
  return {
    serverVersion: server.serverVersion,
    serverVersionNumber: server.serverVersionNumber,
    database: server.database,
    settings: Object.fromEntries(settings.map(({ name, value }) => [name, value])),
    collation: collationOf(server.row),
    extensions: await database.query(extensionsQuery),
    types: types.map((row) => ({
      name: qualifiedName(row.schema, row.name),
      definition: row.definition,
    })),
    views: await database.query(viewsQuery),
    extendedStatistics: named.map((row) => qualifiedName(row.schema, row.name)),
    tables: tables.map((row) => ({
      schema: row.schema,
      name: row.name,
      kind: row.kind,
      rows: row.rows,
      pages: row.pages,
      allVisiblePages: row.allVisiblePages,
      sizeBytes: row.sizeBytes,
      toastBytes: row.toastBytes,
      columns: (columnsOf.get(row.oid) ?? []).map((column) =>
        columnOf(column, statisticsOf(row.schema, row.name, column.name)),
      ),
      primaryKey: primaryKeyOf.get(row.oid) ?? [],
      foreignKeys: (foreignKeysOf.get(row.oid) ?? []).map((key) => ({
        columns: key.columns,
        referencesTable: qualifiedName(key.referencesSchema, key.referencesName),
        referencesColumns: key.referencesColumns,
      })),
      writes: { inserted: row.inserted, updated: row.updated, deleted: row.deleted },
    })),
    indexes: indexes.map((row) => indexOf(row, statisticsOf)),
    statisticsSince: server.statisticsSince?.toISOString() ?? null,
    hidden: hiddenFrom(server.role, tables),
  };
}

/** What the role could not see, one sentence a table, with the grant that would change it. */
function hiddenFrom(role: string, tables: readonly TableRow[]): readonly string[] {
  return tables
    .filter((table) => !table.readable)
    .map((table) => {
      const name = qualifiedName(table.schema, table.name);
      return `The role ${role} may not read ${name}, so its statistics are hidden and its plans cannot be asked for: GRANT SELECT ON ${name} TO ${role}.`;
    });
}

type StatisticsOf = (schema: string, relation: string, column: string) => ColumnStatistics | null;
type Ranges = ReadonlyMap<string, NonNullable<ColumnStatistics['range']>>;

const columnKey = (...parts: readonly string[]): string => JSON.stringify(parts);

function indexStatistics(rows: readonly StatisticsRow[], ranges: Ranges): StatisticsOf {
  const byColumn = new Map(
    rows.map(({ schema, relation, column, ...statistics }) => {
      const key = columnKey(schema, relation, column);
      const range = ranges.get(key);
      return [key, range === undefined ? statistics : { ...statistics, range }];
    }),
  );
  return (...parts) => byColumn.get(columnKey(...parts)) ?? null;
}

/** A database with more indexed columns than this is read without the ends of the others. */
const maxRanges = 500;

/**
 * Where the values of indexed columns begin and end today: two looks at the ends of an index each.
 * Only columns with a histogram need it, since only its ends can be out of date.
 */
async function readRanges(
  database: ReadOnlyDatabase,
  statistics: readonly StatisticsRow[],
  indexes: readonly IndexRow[],
): Promise<Ranges> {
  const indexed = new Set(
    indexes.flatMap(({ schema, table, method, predicate, attributes: [first] }) =>
      method === 'btree' && predicate === null && first?.column != null
        ? [columnKey(schema, table, first.column)]
        : [],
    ),
  );
  const ranges = new Map<string, NonNullable<ColumnStatistics['range']>>();
  for (const { schema, relation, column, histogramBounds } of statistics) {
    const key = columnKey(schema, relation, column);
    if (histogramBounds === null || !indexed.has(key) || ranges.size >= maxRanges) continue;
    const name = quoteIdentifier(column);
    try {
      const [row] = await database.query<{ least: string | null; greatest: string | null }>(
        `SELECT min(${name})::text AS least, max(${name})::text AS greatest
         FROM ${quoteTable({ schema, name: relation })}`,
      );
      const { least = null, greatest = null } = row ?? {};
      if (least !== null && greatest !== null) ranges.set(key, { least, greatest });
    } catch (error) {
      // Types without min, rights on some columns only: the histogram alone has to do.
      if (!isDatabaseError(error)) throw error;
    }
  }
  return ranges;
}

function columnOf(row: ColumnRow, statistics: ColumnStatistics | null): CatalogColumn {
  return {
    name: row.name,
    type: row.type,
    notNull: row.notNull,
    default: row.default,
    ...(row.generated === null ? {} : { generated: row.generated }),
    ...(row.collation === null ? {} : { collation: row.collation }),
    statistics,
  };
}

function columnNames(row: IndexRow): readonly string[] {
  return row.attributes
    .filter((attribute) => attribute.key)
    .map((attribute) => attribute.column ?? attribute.expression);
}

function indexOf(row: IndexRow, statisticsOf: StatisticsOf): CatalogIndex {
  const expressions = row.attributes.flatMap((attribute) => {
    if (attribute.column !== null) return [];
    const statistics = statisticsOf(row.schema, row.name, attribute.attribute);
    return statistics === null ? [] : [[attribute.expression, statistics] as const];
  });
  return {
    schema: row.schema,
    table: row.table,
    name: row.name,
    method: row.method,
    keys: columnNames(row),
    include: row.attributes
      .filter((attribute) => !attribute.key)
      .map((attribute) => attribute.column ?? attribute.expression),
    unique: row.unique,
    primary: row.primary,
    constraint: row.constraint,
    predicate: row.predicate,
    definition: row.definition,
    ...(expressions.length === 0 ? {} : { expressionStatistics: Object.fromEntries(expressions) }),
    pages: Math.round(row.sizeBytes / pageBytes),
    sizeBytes: row.sizeBytes,
    rows: row.rows,
    scans: row.scans,
  };
}

/**
 * The database's default collation. Only `C` and `POSIX` of the operating system, and every locale
 * built into PostgreSQL, order strings by their bytes.
 */
function collationOf(row: DatabaseRow): NonNullable<CatalogArtifact['collation']> {
  if (row.datlocprovider === 'b') {
    return { provider: 'builtin', name: row.datlocale ?? 'C', bytewise: true };
  }
  if (row.datlocprovider === 'i') {
    const name = row.datlocale ?? row.daticulocale ?? row.datcollate;
    return { provider: 'icu', name, bytewise: false };
  }
  const bytewise = row.datcollate === 'C' || row.datcollate === 'POSIX';
  return { provider: 'libc', name: row.datcollate, bytewise };
}

/** Columns of `pg_database` that came and went with versions. */
interface DatabaseRow {
  readonly datcollate: string;
  /** PostgreSQL 15 and later: `b` builtin (17), `c` libc, `i` ICU. */
  readonly datlocprovider?: string;
  /** PostgreSQL 15 and 16. */
  readonly daticulocale?: string | null;
  /** PostgreSQL 17 and later. */
  readonly datlocale?: string | null;
}

interface ServerRow {
  readonly serverVersion: string;
  readonly serverVersionNumber: number;
  readonly database: string;
  readonly role: string;
  readonly row: DatabaseRow;
  readonly statisticsSince: Date | null;
}

interface TableRow extends Pick<
  CatalogTable,
  'schema' | 'name' | 'kind' | 'rows' | 'pages' | 'allVisiblePages' | 'sizeBytes'
> {
  readonly oid: string;
  readonly toastBytes: number;
  readonly readable: boolean;
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
}

interface ColumnRow {
  readonly oid: string;
  readonly name: string;
  readonly type: string;
  readonly notNull: boolean;
  readonly default: string | null;
  readonly generated: 'stored' | 'virtual' | null;
  readonly collation: string | null;
}

interface StatisticsRow extends ColumnStatistics {
  readonly schema: string;
  readonly relation: string;
  readonly column: string;
}

interface ForeignKeyRow {
  readonly oid: string;
  readonly columns: readonly string[];
  readonly referencesSchema: string;
  readonly referencesName: string;
  readonly referencesColumns: readonly string[];
}

interface IndexRow extends Pick<
  CatalogIndex,
  | 'schema'
  | 'table'
  | 'name'
  | 'method'
  | 'unique'
  | 'primary'
  | 'constraint'
  | 'predicate'
  | 'definition'
  | 'sizeBytes'
  | 'scans'
> {
  readonly rows: number;
  readonly tableOid: string;
  readonly attributes: readonly {
    readonly column: string | null;
    readonly expression: string;
    readonly attribute: string;
    readonly key: boolean;
  }[];
}

interface TypeRow {
  readonly schema: string;
  readonly name: string;
  readonly definition: string;
}
