import type { CatalogColumn } from '../../artifacts/catalog.ts';
import type { QueryFunction } from '../../sql/explain.ts';

/** Values a sample's column is filled from, as text; a value stands once. */
export interface ColumnPool {
  readonly values: readonly string[];
  /** A value for each row, none twice. */
  readonly distinct: boolean;
}

/**
 * Values for a column that is new: its common values and histogram bounds, which are real values of
 * the target, those the statements compare it with, and where these are few, or must not repeat,
 * made-up ones of its type, with the borders a rewrite could get wrong.
 *
 * @param wanted texts the statements compare the column with
 */
export async function poolOf(
  query: QueryFunction,
  column: CatalogColumn,
  wanted: readonly string[],
  { distinct, rows }: { readonly distinct: boolean; readonly rows: number },
): Promise<ColumnPool> {
  const known = await knownValues(query, column);
  const valid = await validTexts(query, column, wanted);
  const few = distinct || known.length < fewValues;
  const invented = few ? await inventedValues(query, column, distinct ? rows : fewValues) : [];
  const values = [...new Set([...valid, ...known, ...invented])];
  return { values: values.slice(0, rows), distinct };
}

/** With fewer values than these a condition would find everything or nothing. */
const fewValues = 20;

async function knownValues(
  query: QueryFunction,
  { type, statistics }: CatalogColumn,
): Promise<readonly string[]> {
  const lists = [statistics?.mostCommonValues, statistics?.histogramBounds];
  const found: string[] = [];
  for (const list of lists) {
    if (list === null || list === undefined) continue;
    try {
      const rows = await query(
        `SELECT DISTINCT v::text AS value FROM unnest(CAST(CAST($1 AS text) AS ${type}[])) v`,
        [list],
      );
      found.push(...textsIn(rows));
    } catch {
      // Statistics of a type the lab has no value of: others are made up.
    }
  }
  return found;
}

async function validTexts(
  query: QueryFunction,
  { type }: CatalogColumn,
  texts: readonly string[],
): Promise<readonly string[]> {
  if (texts.length === 0) return [];
  const rows = await query(
    `SELECT v AS value FROM unnest($1::text[]) v WHERE pg_input_is_valid(v, $2)`,
    [texts, type],
  );
  return textsIn(rows);
}

/** Made-up texts by the category of the type (pg_type.typcategory); those it does not take are dropped. */
async function inventedValues(
  query: QueryFunction,
  { type }: CatalogColumn,
  count: number,
): Promise<readonly string[]> {
  const rows = await query(
    `SELECT DISTINCT v AS value, n FROM (
       SELECT i AS n, unnest(CASE t.typcategory
         WHEN 'N' THEN ARRAY[i::text, (-i)::text, (i / 10.0)::text]
         WHEN 'S' THEN ARRAY['value ' || i, chr(65 + i % 26) || i, chr(97 + i % 26)]
         WHEN 'B' THEN ARRAY['t', 'f']
         WHEN 'D' THEN ARRAY[(timestamp '2023-12-31' + i * interval '6 hours')::text,
                             (date '2024-01-01' + i)::text]
         WHEN 'T' THEN ARRAY[i || ' hours', i || ' days']
         WHEN 'I' THEN ARRAY['10.0.' || i / 250 || '.' || i % 250]
         WHEN 'A' THEN ARRAY['{}']
         WHEN 'E' THEN (SELECT array_agg(enumlabel::text ORDER BY enumsortorder)
                        FROM pg_enum WHERE enumtypid = t.oid)
         ELSE ARRAY[md5(i::text), '{}', '\\x' || lpad(to_hex(i), 8, '0')] END) AS v
       FROM generate_series(0, $2::int) i, pg_type t WHERE t.oid = to_regtype($1)) made
     WHERE pg_input_is_valid(v, $1) ORDER BY n, v LIMIT 3 * $2::int`,
    [type, count],
  );
  return textsIn(rows);
}

function textsIn(rows: readonly Record<string, unknown>[]): readonly string[] {
  return rows.map((row) => String(row['value']));
}
