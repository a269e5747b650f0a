import type { CatalogArtifact, CatalogIndex, CatalogTable } from '../artifacts/catalog.ts';
import { qualifiedName, quoteIdentifier, quoteTable } from '../sql/schema.ts';

/** One statement that rebuilds a part of the target's schema in the lab. */
export interface DdlStep {
  readonly sql: string;
  /** What it makes, for the sentence that names what could not be modelled. */
  readonly subject: string;
}

/**
 * SQL that rebuilds, for the tables given, what the planner looks at: types, tables, indexes, keys,
 * views. Column defaults, checks, triggers and policies are left out: no plan depends on them here.
 */
export function schemaDdl(
  catalog: CatalogArtifact,
  tables: readonly CatalogTable[],
  missingTypes: ReadonlySet<string>,
): readonly DdlStep[] {
  const names = new Set(tables.map((table) => qualifiedName(table.schema, table.name)));
  const indexes = catalog.indexes.filter((index) =>
    names.has(qualifiedName(index.schema, index.table)),
  );
  return [
    ...tables.map((table) => createTable(table, missingTypes)),
    ...indexes.flatMap(createIndex),
    ...tables.flatMap((table) => foreignKeys(table, names)),
    ...(catalog.views ?? []).map((view) => ({
      sql: `CREATE VIEW ${quoteTable(view)} AS ${view.definition}`,
      subject: `the view ${qualifiedName(view.schema, view.name)}`,
    })),
  ];
}

/** Schemas, extensions and types: what must be there before tables. */
export function preambleDdl(catalog: CatalogArtifact): readonly DdlStep[] {
  const schemas = new Set([
    ...catalog.tables.map((table) => table.schema),
    ...(catalog.extensions ?? []).map((extension) => extension.schema),
    ...(catalog.views ?? []).map((view) => view.schema),
  ]);
  return [
    ...[...schemas].map((schema) => ({
      sql: `CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(schema)}`,
      subject: `the schema ${schema}`,
    })),
    ...(catalog.extensions ?? []).map(({ name, schema }) => ({
      sql: `CREATE EXTENSION IF NOT EXISTS ${quoteIdentifier(name)} SCHEMA ${quoteIdentifier(schema)}`,
      subject: `the extension ${name}`,
    })),
    ...(catalog.types ?? []).map(({ name, definition }) => ({
      sql: definition,
      subject: `the type ${name}`,
    })),
  ];
}

function createTable(table: CatalogTable, missingTypes: ReadonlySet<string>): DdlStep {
  const columns = table.columns.map((column) => {
    const virtual = column.generated === 'virtual' && column.default !== null;
    return [
      quoteIdentifier(column.name),
      // A type the lab does not have: its statistics are still told by their width.
      missingTypes.has(column.type) ? 'text' : column.type,
      column.collation === undefined ? '' : `COLLATE ${column.collation}`,
      // A stored value is like any other to the planner; a virtual one is computed in the plan.
      virtual ? `GENERATED ALWAYS AS (${column.default}) VIRTUAL` : '',
      column.notNull ? 'NOT NULL' : '',
    ]
      .filter((part) => part !== '')
      .join(' ');
  });
  return {
    sql: `CREATE TABLE ${quoteTable(table)} (${columns.join(', ')})`,
    subject: `the table ${qualifiedName(table.schema, table.name)}`,
  };
}

function createIndex(index: CatalogIndex): readonly DdlStep[] {
  const subject = `the index ${qualifiedName(index.schema, index.name)}`;
  const create = { sql: index.definition, subject };
  if (!index.primary) return [create];
  // Only a real primary key lets GROUP BY name just the key.
  const table = quoteTable({ schema: index.schema, name: index.table });
  const name = quoteIdentifier(index.name);
  return [
    create,
    { sql: `ALTER TABLE ${table} ADD CONSTRAINT ${name} PRIMARY KEY USING INDEX ${name}`, subject },
  ];
}

/** The planner estimates joins along foreign keys by them. */
function foreignKeys(table: CatalogTable, present: ReadonlySet<string>): readonly DdlStep[] {
  return table.foreignKeys
    .filter((key) => present.has(key.referencesTable))
    .map((key) => {
      const list = (columns: readonly string[]): string => columns.map(quoteIdentifier).join(', ');
      const name = qualifiedName(table.schema, table.name);
      return {
        sql: `ALTER TABLE ${quoteTable(table)} ADD FOREIGN KEY (${list(key.columns)}) REFERENCES ${key.referencesTable
          .split('.')
          .map(quoteIdentifier)
          .join('.')} (${list(key.referencesColumns)})`,
        subject: `the foreign key of ${name} to ${key.referencesTable}`,
      };
    });
}
