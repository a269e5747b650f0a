import type { CatalogIndex, CatalogTable } from '../artifacts/catalog.ts';
import type { Schema } from './schema.ts';

/**
 * What an index is needed for beside finding rows: then it must stay, however little it is scanned.
 * Null when nothing but plans would miss it.
 *
 * - uniqueness, a constraint;
 * - clustering, replication by it;
 * - the part of an index on a partitioned table goes with the whole only;
 * - a foreign key of its table: each DELETE of the referenced row looks here for rows that point to
 *   it. Scans count those too, but a row that nobody deleted yet says nothing of tomorrow.
 */
export function neededFor(index: CatalogIndex, table: CatalogTable, schema: Schema): string | null {
  if (index.primary || index.unique || index.constraint) return 'a key or constraint';
  if (index.pinned === true) return 'clustering or replication';
  if (index.partOf !== undefined) return 'the index of the partitioned table';
  const key = table.foreignKeys.find(({ columns }) => leads(index, columns));
  if (key === undefined) return null;
  const another = schema
    .indexesOf(table)
    .some((other) => other !== index && leads(other, key.columns));
  return another ? null : `the foreign key to ${key.referencesTable}`;
}

/** Whether these columns, in any order, are the first keys. */
export function leads(
  { keys, method, predicate }: CatalogIndex,
  columns: readonly string[],
): boolean {
  const first = new Set(keys.slice(0, columns.length));
  return method === 'btree' && predicate === null && columns.every((column) => first.has(column));
}
