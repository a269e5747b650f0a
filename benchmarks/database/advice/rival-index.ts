/** An index as the rivals know it: columns of a table, in order. */
export interface RivalIndex {
  readonly table: string;
  readonly columns: readonly string[];
}

/** One form a set of columns, so that equal indexes are known again. */
export function definitionOf({ table, columns }: RivalIndex): string {
  return `CREATE INDEX ON ${table} (${columns.join(', ')})`;
}
