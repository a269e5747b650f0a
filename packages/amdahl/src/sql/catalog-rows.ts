import type { CatalogIndex, CatalogName, CatalogTable } from '../artifacts/catalog.ts';

/** Rows of the queries in catalog-queries.ts. */

export interface ServerRow {
  readonly serverVersion: string;
  readonly serverVersionNumber: number;
  readonly database: string;
  readonly role: string;
  readonly standby: boolean;
  /** What we read counts as a use of it. */
  readonly counted: boolean;
  readonly readAt: Date;
  readonly serverStarted: Date;
  readonly row: DatabaseRow;
  readonly statisticsSince: Date | null;
}

/** Columns of `pg_database` that came and went with versions. */
export interface DatabaseRow {
  readonly datcollate: string;
  /** PostgreSQL 15 and later: `b` builtin (17), `c` libc, `i` ICU. */
  readonly datlocprovider?: string;
  /** PostgreSQL 15 and 16. */
  readonly daticulocale?: string | null;
  /** PostgreSQL 17 and later. */
  readonly datlocale?: string | null;
}

export interface TableRow extends Pick<
  CatalogTable,
  'schema' | 'name' | 'kind' | 'rows' | 'pages' | 'allVisiblePages'
> {
  readonly oid: string;
  readonly partitionKey: string | null;
  readonly bound: string | null;
  readonly keyColumns: readonly string[] | null;
  readonly parents: readonly CatalogName[] | null;
  readonly checks: readonly string[] | null;
  readonly options: readonly string[] | null;
  readonly rowSecurity: boolean;
  readonly readable: boolean;
  /** The role may use the schema. */
  readonly reachable: boolean;
  /** Policies restrict this very role. */
  readonly rowSecurityActive: boolean;
  /** When not all are. */
  readonly readableColumns: readonly string[] | null;
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
}

export interface SizeRow {
  readonly oid: string;
  readonly sizeBytes: number | null;
  readonly toastBytes: number | null;
}

export interface ForeignTableRow {
  readonly oid: string;
  readonly wrapper: string;
  readonly server: string;
  readonly options: readonly string[];
}

export interface ColumnRow {
  readonly oid: string;
  readonly name: string;
  readonly type: string;
  readonly notNull: boolean;
  readonly default: string | null;
  readonly generated: 'stored' | 'virtual' | null;
  readonly collation: string | null;
}

export interface ForeignKeyRow {
  readonly oid: string;
  readonly columns: readonly string[];
  readonly referencesSchema: string;
  readonly referencesName: string;
  readonly referencesColumns: readonly string[];
}

export interface IndexRow extends Pick<
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
  | 'scans'
> {
  readonly oid: string;
  readonly rows: number;
  readonly tableOid: string;
  readonly partOf: CatalogName | null;
  readonly pinned: boolean;
  readonly attributes: readonly IndexAttribute[];
}

export interface IndexAttribute {
  readonly column: string | null;
  readonly expression: string;
  /** Its name in `pg_stats`. */
  readonly attribute: string;
  /** False for INCLUDE columns. */
  readonly key: boolean;
}

export interface DefinedRow {
  readonly schema: string;
  readonly name: string;
  readonly definition: string;
}
