import type { CatalogIndex, CatalogTable, ColumnStatistics } from '../artifacts/catalog.ts';
import type { QueryFunction } from '../sql/explain.ts';
import type { LabIndex } from '../sql/index-definition.ts';
import { qualifiedName } from '../sql/schema.ts';
import { deriveExpressionStatistics } from './expression-statistics.ts';
import { importColumn, importRelation, type StatisticsImport } from './import-statistics.ts';
import { modelledIndexes, tableOf, type LabModel } from './lab-model.ts';
import { attempt } from './lab-session.ts';

/** Puts the target's statistics in; answers what was not taken, as sentences. */
export async function restoreStatistics(
  query: QueryFunction,
  model: LabModel,
  candidates: Iterable<LabIndex>,
): Promise<readonly string[]> {
  const { tables } = model;
  const imports: (StatisticsImport & { subject: string })[] = [];
  for (const table of tables) {
    const { schema, name } = table;
    const subject = `the statistics of ${qualifiedName(schema, name)}`;
    imports.push({ ...importRelation(schema, name, table), subject });
    for (const { name: column, statistics } of table.columns) {
      if (statistics === null) continue;
      imports.push({ ...importColumn(schema, name, column, statistics), subject });
    }
  }
  const indexes: readonly IndexedExpressions[] = [
    ...modelledIndexes(model).map((index) => ({ ...index, on: tableOf(index, tables) })),
    ...[...candidates].map((index) => ({
      schema: index.table.schema,
      name: index.name,
      keys: index.keys.map((key) => key.column ?? key.expression ?? ''),
      on: index.table,
    })),
  ];
  for (const index of indexes) {
    const subject = `the statistics of the index ${index.name}`;
    const { schema, name, pages = 0, rows = -1 } = index;
    imports.push({ ...importRelation(schema, name, { pages, rows, allVisiblePages: 0 }), subject });
    for (const [attribute, statistics] of await expressionStatistics(query, index)) {
      imports.push({ ...importColumn(schema, name, attribute, statistics), subject });
    }
  }
  return attempt(query, imports);
}

/** An index as far as the statistics of its expressions go. */
interface IndexedExpressions extends Pick<
  Partial<CatalogIndex>,
  'pages' | 'rows' | 'expressionStatistics'
> {
  readonly schema: string;
  readonly name: string;
  readonly keys: readonly string[];
  readonly on: CatalogTable | undefined;
}

/**
 * Statistics of an index's expressions by the names PostgreSQL gave to them. Only the owner of an
 * index may see them on the target; for others they are derived from the column's.
 */
async function expressionStatistics(
  query: QueryFunction,
  { schema, name, keys, on, expressionStatistics: known = {} }: IndexedExpressions,
): Promise<readonly (readonly [attribute: string, statistics: ColumnStatistics])[]> {
  const expressions = keys.filter((key) => on?.columns.every((column) => column.name !== key));
  if (on === undefined || expressions.length === 0) return [];
  const attributes = await expressionAttributes(query, schema, name);
  const found: (readonly [string, ColumnStatistics])[] = [];
  for (const [at, expression] of expressions.entries()) {
    const attribute = attributes[at];
    const statistics =
      known[expression] ?? (await deriveExpressionStatistics(query, on, expression));
    if (attribute !== undefined && statistics !== null) found.push([attribute, statistics]);
  }
  return found;
}

/** Names PostgreSQL gave to the expressions of an index, in order. */
async function expressionAttributes(
  query: QueryFunction,
  schema: string,
  index: string,
): Promise<readonly string[]> {
  const rows = await query(
    `SELECT a.attname AS name FROM pg_index i
     JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_attribute a ON a.attrelid = i.indexrelid
     WHERE n.nspname = $1 AND c.relname = $2 AND i.indkey[a.attnum - 1] = 0 ORDER BY a.attnum`,
    [schema, index],
  );
  return rows.map((row) => String(row['name']));
}
