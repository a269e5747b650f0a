import type {
  CatalogArtifact,
  CatalogColumn,
  CatalogIndex,
  CatalogTable,
  CatalogView,
} from '../artifacts/catalog.ts';
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
import { qualifiedName } from './schema.ts';

const pageBytes = 8192;

/** What the catalogs answered, by OID where one thing has many rows. */
export interface CatalogRows {
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
  readonly replication: Pick<CatalogArtifact, 'replicas' | 'unreadStandbys' | 'replicaProblem'>;
}

/** The catalog but for statistics. */
export function catalogFrom(rows: CatalogRows): CatalogArtifact {
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
    ...rows.replication,
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
