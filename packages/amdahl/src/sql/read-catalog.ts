import type { CatalogArtifact, CatalogColumn, CatalogIndex } from '../artifacts/catalog.ts';
import type { CatalogTable, CatalogView } from '../artifacts/catalog.ts';
import {
  collationsQuery,
  columnsQuery,
  extensionsQuery,
  foreignKeysQuery,
  foreignTablesQuery,
  indexesQuery,
  invalidIndexesQuery,
  serverQuery,
  settingsQuery,
  sizesQuery,
  tablesQuery,
  typesQuery,
  viewsQuery,
} from './catalog-queries.ts';
import type {
  ColumnRow,
  DatabaseRow,
  DefinedRow,
  ForeignKeyRow,
  ForeignTableRow,
  IndexRow,
  ServerRow,
  SizeRow,
  TableRow,
} from './catalog-rows.ts';
import { databaseErrors } from './database-errors.ts';
import { hiddenFrom } from './hidden-from.ts';
import { nameKey } from './hierarchy.ts';
import { withPartitionTotals } from './partition-totals.ts';
import { readExtendedStatistics } from './read-extended-statistics.ts';
import { readFunctions } from './read-functions.ts';
import { isDatabaseError, type ReadOnlyDatabase } from './read-only-database.ts';
import { readStatistics, type StatisticsReading } from './read-statistics.ts';
import { qualifiedName } from './schema.ts';
import { tablesInUse } from './tables-in-use.ts';

const pageBytes = 8192;

export interface CatalogOptions {
  /**
   * Statements that are to be planned: only the tables they touch are given statistics, which hold
   * values of the data and are large.
   * @default all tables
   */
  readonly statements?: readonly string[];
}

/**
 * Reads what the planner knows: the system catalogs, and of the tables themselves only the ends of
 * indexes, where the planner looks as well. Any role that may connect can read the catalogs;
 * statistics are shown of columns it may SELECT, extended ones to owners. What stayed hidden is told
 * in `hidden`, with the grant to issue.
 *
 * @throws AMDAHL_DATABASE_LOST, AMDAHL_DATABASE_LOCKED
 */
export async function readCatalog(
  database: ReadOnlyDatabase,
  options: CatalogOptions = {},
): Promise<CatalogArtifact> {
  try {
    return await readAll(database, options);
  } catch (error) {
    if (!isDatabaseError(error) || error.code !== lockNotAvailable) throw error;
    throw databaseErrors.create('AMDAHL_DATABASE_LOCKED', {
      expected: 'to read the catalog of the database',
      found: `a table someone else holds exclusively: ${error.message}`,
      next: 'Wait until the migration (or LOCK TABLE) is over, then run again; pg_blocking_pids() names who it is.',
      cause: error,
    });
  }
}

/** `lock_not_available`: sizes and definitions cannot be had of a table held exclusively. */
const lockNotAvailable = '55P03';

async function readAll(
  database: ReadOnlyDatabase,
  { statements }: CatalogOptions,
): Promise<CatalogArtifact> {
  const rows = await readRows(database);
  const structure = withPartitionTotals(catalogFrom(rows));
  const functions = await readFunctions(
    database,
    statements === undefined ? null : [...statements, ...textsOf(structure)],
  );
  const known = { ...structure, functions };
  const inUse = new Set(
    (statements === undefined ? known.tables : tablesInUse(statements, known)).map(nameKey),
  );
  const tables = rows.tables.filter((table) => inUse.has(nameKey(table)));
  const indexes = rows.indexes.filter(({ schema, table }) =>
    inUse.has(nameKey({ schema, name: table })),
  );
  const statistics = await readStatistics(database, rows.server, tables, indexes);
  const extended = await readExtendedStatistics(database, rows.server, tables);
  const filled = withStatistics(known, rows, statistics);
  return {
    ...filled,
    extendedStatistics: extended.statistics,
    hidden: [
      ...aboutDatabase(rows),
      ...hiddenFrom(rows.server, tables),
      ...extended.hidden,
      ...statistics.warnings,
    ],
  };
}

interface CatalogRows {
  readonly server: ServerRow;
  readonly settings: readonly { readonly name: string; readonly value: string }[];
  readonly tables: readonly TableRow[];
  readonly sizes: ReadonlyMap<string, SizeRow>;
  readonly foreignTables: ReadonlyMap<string, ForeignTableRow>;
  readonly columns: ReadonlyMap<string, readonly ColumnRow[]>;
  readonly foreignKeys: ReadonlyMap<string, readonly ForeignKeyRow[]>;
  readonly indexes: readonly IndexRow[];
  readonly invalidIndexes: NonNullable<CatalogArtifact['invalidIndexes']>;
  readonly extensions: NonNullable<CatalogArtifact['extensions']>;
  readonly types: readonly DefinedRow[];
  readonly views: readonly CatalogView[];
}

async function readRows(database: ReadOnlyDatabase): Promise<CatalogRows> {
  const [server] = await database.query<ServerRow>(serverQuery);
  if (server === undefined) throw new Error('the server query has one row');
  const byOid = <Row extends { readonly oid: string }>(rows: readonly Row[]): Map<string, Row> =>
    new Map(rows.map((row) => [row.oid, row]));
  return {
    server,
    settings: await database.query(settingsQuery),
    tables: await database.query<TableRow>(tablesQuery),
    sizes: byOid(await database.query<SizeRow>(sizesQuery)),
    foreignTables: byOid(await database.query<ForeignTableRow>(foreignTablesQuery)),
    columns: Map.groupBy(await database.query<ColumnRow>(columnsQuery), (row) => row.oid),
    foreignKeys: Map.groupBy(
      await database.query<ForeignKeyRow>(foreignKeysQuery),
      (row) => row.oid,
    ),
    indexes: await database.query<IndexRow>(indexesQuery),
    invalidIndexes: await database.query(invalidIndexesQuery),
    extensions: await database.query(extensionsQuery),
    types: [
      ...(await database.query<DefinedRow>(collationsQuery)),
      ...(await database.query<DefinedRow>(typesQuery)),
    ],
    views: await database.query<CatalogView>(viewsQuery),
  };
}

function aboutDatabase({ server, tables }: CatalogRows): readonly string[] {
  const { database } = server;
  const remarks: string[] = [];
  if (tables.length === 0) {
    remarks.push(
      `The database ${database} has no tables of its own: see that it is the one the service uses.`,
    );
  }
  if (server.standby) {
    remarks.push(
      `The database ${database} is a standby: scans of its indexes are those asked of it alone, and writes are not counted on it; read the primary too before an index is called unused.`,
    );
  }
  return remarks;
}

/** Everything but statistics. */
function catalogFrom(rows: CatalogRows): CatalogArtifact {
  const { server } = rows;
  const primaryKeyOf = new Map(
    rows.indexes.filter((row) => row.primary).map((row) => [row.tableOid, columnNames(row)]),
  );
  return {
    serverVersion: server.serverVersion,
    serverVersionNumber: server.serverVersionNumber,
    database: server.database,
    settings: Object.fromEntries(rows.settings.map(({ name, value }) => [name, value])),
    collation: collationOf(server.row),
    extensions: rows.extensions,
    types: rows.types.map((row) => ({
      name: qualifiedName(row.schema, row.name),
      definition: row.definition,
    })),
    views: rows.views,
    tables: rows.tables.map((row) => tableFrom(row, rows, primaryKeyOf.get(row.oid) ?? [])),
    indexes: rows.indexes.map((row) => indexFrom(row, rows.sizes.get(row.oid)?.sizeBytes ?? 0)),
    ...(server.standby ? { standby: true } : {}),
    readAt: server.readAt.toISOString(),
    serverStarted: server.serverStarted.toISOString(),
    statisticsSince: server.statisticsSince?.toISOString() ?? null,
    ...(rows.invalidIndexes.length === 0 ? {} : { invalidIndexes: rows.invalidIndexes }),
    hidden: [],
  };
}

function tableFrom(row: TableRow, rows: CatalogRows, primaryKey: readonly string[]): CatalogTable {
  const size = rows.sizes.get(row.oid);
  const foreign = rows.foreignTables.get(row.oid);
  const [parent] = row.parents ?? [];
  // Before version 14 no rows on no pages meant that nobody had counted.
  const isCounted = rows.server.serverVersionNumber >= 140_000 || row.pages > 0 || row.rows > 0;
  return {
    schema: row.schema,
    name: row.name,
    oid: Number(row.oid),
    kind: row.kind,
    ...(row.partitionKey === null ? {} : { partitionKey: row.partitionKey }),
    ...(row.bound !== null && parent !== undefined
      ? {
          partitionOf: {
            ...parent,
            bound: row.bound,
            ...(row.keyColumns === null ? {} : { keyColumns: row.keyColumns }),
          },
        }
      : row.parents === null
        ? {}
        : { inherits: row.parents }),
    ...(row.checks === null ? {} : { checks: row.checks }),
    ...(row.options === null ? {} : { options: row.options }),
    ...(row.rowSecurity ? { rowSecurity: true } : {}),
    ...(foreign === undefined
      ? {}
      : {
          foreign: {
            wrapper: foreign.wrapper,
            server: foreign.server,
            options: foreign.options,
          },
        }),
    rows: isCounted ? row.rows : -1,
    pages: row.pages,
    allVisiblePages: row.allVisiblePages,
    sizeBytes: size?.sizeBytes ?? 0,
    toastBytes: size?.toastBytes ?? 0,
    columns: (rows.columns.get(row.oid) ?? []).map(columnFrom),
    primaryKey,
    foreignKeys: (rows.foreignKeys.get(row.oid) ?? []).map((key) => ({
      columns: key.columns,
      referencesTable: qualifiedName(key.referencesSchema, key.referencesName),
      referencesColumns: key.referencesColumns,
    })),
    writes: { inserted: row.inserted, updated: row.updated, deleted: row.deleted },
  };
}

function columnFrom(row: ColumnRow): CatalogColumn {
  return {
    name: row.name,
    type: row.type,
    notNull: row.notNull,
    default: row.default,
    ...(row.generated === null ? {} : { generated: row.generated }),
    ...(row.collation === null ? {} : { collation: row.collation }),
    statistics: null,
  };
}

function columnNames(row: IndexRow): readonly string[] {
  return row.attributes
    .filter((attribute) => attribute.key)
    .map((attribute) => attribute.column ?? attribute.expression);
}

function indexFrom(row: IndexRow, sizeBytes: number): CatalogIndex {
  return {
    schema: row.schema,
    table: row.table,
    name: row.name,
    oid: Number(row.oid),
    method: row.method,
    keys: columnNames(row),
    include: row.attributes
      .filter((attribute) => !attribute.key)
      .map((attribute) => attribute.column ?? attribute.expression),
    unique: row.unique,
    primary: row.primary,
    constraint: row.constraint,
    predicate: row.predicate,
    ...(row.pinned ? { pinned: true } : {}),
    definition: row.definition,
    ...(row.partOf === null ? {} : { partOf: row.partOf }),
    pages: Math.round(sizeBytes / pageBytes),
    sizeBytes,
    rows: row.rows,
    scans: row.scans,
  };
}

/** Texts in which functions may be called on behalf of statements. */
function textsOf({ tables, indexes, views = [] }: CatalogArtifact): readonly string[] {
  return [
    ...tables.flatMap(({ columns, checks = [] }) => [
      ...checks,
      ...columns.flatMap((column) =>
        column.generated === undefined || column.default === null ? [] : [column.default],
      ),
    ]),
    ...indexes.map(({ definition }) => definition),
    ...views.map(({ definition }) => definition),
  ];
}

function withStatistics(
  catalog: CatalogArtifact,
  rows: CatalogRows,
  statistics: StatisticsReading,
): CatalogArtifact {
  return {
    ...catalog,
    tables: catalog.tables.map((table) => ({
      ...table,
      columns: table.columns.map((column) => {
        const { own, inherited } = statistics.of(table.schema, table.name, column.name);
        if (table.kind === 'partitioned') return { ...column, statistics: inherited ?? null };
        return {
          ...column,
          statistics: own ?? null,
          ...(inherited === undefined ? {} : { inheritedStatistics: inherited }),
        };
      }),
    })),
    indexes: catalog.indexes.map((index, at) => {
      const expressions = (rows.indexes[at]?.attributes ?? []).flatMap((attribute) => {
        const { own } = statistics.of(index.schema, index.name, attribute.attribute);
        return attribute.column === null && own !== undefined
          ? [[attribute.expression, own] as const]
          : [];
      });
      return expressions.length === 0
        ? index
        : { ...index, expressionStatistics: Object.fromEntries(expressions) };
    }),
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
