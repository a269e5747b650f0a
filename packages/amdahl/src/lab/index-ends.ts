import type { CatalogIndex, CatalogTable } from '../artifacts/catalog.ts';
import type { QueryFunction } from '../sql/explain.ts';
import { nameKey } from '../sql/hierarchy.ts';
import { quoteIdentifier, quoteTable } from '../sql/schema.ts';
import type { CompleteModel } from './lab-model.ts';

/**
 * The ends of indexes: for a constant near or beyond the end of a histogram, the planner looks up the
 * least or greatest value in an index on the column (`get_actual_variable_range` in selfuncs.c), and
 * having found it believes that nothing lies beyond; without it, it keeps one row in ten thousand in
 * reserve, which on a large table turns an index scan into something else.
 *
 * So the last leaf of a hollow index gets two entries, the least and the greatest of the target. A
 * twin of each index is made on a scratch table with two rows; its leaf is what the hollow one is
 * given. The planner asks the visibility map before it would look at the row itself, which is not
 * there: the first block of such a table is marked as visible to all.
 */

/** More tables than this are modelled without. */
const maxTables = 300;

/** Makes the twins; answers the path of each by the `nameKey` of the index it stands for. */
export async function makeIndexEnds(
  query: QueryFunction,
  { tables, indexes }: CompleteModel,
): Promise<ReadonlyMap<string, string>> {
  const paths = new Map<string, string>();
  const indexesOf = Map.groupBy(indexes.filter(isPlainBtree), ({ schema, table }) =>
    nameKey({ schema, name: table }),
  );
  const ranged = tables.filter(
    (table) => table.kind !== 'partitioned' && table.columns.some(hasRange),
  );
  await query('CREATE SCHEMA amdahl_ends');
  for (const [at, table] of ranged.slice(0, maxTables).entries()) {
    const ends = new Set(table.columns.filter(hasRange).map(({ name }) => name));
    const own = (indexesOf.get(nameKey(table)) ?? []).filter(({ keys: [first = ''] }) =>
      ends.has(first),
    );
    try {
      await makeScratch(query, table, `amdahl_ends.t${at}`);
      for (const index of own) {
        paths.set(nameKey(index), await makeTwin(query, index, `amdahl_ends.t${at}`, paths.size));
      }
    } catch {
      // A value that does not read as its type: the histogram alone has to do.
    }
  }
  return paths;
}

const hasRange = ({ statistics }: CatalogTable['columns'][number]): boolean =>
  statistics?.range !== undefined;

function isPlainBtree({ method, predicate }: CatalogIndex): boolean {
  return method === 'btree' && predicate === null;
}

async function makeScratch(
  query: QueryFunction,
  table: CatalogTable,
  scratch: string,
): Promise<void> {
  await query(`CREATE TABLE ${scratch} AS SELECT * FROM ONLY ${quoteTable(table)} LIMIT 0`);
  const ranged = table.columns.flatMap(({ name, statistics }) =>
    statistics?.range === undefined ? [] : [{ name, range: statistics.range }],
  );
  const names = ranged.map(({ name }) => quoteIdentifier(name)).join(', ');
  const values = ranged.map((_, at) => `$${at + 1}`).join(', ');
  for (const end of ['least', 'greatest'] as const) {
    await query(
      `INSERT INTO ${scratch} (${names}) VALUES (${values})`,
      ranged.map(({ range }) => range[end]),
    );
  }
}

/** Below the data directory. */
async function makeTwin(
  query: QueryFunction,
  { definition }: CatalogIndex,
  scratch: string,
  number: number,
): Promise<string> {
  const keys = / USING btree (.*?)(?: WITH \([^)]*\))?$/s.exec(definition)?.[1] ?? '';
  // Two equal keys stay two entries.
  await query(
    `CREATE INDEX i${number} ON ${scratch} USING btree ${keys} WITH (deduplicate_items = off)`,
  );
  const [row] = await query('SELECT pg_relation_filepath($1::regclass) AS path', [
    `amdahl_ends.i${number}`,
  ]);
  return String(row?.['path']);
}
