import type { CatalogName, ColumnStatistics } from '../artifacts/catalog.ts';
import type { IndexRow, ServerRow, TableRow } from './catalog-rows.ts';
import { isDatabaseError, type ReadOnlyDatabase } from './read-only-database.ts';
import { qualifiedName, quoteIdentifier, quoteTable } from './schema.ts';
import { statisticsQuery, valuelessStatisticsQuery } from './statistics-queries.ts';

/** Statistics of one column, or of one expression of an index. */
export interface KnownStatistics {
  /** Of the table's own rows. */
  readonly own?: ColumnStatistics;
  /** Of the table's rows and those of its children. */
  readonly inherited?: ColumnStatistics;
}

export interface StatisticsReading {
  of(schema: string, relation: string, column: string): KnownStatistics;
  /** Values that could not be read, as sentences. */
  readonly warnings: readonly string[];
}

interface StatisticsRow {
  readonly schema: string;
  readonly relation: string;
  readonly column: string;
  readonly inherited: boolean;
  readonly nullFraction: number;
  readonly averageWidth: number;
  readonly distinct: number;
  readonly correlation: number | null;
  readonly mostCommonValues?: string | null;
  readonly mostCommonFrequencies?: string | null;
  readonly histogramBounds?: string | null;
  readonly mostCommonElements?: string | null;
  readonly elementFrequencies?: string | null;
  readonly elementCounts?: string | null;
  readonly lengthHistogram?: string | null;
  readonly emptyFraction?: number | null;
  readonly boundsHistogram?: string | null;
}

const columnKey = (...parts: readonly string[]): string => JSON.stringify(parts);

/** Relations asked for at once: each column may have a hundred values of any size. */
const relationsPerQuery = 200;

/**
 * Reads `pg_stats` of some tables and indexes, and where the values of indexed columns end today.
 * It holds rows for columns the role may read only.
 */
export async function readStatistics(
  database: ReadOnlyDatabase,
  server: ServerRow,
  tables: readonly TableRow[],
  indexes: readonly IndexRow[],
): Promise<StatisticsReading> {
  const relations: readonly CatalogName[] = [...tables, ...indexes];
  const rows: StatisticsRow[] = [];
  const warnings: string[] = [];
  for (let at = 0; at < relations.length; at += relationsPerQuery) {
    const some = relations.slice(at, at + relationsPerQuery);
    rows.push(...(await readRelations(database, server, some, warnings)));
  }
  const ranges = await readRanges(database, rows, tables, indexes, server);
  const known = new Map<string, { own?: ColumnStatistics; inherited?: ColumnStatistics }>();
  for (const row of rows) {
    const key = columnKey(row.schema, row.relation, row.column);
    const range = row.inherited ? undefined : ranges.get(key);
    const statistics = statisticsOf(row, range);
    known.set(key, {
      ...known.get(key),
      ...(row.inherited ? { inherited: statistics } : { own: statistics }),
    });
  }
  return {
    of: (...parts) => known.get(columnKey(...parts)) ?? {},
    warnings,
  };
}

/**
 * SQLSTATEs of bytes that are no text in UTF-8: a database in SQL_ASCII may hold any, and other
 * encodings have bytes without a letter. One bad value spoils the whole answer, so the relations are
 * asked for in halves until the one is found, then its columns one by one.
 */
const unconvertible = new Set(['22021', '22P05']);

async function readRelations(
  database: ReadOnlyDatabase,
  server: ServerRow,
  relations: readonly CatalogName[],
  warnings: string[],
): Promise<readonly StatisticsRow[]> {
  const [only] = relations;
  if (only === undefined) return [];
  const rows = await readIfText(database, server, relations, null);
  if (rows !== null) return rows;
  if (relations.length === 1) return readColumns(database, server, only, warnings);
  const middle = relations.length >> 1;
  return [
    ...(await readRelations(database, server, relations.slice(0, middle), warnings)),
    ...(await readRelations(database, server, relations.slice(middle), warnings)),
  ];
}

async function readColumns(
  database: ReadOnlyDatabase,
  server: ServerRow,
  relation: CatalogName,
  warnings: string[],
): Promise<readonly StatisticsRow[]> {
  const known: StatisticsRow[] = [];
  const names = [[relation.schema], [relation.name]];
  const bare = await database.query<StatisticsRow>(valuelessStatisticsQuery, names);
  for (const [column, rows] of Map.groupBy(bare, (row) => row.column)) {
    const whole = await readIfText(database, server, [relation], column);
    known.push(...(whole ?? rows));
    if (whole === null) {
      warnings.push(unreadableValues(`${qualifiedName(relation.schema, relation.name)}.${column}`));
    }
  }
  return known;
}

/** Null when some value is no text. */
async function readIfText(
  database: ReadOnlyDatabase,
  { serverVersionNumber }: ServerRow,
  relations: readonly CatalogName[],
  column: string | null,
): Promise<readonly StatisticsRow[] | null> {
  try {
    return await database.query<StatisticsRow>(statisticsQuery(serverVersionNumber), [
      relations.map(({ schema }) => schema),
      relations.map(({ name }) => name),
      column,
    ]);
  } catch (error) {
    if (!isDatabaseError(error) || !unconvertible.has(error.code)) throw error;
    return null;
  }
}

function unreadableValues(name: string): string {
  return `The statistics of ${name} hold bytes that are no text in UTF-8; its common values and histogram are left out.`;
}

type Range = NonNullable<ColumnStatistics['range']>;

function statisticsOf(row: StatisticsRow, range: Range | undefined): ColumnStatistics {
  const { mostCommonElements = null, lengthHistogram = null, boundsHistogram = null } = row;
  return {
    nullFraction: row.nullFraction,
    averageWidth: row.averageWidth,
    distinct: row.distinct,
    mostCommonValues: row.mostCommonValues ?? null,
    mostCommonFrequencies: row.mostCommonFrequencies ?? null,
    histogramBounds: row.histogramBounds ?? null,
    correlation: row.correlation,
    ...(mostCommonElements === null && (row.elementCounts ?? null) === null
      ? {}
      : {
          elements: {
            mostCommon: mostCommonElements,
            frequencies: row.elementFrequencies ?? null,
            countHistogram: row.elementCounts ?? null,
          },
        }),
    ...(lengthHistogram === null && boundsHistogram === null
      ? {}
      : {
          ranges: {
            lengthHistogram,
            emptyFraction: row.emptyFraction ?? null,
            boundsHistogram,
          },
        }),
    ...(range === undefined ? {} : { range }),
  };
}

/** A database with more indexed columns than this is read without the ends of the others. */
const maxRanges = 500;

/**
 * Where the values of indexed columns begin and end today: two looks at the ends of an index each.
 * Only columns with a histogram need it, since only its ends can be out of date. An index that nobody
 * has scanned yet is left alone where our look would count as the first: the planner looks at its
 * ends through a scan too, so it has not needed them, and the index would no longer pass for unused.
 */
async function readRanges(
  database: ReadOnlyDatabase,
  statistics: readonly StatisticsRow[],
  tables: readonly TableRow[],
  indexes: readonly IndexRow[],
  { counted }: ServerRow,
): Promise<ReadonlyMap<string, Range>> {
  // A partitioned table has no index of its own to look at; under row security one would see others.
  const looked = new Set(
    tables
      .filter((table) => table.kind !== 'partitioned' && !table.rowSecurityActive)
      .map(({ schema, name }) => columnKey(schema, name)),
  );
  const indexed = new Set(
    indexes.flatMap(({ schema, table, method, predicate, scans, attributes: [first] }) =>
      method === 'btree' &&
      (scans > 0 || !counted) &&
      predicate === null &&
      first?.column != null &&
      looked.has(columnKey(schema, table))
        ? [columnKey(schema, table, first.column)]
        : [],
    ),
  );
  const ranges = new Map<string, Range>();
  for (const { schema, relation, column, inherited, histogramBounds = null } of statistics) {
    const key = columnKey(schema, relation, column);
    if (inherited || histogramBounds === null || !indexed.has(key)) continue;
    if (ranges.size >= maxRanges) break;
    const name = quoteIdentifier(column);
    try {
      // By this alias what pg_stat_statements counts of it is known as our own (own-statements.ts).
      const [row] = await database.query<{ least: string | null; greatest: string | null }>(
        `SELECT min(${name})::text AS least, max(${name})::text AS greatest
         FROM ONLY ${quoteTable({ schema, name: relation })} AS amdahl_ends`,
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
