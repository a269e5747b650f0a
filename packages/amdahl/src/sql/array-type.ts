/** The type an array of parameters is sent as: the column's where the catalog is known, else guessed. */
import { tablesOf } from './tables-of.ts';
import type { Schema } from './schema.ts';

/** The type of a statement's column by its name; null when unknown. */
export type ColumnType = (column: string) => string | null;

export const untyped: ColumnType = () => null;

/** Types of the columns of the tables a statement touches; of a name two tables share, the first's. */
export function columnTypes(text: string, schema: Schema | null): ColumnType {
  if (schema === null) return untyped;
  const tables = tablesOf(text, schema);
  return (name) =>
    tables.flatMap(({ columns }) => columns.find((column) => column.name === name) ?? [])[0]
      ?.type ?? null;
}

/**
 * `integer[]`: from the column's type, else from the first value that was sent for the parameter.
 */
export function arrayTypeOf(
  type: string | null,
  examples: readonly (readonly unknown[])[],
  parameter: number,
): string {
  const value = examples.map((list) => list[parameter - 1]).find((each) => each != null);
  // Lengths and precisions belong to the column, not to what is sent.
  return `${type?.replace(/\([^)]*\)/, '') ?? typeOfValue(value)}[]`;
}

function typeOfValue(value: unknown): string {
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') {
    if (!Number.isInteger(value)) return 'numeric';
    return Math.abs(value) < 2 ** 31 ? 'integer' : 'bigint';
  }
  if (typeof value === 'object' && value !== null) return 'jsonb';
  if (typeof value !== 'string') return 'text';
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)) return 'uuid';
  return /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) ? 'timestamptz' : 'text';
}
