import type { CatalogArtifact, CatalogView } from '../artifacts/catalog.ts';
import { catalogFrom, type CatalogRows } from './catalog-from-rows.ts';
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
  DefinedRow,
  ForeignKeyRow,
  ForeignTableRow,
  IndexRow,
  ServerRow,
  SizeRow,
  TableRow,
} from './catalog-rows.ts';
import { addReplicas, type GivenReplicas } from './add-replicas.ts';
import { databaseErrors } from './database-errors.ts';
import { hiddenFrom } from './hidden-from.ts';
import { nameKey } from './hierarchy.ts';
import { withPartitionTotals } from './partition-totals.ts';
import { readExtendedStatistics } from './read-extended-statistics.ts';
import { readFunctions } from './read-functions.ts';
import { isDatabaseError, type ReadOnlyDatabase } from './read-only-database.ts';
import { readStatistics, type StatisticsReading } from './read-statistics.ts';
import { streamingStandbys } from './streaming-standbys.ts';
import { tablesInUse } from './tables-in-use.ts';

export interface CatalogOptions {
  /**
   * Statements that are to be planned: only the tables they touch are given statistics, which hold
   * values of the data and are large.
   * @default all tables
   */
  readonly statements?: readonly string[];
  /**
   * What other servers of the cluster have counted, to be added to the target's own counters.
   * @default none
   */
  readonly replicas?: GivenReplicas;
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
  { statements, replicas = [] }: CatalogOptions,
): Promise<CatalogArtifact> {
  const rows = addReplicas(await readRows(database), replicas);
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
    replication: { unreadStandbys: await streamingStandbys(database) },
  };
}

function aboutDatabase({ server, tables, replication }: CatalogRows): readonly string[] {
  const { database } = server;
  const remarks: string[] = [];
  if (tables.length === 0) {
    remarks.push(
      `The database ${database} has no tables of its own: see that it is the one the service uses.`,
    );
  }
  const hasPrimary = (replication.replicas ?? []).some(({ standby }) => !standby);
  if (server.standby && !hasPrimary) {
    remarks.push(
      `The database ${database} is a standby: scans of its indexes are those asked of it alone, and writes are not counted on it; read the primary too (--replica) before an index is called unused.`,
    );
  }
  return remarks;
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
