import type {
  CatalogArtifact,
  CatalogIndex,
  CatalogName,
  CatalogTable,
  InvalidIndex,
} from '../artifacts/catalog.ts';
import type { IndexBuild } from '../audits/finding.ts';
import { concurrently, indexName } from '../sql/index-definition.ts';
import { readIndexText, writeIndexText, type IndexText } from '../sql/index-text.ts';
import { qualifiedName, quoteIdentifier, quoteTable, schemaOf } from '../sql/schema.ts';

/** One statement, and whether it may have to wait for a lock that others then wait behind. */
export interface MigrationStatement {
  readonly sql: string;
  readonly blocking: boolean;
}

/** One index built or dropped: there, and back. */
export interface MigrationStep {
  readonly kind: 'build' | 'drop';
  /** The index, as `qualifiedName` writes it. */
  readonly index: string;
  readonly table: CatalogTable | null;
  readonly up: readonly MigrationStatement[];
  readonly down: readonly MigrationStatement[];
}

const waiting = (sql: string): MigrationStatement => ({ sql: `${sql};`, blocking: false });
const blocking = (sql: string): MigrationStatement => ({ sql: `${sql};`, blocking: true });

export function buildStep(
  { table: tableName, definition, requires }: IndexBuild,
  catalog: CatalogArtifact | undefined,
): MigrationStep {
  const table = catalog === undefined ? null : schemaOf(catalog).tableNamed(tableName);
  const text = readIndexText(definition);
  const name = table === null ? indexName(definition) : inSchemaOf(table, indexName(definition));
  const extension =
    requires === undefined ? [] : [blocking(`CREATE EXTENSION IF NOT EXISTS ${requires}`)];
  // Until then the planner knows nothing about the expression, and takes it for one row in 200.
  const analysed = /\(\(/.test(text?.rest ?? '');
  const analyse = analysed ? [waiting(`ANALYZE ${text?.table ?? tableName}`)] : [];
  const parts = table === null || catalog === undefined ? [] : partitionsOf(table, catalog);
  if (table?.kind !== 'partitioned' || catalog === undefined || text === null) {
    return {
      kind: 'build',
      index: name,
      table,
      up: [...extension, waiting(concurrently(definition)), ...analyse],
      down: [waiting(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`)],
    };
  }
  return {
    kind: 'build',
    index: name,
    table,
    up: [...extension, ...buildOnPartitions(text, table, parts, catalog), ...analyse],
    // PostgreSQL cannot drop the index of a partitioned table concurrently.
    down: [blocking(`DROP INDEX IF EXISTS ${name}`)],
  };
}

/**
 * First the index of the whole, without parts and so not valid; then one index a partition, each
 * built concurrently; when the last is attached, the whole becomes valid.
 */
function buildOnPartitions(
  text: IndexText,
  table: CatalogTable,
  parts: readonly CatalogTable[],
  catalog: CatalogArtifact,
): readonly MigrationStatement[] {
  const whole = inSchemaOf(table, text.name);
  return [
    blocking(writeIndexText(text, 'ONLY')),
    ...parts.flatMap((part, at) => {
      const own = { ...text, name: partName(text.name, at + 1), table: quoteTable(part) };
      const below = partitionsOf(part, catalog);
      return [
        ...(part.kind === 'partitioned'
          ? buildOnPartitions(own, part, below, catalog)
          : [waiting(writeIndexText(own, 'CONCURRENTLY'))]),
        blocking(`ALTER INDEX ${whole} ATTACH PARTITION ${inSchemaOf(part, own.name)}`),
      ];
    }),
  ];
}

/** Identifiers end at 63 bytes. */
function partName(name: string, number: number): string {
  const bare = name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
  return quoteIdentifier(`${bare.slice(0, 56)}_${number}`);
}

function partitionsOf(table: CatalogTable, { tables }: CatalogArtifact): readonly CatalogTable[] {
  return tables.filter(
    ({ partitionOf }) => partitionOf?.schema === table.schema && partitionOf.name === table.name,
  );
}

/** @param name as `qualifiedName` writes it; null when the catalog has no such index */
export function dropStep(name: string, catalog: CatalogArtifact): MigrationStep | null {
  const isMeant = (each: CatalogName): boolean => qualifiedName(each.schema, each.name) === name;
  const invalid = catalog.invalidIndexes?.find(isMeant);
  if (invalid !== undefined) return dropInvalid(invalid, catalog);
  const index = catalog.indexes.find(isMeant);
  // The part of a whole goes with it and not without it.
  if (index === undefined || index.partOf !== undefined) return null;
  const table = schemaOf(catalog).tableNamed(qualifiedName(index.schema, index.table));
  const partitioned = table?.kind === 'partitioned';
  const quoted = quoteTable(index);
  return {
    kind: 'drop',
    index: quoted,
    table,
    up: [
      partitioned ? blocking(`DROP INDEX ${quoted}`) : waiting(`DROP INDEX CONCURRENTLY ${quoted}`),
    ],
    down: restore(index, catalog),
  };
}

/** Nothing misses it; to have it back would only mean a build that ends well this time. */
function dropInvalid(index: InvalidIndex, catalog: CatalogArtifact): MigrationStep {
  return {
    kind: 'drop',
    index: quoteTable(index),
    table: schemaOf(catalog).tableNamed(qualifiedName(index.schema, index.table)),
    up: [waiting(`DROP INDEX CONCURRENTLY ${quoteTable(index)}`)],
    down: [],
  };
}

function restore(index: CatalogIndex, catalog: CatalogArtifact): readonly MigrationStatement[] {
  const text = readIndexText(index.definition);
  const table = schemaOf(catalog).tableNamed(qualifiedName(index.schema, index.table));
  if (text === null) return [waiting(index.definition)];
  if (table?.kind !== 'partitioned') return [waiting(writeIndexText(text, 'CONCURRENTLY'))];
  const parts = catalog.indexes.filter(
    ({ partOf }) => partOf?.schema === index.schema && partOf.name === index.name,
  );
  return [
    blocking(writeIndexText(text, 'ONLY')),
    ...parts.flatMap((part) => [
      ...restore(part, catalog),
      blocking(`ALTER INDEX ${quoteTable(index)} ATTACH PARTITION ${quoteTable(part)}`),
    ]),
  ];
}

function inSchemaOf(table: CatalogTable, index: string): string {
  return `${quoteIdentifier(table.schema)}.${index}`;
}
