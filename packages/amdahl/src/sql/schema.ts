import type {
  CatalogArtifact,
  CatalogColumn,
  CatalogIndex,
  CatalogTable,
} from '../artifacts/catalog.ts';

/** `orders`, or `sales.orders` outside the schema `public`: how a table is named everywhere. */
export function qualifiedName(schema: string, name: string): string {
  return schema === 'public' ? name : `${schema}.${name}`;
}

/** An identifier as SQL wants it: quoted only when it must be. */
export function quoteIdentifier(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) && !reserved.has(name)
    ? name
    : `"${name.replaceAll('"', '""')}"`;
}

/** Schema and table quoted for SQL, always with the schema. */
export function quoteTable(table: { readonly schema: string; readonly name: string }): string {
  return `${quoteIdentifier(table.schema)}.${quoteIdentifier(table.name)}`;
}

/** Reserved key words of PostgreSQL that people do name columns and tables with. */
const reserved = new Set(
  `all analyse analyze and any array as asc asymmetric authorization between binary both case cast
  check collate collation column concurrently constraint create cross current_date current_role
  current_time current_timestamp current_user default deferrable desc distinct do else end except
  false fetch for foreign freeze from full grant group having ilike in initially inner intersect
  into is isnull join lateral leading left like limit localtime localtimestamp natural not notnull
  null offset on only or order outer overlaps placing primary references returning right select
  session_user similar some symmetric system_user table tablesample then to trailing true union
  unique user using variadic verbose when where window with`.split(/\s+/),
);

/** The catalog as statements see it: names are looked up along the search path. */
export interface Schema {
  readonly catalog: CatalogArtifact;
  /** @param schema null for a bare name */
  table(schema: string | null, name: string): CatalogTable | null;
  /** A table by its `qualifiedName`. */
  tableNamed(qualified: string): CatalogTable | null;
  column(table: CatalogTable, name: string): CatalogColumn | null;
  indexesOf(table: CatalogTable): readonly CatalogIndex[];
}

export function schemaOf(catalog: CatalogArtifact): Schema {
  const key = (schema: string, name: string): string => JSON.stringify([schema, name]);
  const tables = new Map(catalog.tables.map((table) => [key(table.schema, table.name), table]));
  const byName = new Map(
    catalog.tables.map((table) => [qualifiedName(table.schema, table.name), table]),
  );
  const indexes = Map.groupBy(catalog.indexes, (index) => key(index.schema, index.table));
  const path = searchPath(catalog);
  return {
    catalog,
    table: (schema, name) => {
      for (const candidate of schema === null ? path : [schema]) {
        const table = tables.get(key(candidate, name));
        if (table !== undefined) return table;
      }
      return null;
    },
    tableNamed: (qualified) => byName.get(qualified) ?? null,
    column: (table, name) => table.columns.find((column) => column.name === name) ?? null,
    indexesOf: (table) => indexes.get(key(table.schema, table.name)) ?? [],
  };
}

/** Schemas a bare name is looked up in; `"$user"` names a schema few databases have. */
export function searchPath(catalog: CatalogArtifact): readonly string[] {
  const setting = catalog.settings['search_path'] ?? 'public';
  return setting
    .split(',')
    .map((entry) => entry.trim().replace(/^"(.*)"$/, '$1'))
    .filter((entry) => entry !== '' && entry !== '$user');
}
