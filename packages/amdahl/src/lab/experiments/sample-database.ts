import { Client } from 'pg';
import type { CatalogArtifact, CatalogColumn, CatalogTable } from '../../artifacts/catalog.ts';
import type { QueryFunction } from '../../sql/explain.ts';
import { qualifiedName, quoteIdentifier, quoteTable, searchPath } from '../../sql/schema.ts';
import type { HollowLab } from '../hollow-lab.ts';
import { completeModel } from '../lab-model.ts';
import { plannerRole } from '../lab-session.ts';
import { restoreSchema } from '../restore-schema.ts';
import { poolOf, type ColumnPool } from './sample-pools.ts';

/**
 * A database with rows, beside the hollow one and on the same server: what statements are run on to
 * see whether two of them return the same. Rows are drawn from the columns' statistics; NULLs stand
 * wherever the schema allows them, values repeat wherever no key forbids it, and columns that are
 * joined draw from the same values. It proves by counter-example: a rewrite wrong about NULLs,
 * duplicates or borders shows here.
 */
export interface SampleDatabase {
  readonly query: QueryFunction;
  /** Values that stand in a column, as text, some of them. */
  values(table: CatalogTable, column: CatalogColumn): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** What the rows are to be good for. */
export interface SampleWishes {
  readonly catalog: CatalogArtifact;
  readonly tables: readonly CatalogTable[];
  /** Texts the statements compare a column with, by `columnKey`. */
  readonly compared: ReadonlyMap<string, readonly string[]>;
  /** The column whose values a column is joined with, by `columnKey`. */
  readonly joined: ReadonlyMap<string, { readonly table: CatalogTable; readonly column: string }>;
}

export function columnKey(table: CatalogTable, column: string): string {
  return `${qualifiedName(table.schema, table.name)}.${column}`;
}

/** Enough that each condition finds rows and each value has duplicates, filled in well under a second. */
const rowsPerTable = 2_000;
/** Of values that may be NULL; never fewer, whatever the statistics say. */
const leastNullShare = 0.05;
const statementTimeoutMs = 5_000;
const databaseName = 'amdahl_proof';

/**
 * Makes and fills it; goes with the lab. Null when a table cannot be modelled or filled.
 *
 * @param lab whose server it is made on
 */
export async function openSampleDatabase(
  lab: HollowLab,
  wishes: SampleWishes,
): Promise<SampleDatabase | null> {
  const [setting] = await lab.query(`SELECT current_setting('port') AS port`);
  const url = (user: string, database: string): string =>
    `postgresql://${user}@127.0.0.1:${String(setting?.['port'])}/${database}`;
  const maintenance = await connect(url('postgres', 'postgres'));
  try {
    await maintenance.query(`DROP DATABASE IF EXISTS ${databaseName}`);
    await maintenance.query(
      `CREATE DATABASE ${databaseName} OWNER ${plannerRole} TEMPLATE template0`,
    );
  } finally {
    await maintenance.end();
  }
  const admin = await connect(url('postgres', databaseName));
  const session = await connect(url(plannerRole, databaseName));
  try {
    await fill(admin.query, session.query, wishes);
    return {
      query: session.query,
      values: (table, column) => valuesOf(session.query, table, column.name),
      close: session.end,
    };
  } catch {
    await session.end();
    return null;
  } finally {
    await admin.end();
  }
}

interface Session {
  readonly query: QueryFunction;
  readonly end: () => Promise<void>;
}

async function connect(connectionString: string): Promise<Session> {
  const client = new Client({ connectionString });
  client.on('error', () => undefined);
  await client.connect();
  return {
    query: async (text, values = []) =>
      (await client.query<Record<string, unknown>>(text, [...values])).rows,
    end: () => client.end(),
  };
}

async function fill(
  admin: QueryFunction,
  query: QueryFunction,
  wishes: SampleWishes,
): Promise<void> {
  // Keys to other tables hold by how rows are drawn; as constraints they would forbid an order.
  const catalog: CatalogArtifact = {
    ...wishes.catalog,
    tables: wishes.catalog.tables.map((table) => ({ ...table, foreignKeys: [] })),
  };
  const wanted = new Set(wishes.tables.map(({ schema, name }) => qualifiedName(schema, name)));
  const tables = catalog.tables.filter(({ schema, name }) =>
    wanted.has(qualifiedName(schema, name)),
  );
  await restoreSchema(
    { admin, planner: query },
    completeModel({ catalog, tables, candidates: [] }),
  );
  const path = [...searchPath(catalog), 'public'].map(quoteIdentifier).join(', ');
  await query(`SET search_path = ${path}`);
  await query(`SET statement_timeout = ${statementTimeoutMs}`);
  const zone = catalog.settings['TimeZone'];
  if (zone !== undefined) await query(`SELECT set_config('TimeZone', $1, false)`, [zone]);
  // The same rows each time.
  await query('SELECT setseed(0.5)');
  for (const table of parentsFirst(wishes.tables, wishes)) {
    if (table.kind === 'table' || table.kind === 'partitioned') {
      await fillTable(query, table, wishes);
    }
  }
  await query('ANALYZE');
}

/** Tables that others are joined with come before them, as far as there is such an order. */
function parentsFirst(
  tables: readonly CatalogTable[],
  { joined }: SampleWishes,
): readonly CatalogTable[] {
  const done = new Set<CatalogTable>();
  const visiting = new Set<CatalogTable>();
  const visit = (table: CatalogTable): void => {
    if (done.has(table) || visiting.has(table)) return;
    visiting.add(table);
    for (const { name } of table.columns) {
      const parent = joined.get(columnKey(table, name))?.table;
      if (parent !== undefined && tables.includes(parent)) visit(parent);
    }
    done.add(table);
  };
  tables.forEach(visit);
  return [...done];
}

async function fillTable(
  query: QueryFunction,
  table: CatalogTable,
  wishes: SampleWishes,
): Promise<void> {
  const columns = table.columns.filter(({ generated }) => generated !== 'virtual');
  const unique = uniqueColumns(table, wishes.catalog);
  const pools: ColumnPool[] = [];
  for (const column of columns) {
    const key = columnKey(table, column.name);
    const compared = wishes.compared.get(key) ?? [];
    const distinct = unique.has(column.name);
    const parent = wishes.joined.get(key);
    const parents = parent === undefined ? [] : await valuesOf(query, parent.table, parent.column);
    pools.push(
      parents.length > 0
        ? { values: parents, distinct }
        : await poolOf(query, column, compared, { distinct, rows: rowsPerTable }),
    );
  }
  const rows = Math.min(
    rowsPerTable,
    ...pools.filter(({ distinct }) => distinct).map(({ values }) => values.length),
  );
  const drawn = columns.map((column, index) => drawing(column, index + 1, pools[index]));
  await query(
    `INSERT INTO ${quoteTable(table)} (${columns.map(({ name }) => quoteIdentifier(name)).join(', ')})
     SELECT ${drawn.join(', ')} FROM generate_series(1, ${rows}) AS i ON CONFLICT DO NOTHING`,
    pools.map(({ values }) => values),
  );
}

/** One value of the pool that is parameter `$index`, as the column's type. */
function drawing(column: CatalogColumn, index: number, pool: ColumnPool | undefined): string {
  const list = `CAST($${index} AS text[])`;
  const place = pool?.distinct === true ? 'i' : `1 + floor(random() * cardinality(${list}))::int`;
  const value = `CAST((${list})[${place}] AS ${column.type})`;
  if (column.notNull || pool?.distinct === true) return value;
  const share = Math.min(0.5, Math.max(leastNullShare, column.statistics?.nullFraction ?? 0));
  return `CASE WHEN random() < ${share} THEN NULL ELSE ${value} END`;
}

/** Columns that a key of their own keeps from repeating. */
function uniqueColumns(table: CatalogTable, { indexes }: CatalogArtifact): ReadonlySet<string> {
  const own = indexes.filter(
    (index) =>
      index.schema === table.schema &&
      index.table === table.name &&
      index.unique &&
      index.predicate === null &&
      index.keys.length === 1,
  );
  const alone = table.primaryKey.length === 1 ? table.primaryKey : [];
  return new Set([...alone, ...own.flatMap(({ keys }) => keys)]);
}

async function valuesOf(
  query: QueryFunction,
  table: CatalogTable,
  column: string,
): Promise<readonly string[]> {
  const name = quoteIdentifier(column);
  const rows = await query(
    `SELECT value FROM (SELECT DISTINCT ${name}::text AS value FROM ${quoteTable(table)}
       WHERE ${name} IS NOT NULL) v ORDER BY md5(value) LIMIT ${rowsPerTable / 4}`,
  );
  return rows.map((row) => String(row['value']));
}
