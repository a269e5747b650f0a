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
  /** Enums, domains and composite types that belong to no extension, with the SQL that makes them. */
  readonly types?: readonly { readonly name: string; readonly definition: string }[];
  readonly views?: readonly {
    readonly schema: string;
    readonly name: string;
    readonly definition: string;
  }[];
  /** Names of extended statistics (`CREATE STATISTICS`). */
  readonly extendedStatistics?: readonly string[];
  /** Since when the usage counters count; null when never reset and unknown. */
  readonly statisticsSince: string | null;
  /** What the role could not see, as sentences. */
  readonly hidden: readonly string[];
}

export interface CatalogTable {
  readonly schema: string;
  readonly name: string;
  readonly kind: 'table' | 'partitioned' | 'materialized-view' | 'foreign';
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
  /** Null when the role may not see them, or no captured statement touches the table. */
  readonly statistics: ColumnStatistics | null;
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
  readonly method: string;
  /** Column names or expressions, in order, without INCLUDE columns. */
  readonly keys: readonly string[];
  readonly include: readonly string[];
  readonly unique: boolean;
  readonly primary: boolean;
  /** Behind a constraint: never to be dropped on its own. */
  readonly constraint: boolean;
  readonly predicate: string | null;
  readonly definition: string;
  /** By the expression in `keys`; plain columns have theirs at the table. */
  readonly expressionStatistics?: Readonly<Record<string, ColumnStatistics>>;
  readonly pages: number;
  readonly sizeBytes: number;
  /** Entries at the last ANALYZE or VACUUM: fewer than the table's rows when there is a predicate. */
  readonly rows?: number;
  readonly scans: number;
}
