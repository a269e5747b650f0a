import type { CatalogIndex, CatalogTable, ColumnStatistics } from '../artifacts/catalog.ts';
import type { QueryFunction } from '../sql/explain.ts';
import { nameKey } from '../sql/hierarchy.ts';
import { qualifiedName } from '../sql/schema.ts';
import type { Candidate } from './candidates.ts';
import { deriveExpressionStatistics } from './expression-statistics.ts';
import {
  importColumns,
  importRelations,
  type ColumnImport,
  type RelationImport,
} from './import-statistics.ts';
import type { Typed } from './index-size.ts';
import type { CompleteModel } from './lab-model.ts';

/** Puts the target's statistics in; answers what was not taken, as sentences. */
export async function restoreStatistics(
  query: QueryFunction,
  model: CompleteModel,
  candidates: readonly Candidate[],
): Promise<readonly string[]> {
  const relations: RelationImport[] = [];
  const columns: ColumnImport[] = [];
  for (const table of model.tables) {
    const isWhole = table.kind === 'partitioned';
    // The planner adds up partitions by itself.
    if (!isWhole) relations.push({ ...table, relation: table.name });
    columns.push(...columnsOf(table, isWhole));
  }
  const indexes: readonly IndexedExpressions[] = [
    ...model.indexes.map((index) => ({ ...index, on: model.table(index.schema, index.table) })),
    ...candidates.flatMap(({ index, parts }) =>
      parts.map((part) => ({
        schema: part.schema,
        name: part.name,
        keys: index.keys.map((key) => key.column ?? key.expression ?? ''),
        on: part.table,
        // Of an index on all rows the planner takes the table's.
        ...(index.selectivity === undefined
          ? {}
          : {
              pages: part.size.pages,
              rows: Math.max(part.table.rows, 0) * index.selectivity,
            }),
      })),
    ),
  ].filter(({ on }) => on?.kind !== 'partitioned');
  const attributes = await expressionAttributes(query, indexes);
  for (const index of indexes) {
    const { schema, name, pages = 0, rows = -1 } = index;
    relations.push({ schema, relation: name, pages, rows, allVisiblePages: 0 });
    for (const [column, statistics] of await expressionStatistics(query, index, attributes)) {
      columns.push({ schema, relation: name, column, inherited: false, statistics });
    }
  }
  const refused = [
    ...(await importRelations(query, relations)).map(({ schema, relation }) =>
      qualifiedName(schema, relation),
    ),
    ...(await importColumns(query, columns)).map(
      ({ schema, relation, column }) => `${qualifiedName(schema, relation)}.${column}`,
    ),
  ];
  return refused.map((name) => `The lab did not take all statistics of ${name}.`);
}

function columnsOf(table: CatalogTable, isWhole: boolean): readonly ColumnImport[] {
  return table.columns.flatMap((column) => {
    const of = { schema: table.schema, relation: table.name, column: column.name };
    const { statistics, inheritedStatistics } = column;
    return [
      ...(statistics === null ? [] : [{ ...of, inherited: isWhole, statistics }]),
      ...(inheritedStatistics === undefined
        ? []
        : [{ ...of, inherited: true, statistics: inheritedStatistics }]),
    ];
  });
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
  readonly derived?: ReadonlyMap<string, Typed>;
}

function expressionsOf({ keys, on }: IndexedExpressions): readonly string[] {
  if (on === undefined) return [];
  return keys.filter((key) => on.columns.every((column) => column.name !== key));
}

/**
 * Statistics of an index's expressions by the names PostgreSQL gave to them. Only the owner of an
 * index may see them on the target; for others they are derived from the column's.
 */
async function expressionStatistics(
  query: QueryFunction,
  index: IndexedExpressions,
  attributes: ReadonlyMap<string, readonly string[]>,
): Promise<readonly (readonly [attribute: string, statistics: ColumnStatistics])[]> {
  const found: (readonly [string, ColumnStatistics])[] = [];
  const { on, derived, expressionStatistics: known = {} } = index;
  for (const [at, expression] of expressionsOf(index).entries()) {
    const attribute = attributes.get(nameKey(index))?.[at];
    if (attribute === undefined || on === undefined) continue;
    const statistics = derived?.has(expression)
      ? derived.get(expression)?.statistics
      : (known[expression] ?? (await deriveExpressionStatistics(query, on, expression)));
    if (statistics != null) found.push([attribute, statistics]);
  }
  return found;
}

/** Names PostgreSQL gave to the expressions of these indexes, in order. */
async function expressionAttributes(
  query: QueryFunction,
  indexes: readonly IndexedExpressions[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const wanted = indexes.filter((index) => expressionsOf(index).length > 0);
  if (wanted.length === 0) return new Map();
  const rows = await query(
    `SELECT n.nspname AS schema, c.relname AS name, json_agg(a.attname ORDER BY a.attnum) AS names
     FROM pg_index i
     JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_attribute a ON a.attrelid = i.indexrelid
     WHERE (n.nspname, c.relname) IN (SELECT * FROM unnest($1::name[], $2::name[]))
       AND i.indkey[a.attnum - 1] = 0
     GROUP BY 1, 2`,
    [wanted.map(({ schema }) => schema), wanted.map(({ name }) => name)],
  );
  return new Map(
    rows.map((row) => [
      nameKey({ schema: String(row['schema']), name: String(row['name']) }),
      row['names'] as readonly string[],
    ]),
  );
}
