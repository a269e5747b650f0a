import type { ServerRow, TableRow } from './catalog-rows.ts';
import { qualifiedName, quoteIdentifier, quoteTable } from './schema.ts';

/** More tables than this are told as one sentence. */
const maxSentences = 10;

/** What the role could not see of these tables, as sentences with the grant that would change it. */
export function hiddenFrom(
  { role, serverVersionNumber }: ServerRow,
  tables: readonly TableRow[],
): readonly string[] {
  const unreadable = tables.filter((table) => !table.readable || !table.reachable);
  if (unreadable.length > maxSentences) {
    return [
      ...manyHidden(role, serverVersionNumber, unreadable, tables.length),
      ...secured(role, tables),
    ];
  }
  return [...unreadable.map((table) => oneHidden(role, table)), ...secured(role, tables)];
}

function oneHidden(role: string, table: TableRow): string {
  const name = qualifiedName(table.schema, table.name);
  const grants = [
    ...(table.reachable ? [] : [`USAGE ON SCHEMA ${quoteIdentifier(table.schema)}`]),
    ...(table.readable ? [] : [`SELECT ON ${tableInSql(table)}`]),
  ].map((right) => `GRANT ${right} TO ${quoteIdentifier(role)}`);
  const columns = table.readableColumns ?? [];
  const finding = !table.reachable
    ? `may not use the schema ${table.schema}, so plans of ${name} cannot be asked for${table.readable ? '' : ' and its statistics are hidden'}`
    : columns.length === 0
      ? `may not read ${name}, so its statistics are hidden and its plans cannot be asked for`
      : `may read only ${columns.join(', ')} of ${name}, so the statistics of the other columns are hidden and plans of statements that use them cannot be asked for`;
  return `The role ${role} ${finding}: ${grants.join('; ')}.`;
}

/** `pg_read_all_data` came with PostgreSQL 14. */
function manyHidden(
  role: string,
  version: number,
  hidden: readonly TableRow[],
  total: number,
): readonly string[] {
  const names = hidden.slice(0, 3).map((table) => qualifiedName(table.schema, table.name));
  const schemas = [...new Set(hidden.map(({ schema }) => quoteIdentifier(schema)))].join(', ');
  const to = quoteIdentifier(role);
  const grant =
    version >= 140_000
      ? `GRANT pg_read_all_data TO ${to}`
      : `GRANT USAGE ON SCHEMA ${schemas} TO ${to}; GRANT SELECT ON ALL TABLES IN SCHEMA ${schemas} TO ${to}`;
  return [
    `The role ${role} may not read ${hidden.length} of ${total} tables (${names.join(', ')}, …), so their statistics are hidden and their plans cannot be asked for: ${grant}.`,
  ];
}

function secured(role: string, tables: readonly TableRow[]): readonly string[] {
  return tables
    .filter((table) => table.readable && table.rowSecurityActive)
    .map((table) => {
      const name = qualifiedName(table.schema, table.name);
      return `Row-level security hides the statistics of ${name} from the role ${role}: ALTER ROLE ${quoteIdentifier(role)} BYPASSRLS, or read as the owner of the table.`;
    });
}

function tableInSql(table: TableRow): string {
  return table.schema === 'public' ? quoteIdentifier(table.name) : quoteTable(table);
}
