/** What the planner knows: schema, statistics and settings, read from the system catalogs only. */
export interface CatalogArtifact {
  readonly serverVersion: string;
  readonly serverVersionNumber: number;
  readonly database: string;
  /** Planner settings that differ from the default. */
  readonly settings: Readonly<Record<string, string>>;
  readonly tables: readonly CatalogTable[];
  readonly indexes: readonly CatalogIndex[];
  /** How the database compares strings by default. */
  readonly collation?: {
    readonly provider: 'libc' | 'icu' | 'builtin';
    readonly name: string;
    /** Strings are compared byte by byte, so that a plain B-tree serves `LIKE 'prefix%'`. */
    readonly bytewise: boolean;
  };
  /** Installed extensions with the schema they live in, `plpgsql` left out. */
  readonly extensions?: readonly { readonly name: string; readonly schema: string }[];
  /**
   * Enums, domains, ranges, composite types and collations that belong to no extension, with the SQL
   * that makes them, what others build on first.
   */
  readonly types?: readonly { readonly name: string; readonly definition: string }[];
  readonly views?: readonly CatalogView[];
  /** `CREATE STATISTICS`: what is known about several columns, or an expression, together. */
  readonly extendedStatistics?: readonly CatalogExtendedStatistics[];
  /** Functions in SQL or PL/pgSQL that statements, indexes or views may call. */
  readonly functions?: readonly CatalogFunction[];
  /** A standby: usage counters are its own, and tell nothing of what the primary and others do. */
  readonly standby?: true;
  /**
   * Other servers of the cluster that were read: their scans are added to those of `indexes`, their
   * writes to those of `tables`.
   */
  readonly replicas?: readonly CatalogServer[];
  /**
   * Standbys that stream from the servers read and were not read themselves; null when the role may
   * not see whether there are any.
   */
  readonly unreadStandbys?: number | null;
  /** Why replicas that were to be read are not among `replicas`, as a sentence. */
  readonly replicaProblem?: string;
  /** When this was read, and when the server was started, by its own clock. */
  readonly readAt?: string;
  readonly serverStarted?: string;
  /** Left behind by a `CONCURRENTLY` that failed: kept up by writes, used by no plan. */
  readonly invalidIndexes?: readonly InvalidIndex[];
  /** Since when the usage counters count; null when never reset and unknown. */
  readonly statisticsSince: string | null;
  /** What could not be seen, and what must be read with care, as sentences. */
  readonly hidden: readonly string[];
}

/** One server, by its own clock. */
export interface CatalogServer {
  /** Host and port. */
  readonly name: string;
  readonly standby: boolean;
  readonly readAt: string;
  readonly serverStarted: string;
  readonly statisticsSince: string | null;
}

export interface CatalogName {
  readonly schema: string;
  readonly name: string;
}

export interface CatalogView extends CatalogName {
  readonly definition: string;
  /** Tables and views it reads. */
  readonly reads?: readonly CatalogName[];
}

export interface CatalogFunction extends CatalogName {
  readonly language: string;
  /** `CREATE OR REPLACE FUNCTION …`; null for a language or kind that cannot be made elsewhere. */
  readonly definition: string | null;
}

/** A key of extended statistics: the column's name, or -1, -2, … for the first, second expression. */
export type StatisticsKey = string | number;

export interface CatalogExtendedStatistics extends CatalogName {
  readonly table: CatalogName;
  /** `CREATE STATISTICS …` */
  readonly definition: string;
  /**
   * What ANALYZE found, once for the table alone and once with its children; empty when it never
   * ran, null when the role may not see it.
   */
  readonly data: readonly ExtendedStatisticsData[] | null;
}

export interface ExtendedStatisticsData {
  readonly inherited: boolean;
  readonly keys: readonly StatisticsKey[];
  readonly distinct: readonly {
    readonly keys: readonly StatisticsKey[];
    readonly distinct: number;
  }[];
  readonly dependencies: readonly {
    readonly keys: readonly StatisticsKey[];
    readonly implies: StatisticsKey;
    readonly degree: number;
  }[];
  /** Most common combinations, values in the order of `keys`. These hold real values of the data. */
  readonly common: readonly {
    readonly values: readonly (string | null)[];
    readonly frequency: number;
    /** What the frequency would be if the columns were independent. */
    readonly baseFrequency: number;
  }[];
  /** Of the expressions, in order. */
  readonly expressions: readonly (ColumnStatistics | null)[];
}

export interface CatalogTable {
  readonly schema: string;
  readonly name: string;
  /** The planner takes children in this order. */
  readonly oid?: number;
  readonly kind: 'table' | 'partitioned' | 'materialized-view' | 'foreign';
  /** `RANGE (created_at)`. Rows, pages, sizes and writes of such a table are those of its partitions. */
  readonly partitionKey?: string;
  /** The table it is a partition of, with its bound: `FOR VALUES FROM (…) TO (…)` or `DEFAULT`. */
  readonly partitionOf?: CatalogName & {
    readonly bound: string;
    /** What the bound is about; missing when it is about an expression. */
    readonly keyColumns?: readonly string[];
  };
  /** Tables it inherits from by plain inheritance. */
  readonly inherits?: readonly CatalogName[];
  /** CHECK constraints, by which the planner leaves children out: `CHECK ((total > 0))`. */
  readonly checks?: readonly string[];
  /** Storage parameters: `parallel_workers=4`. */
  readonly options?: readonly string[];
  /** Row-level security is on, so that plans depend on who asks. */
  readonly rowSecurity?: true;
  /** Of a foreign table: what it is planned by. Options of its server, then its own: `name=value`. */
  readonly foreign?: {
    readonly wrapper: string;
    readonly server: string;
    readonly options: readonly string[];
  };
  /** Rows at the last ANALYZE or VACUUM; -1 when there was none. */
  readonly rows: number;
  /** Pages of 8 kB at that time. */
  readonly pages: number;
  readonly allVisiblePages: number;
  /** True size of the main file, without TOAST and indexes. */
  readonly sizeBytes: number;
  /** Size of the values kept out of line (TOAST). */
  readonly toastBytes?: number;
  readonly columns: readonly CatalogColumn[];
  readonly primaryKey: readonly string[];
  readonly foreignKeys: readonly {
    readonly columns: readonly string[];
    /** As `qualifiedName` of src/sql/schema.ts writes it. */
    readonly referencesTable: string;
    readonly referencesColumns: readonly string[];
  }[];
  readonly writes: {
    readonly inserted: number;
    readonly updated: number;
    readonly deleted: number;
  };
}

export interface CatalogColumn {
  readonly name: string;
  readonly type: string;
  readonly notNull: boolean;
  /** The expression of the default, or of a generated column. */
  readonly default: string | null;
  /** `GENERATED ALWAYS AS (default)`, stored in the row or computed when read. */
  readonly generated?: 'stored' | 'virtual';
  /** `COLLATE`, when it is not the type's own. */
  readonly collation?: string;
  /**
   * Null when the role may not see them, or no captured statement touches the table. Of a
   * partitioned table: over all its partitions.
   */
  readonly statistics: ColumnStatistics | null;
  /** Of a table with children by plain inheritance: over itself and all children. */
  readonly inheritedStatistics?: ColumnStatistics;
}

/** A row of `pg_stats`, arrays in PostgreSQL's text form. These hold real values of the data. */
export interface ColumnStatistics {
  readonly nullFraction: number;
  readonly averageWidth: number;
  readonly distinct: number;
  readonly mostCommonValues: string | null;
  readonly mostCommonFrequencies: string | null;
  readonly histogramBounds: string | null;
  readonly correlation: number | null;
  /** Of arrays and text search vectors: their elements. */
  readonly elements?: {
    readonly mostCommon: string | null;
    readonly frequencies: string | null;
    readonly countHistogram: string | null;
  };
  /** Of ranges. Shown since PostgreSQL 17. */
  readonly ranges?: {
    readonly lengthHistogram: string | null;
    readonly emptyFraction: number | null;
    readonly boundsHistogram: string | null;
  };
  /**
   * Least and greatest value today, read from the end of an index on the column: the planner looks
   * there too when a constant lies beyond the histogram.
   */
  readonly range?: { readonly least: string; readonly greatest: string };
}

export interface CatalogIndex {
  readonly schema: string;
  readonly table: string;
  readonly name: string;
  /** Of indexes that cost the same the planner takes the first. */
  readonly oid?: number;
  readonly method: string;
  /** Column names or expressions, in order, without INCLUDE columns. */
  readonly keys: readonly string[];
  readonly include: readonly string[];
  readonly unique: boolean;
  readonly primary: boolean;
  /** Behind a constraint: never to be dropped on its own. */
  readonly constraint: boolean;
  /** The table is clustered by it, or replicates by it. */
  readonly pinned?: true;
  readonly predicate: string | null;
  readonly definition: string;
  /**
   * The index of the partitioned table it is a part of: it cannot be dropped by itself. Sizes, rows
   * and scans of the whole are those of its parts.
   */
  readonly partOf?: CatalogName;
  /** By the expression in `keys`; plain columns have theirs at the table. */
  readonly expressionStatistics?: Readonly<Record<string, ColumnStatistics>>;
  readonly pages: number;
  readonly sizeBytes: number;
  /** Entries at the last ANALYZE or VACUUM: fewer than the table's rows when there is a predicate. */
  readonly rows?: number;
  readonly scans: number;
}

export interface InvalidIndex extends CatalogName {
  readonly table: string;
  readonly definition: string;
  /** Writes keep it up to date; before the first phase of its building ended they do not. */
  readonly ready: boolean;
}
