import type { CatalogArtifact, CatalogColumn, CatalogTable } from '../artifacts/catalog.ts';
import { qualifiedName, quoteIdentifier, quoteTable } from '../sql/schema.ts';
import type { CompleteModel } from './lab-model.ts';

/** One statement that rebuilds a part of the target's schema in the lab. */
export interface DdlStep {
  readonly sql: string;
  /** What it makes, for the sentence that names what could not be modelled. */
  readonly subject: string;
  /** What is made in its place should it fail. */
  readonly fallback?: DdlStep;
}

/** What the lab does not have, and what columns that need it are made with instead. */
export interface Missing {
  readonly types: ReadonlySet<string>;
  readonly collations: ReadonlySet<string>;
}

/** Schemas the modelled part lives in. Types may be anywhere, they are few. */
export function schemasDdl(model: CompleteModel): readonly DdlStep[] {
  const { catalog, tables, views, extendedStatistics } = model;
  const schemas = new Set([
    ...extendedStatistics.map((statistics) => statistics.schema),
    ...tables.map((table) => table.schema),
    ...views.map((view) => view.schema),
    ...(catalog.extensions ?? []).map((extension) => extension.schema),
    ...(catalog.functions ?? []).map((each) => each.schema),
    ...(catalog.types ?? []).flatMap(({ name }) => name.split('.').slice(0, -1).join('.') || []),
  ]);
  return [...schemas].map((schema) => ({
    sql: `CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(schema)}`,
    subject: `the schema ${schema}`,
  }));
}

export function extensionsDdl(catalog: CatalogArtifact): readonly DdlStep[] {
  return (catalog.extensions ?? []).map(({ name, schema }) => ({
    sql: `CREATE EXTENSION IF NOT EXISTS ${quoteIdentifier(name)} SCHEMA ${quoteIdentifier(schema)}`,
    subject: `the extension ${name}`,
  }));
}

export function typesDdl(catalog: CatalogArtifact): readonly DdlStep[] {
  return (catalog.types ?? []).map(({ name, definition }) => ({
    sql: definition,
    subject: `the type ${name}`,
  }));
}

export function functionsDdl(catalog: CatalogArtifact): readonly DdlStep[] {
  return (catalog.functions ?? []).flatMap(({ schema, name, definition }) =>
    definition === null
      ? []
      : [{ sql: definition, subject: `the function ${qualifiedName(schema, name)}` }],
  );
}

export function viewsDdl({ views }: CompleteModel): readonly DdlStep[] {
  return views.map((view) => ({
    sql: `CREATE VIEW ${quoteTable(view)} AS ${view.definition}`,
    subject: `the view ${qualifiedName(view.schema, view.name)}`,
  }));
}

/**
 * Tables as the planner sees them, each by itself: column defaults, triggers and policies are left
 * out, no plan depends on them here.
 */
export function tablesDdl(tables: readonly CatalogTable[], missing: Missing): readonly DdlStep[] {
  return tables.map((table) => {
    const subject = `the table ${qualifiedName(table.schema, table.name)}`;
    const step = { sql: createTable(table, missing, true), subject };
    const isComputed = table.columns.some((column) => column.generated === 'virtual');
    return isComputed
      ? {
          ...step,
          subject: `the virtual columns of ${qualifiedName(table.schema, table.name)}`,
          fallback: { sql: createTable(table, missing, false), subject },
        }
      : step;
  });
}

function createTable(table: CatalogTable, missing: Missing, computed: boolean): string {
  const columns = table.columns.map((column) => columnDdl(column, missing, computed));
  const partitioned = table.partitionKey === undefined ? '' : ` PARTITION BY ${table.partitionKey}`;
  // The one storage parameter that plans depend on.
  const workers = (table.options ?? []).filter((option) => option.startsWith('parallel_workers='));
  const options = workers.length === 0 || partitioned !== '' ? '' : ` WITH (${workers.join(', ')})`;
  return `CREATE TABLE ${quoteTable(table)} (${columns.join(', ')})${partitioned}${options}`;
}

export function columnDdl(column: CatalogColumn, missing: Missing, computed: boolean): string {
  const virtual = computed && column.generated === 'virtual' && column.default !== null;
  const collation = column.collation;
  return [
    quoteIdentifier(column.name),
    // A type the lab does not have: its statistics are still told by their width.
    missing.types.has(column.type) ? 'text' : column.type,
    collation === undefined || missing.collations.has(collation) ? '' : `COLLATE ${collation}`,
    // A stored value is like any other to the planner; a virtual one is computed in the plan.
    virtual ? `GENERATED ALWAYS AS (${column.default}) VIRTUAL` : '',
    column.notNull ? 'NOT NULL' : '',
  ]
    .filter((part) => part !== '')
    .join(' ');
}

/** CHECK constraints, and tables made parts of others, parents before children. */
export function hierarchyDdl(tables: readonly CatalogTable[]): readonly DdlStep[] {
  return [
    ...tables.flatMap((table) =>
      (table.checks ?? []).map((check) => ({
        // Children have all of their parent's by name: each is added to its table alone.
        sql: `ALTER TABLE ONLY ${quoteTable(table)} ADD ${check}`,
        subject: `a check of ${qualifiedName(table.schema, table.name)}`,
      })),
    ),
    ...tables.flatMap((table): readonly DdlStep[] => {
      const name = qualifiedName(table.schema, table.name);
      if (table.partitionOf !== undefined) {
        const { bound, schema, name: parentName } = table.partitionOf;
        const parent = { schema, name: parentName };
        return [
          {
            sql: `ALTER TABLE ${quoteTable(parent)} ATTACH PARTITION ${quoteTable(table)} ${bound}`,
            subject: `the partition ${name} of ${qualifiedName(parent.schema, parent.name)}`,
          },
        ];
      }
      return (table.inherits ?? []).map((parent) => ({
        sql: `ALTER TABLE ${quoteTable(table)} INHERIT ${quoteTable(parent)}`,
        subject: `${name} as a child of ${qualifiedName(parent.schema, parent.name)}`,
      }));
    }),
  ];
}
