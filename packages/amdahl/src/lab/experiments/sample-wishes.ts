import type { CatalogArtifact, CatalogTable } from '../../artifacts/catalog.ts';
import { parseStatement } from '../../sql/parser.ts';
import type { SourceColumn } from '../../sql/lint/from-clause.ts';
import type { Schema } from '../../sql/schema.ts';
import { comparisonsIn, type JoinedColumns } from './compared-columns.ts';
import type { LabStatement } from './lab-statement.ts';
import { columnKey, type SampleWishes } from './sample-database.ts';

/** What a sample must hold so that the statements find rows in it. */
export function sampleWishes(
  statements: readonly LabStatement[],
  catalog: CatalogArtifact,
  schema: Schema,
): SampleWishes {
  const wanted = new Map<string, readonly string[]>();
  const links = new Map<string, { table: CatalogTable; column: string }>();
  for (const { explainedText, parameters } of statements) {
    const { node } = parseStatement(explainedText);
    if (node === null) continue;
    const { compared, joined } = comparisonsIn(node, schema);
    for (const { table, column, constants, parameters: numbers } of compared) {
      const key = columnKey(table, column.name);
      const sent = numbers.flatMap((number) => textsOf(parameters[number - 1]));
      wanted.set(key, [...(wanted.get(key) ?? []), ...constants, ...sent]);
    }
    for (const pair of joined) link(pair, links, schema);
  }
  const tables = [...new Set(statements.flatMap((statement) => statement.tables))];
  for (const table of tables) {
    for (const { columns, referencesTable, referencesColumns } of table.foreignKeys) {
      const parent = schema.tableNamed(referencesTable);
      if (parent === null || !tables.includes(parent)) continue;
      columns.forEach((column, index) => {
        links.set(columnKey(table, column), {
          table: parent,
          column: referencesColumns[index] ?? '',
        });
      });
    }
  }
  return { catalog, tables, compared: wanted, joined: links };
}

function textsOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(textsOf);
  return ['string', 'number', 'boolean', 'bigint'].includes(typeof value) ? [String(value)] : [];
}

/** Of two joined columns the one without a key of its own draws from the other. */
function link(
  [one, other]: JoinedColumns,
  links: Map<string, { table: CatalogTable; column: string }>,
  schema: Schema,
): void {
  const isKey = ({ table, column }: SourceColumn): boolean =>
    schema.indexesOf(table).some(({ unique, keys }) => unique && keys.join() === column.name);
  const [child, parent] = isKey(one) ? [other, one] : [one, other];
  const key = columnKey(child.table, child.column.name);
  if (isKey(child) || parent.table === child.table || links.has(key)) return;
  links.set(key, { table: parent.table, column: parent.column.name });
}
