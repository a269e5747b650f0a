import type { CatalogArtifact, CatalogTable } from '../../artifacts/catalog.ts';
import { constantOf, findAll } from '../../sql/ast.ts';
import type { Predicate } from '../../sql/predicates.ts';
import type { Schema } from '../../sql/schema.ts';
import type { LabStatement } from './lab-statement.ts';
import { columnKey, type SampleWishes } from './sample-database.ts';

/** What a sample must hold so that the statements find rows in it. */
export function sampleWishes(
  statements: readonly LabStatement[],
  catalog: CatalogArtifact,
  schema: Schema,
): SampleWishes {
  const compared = new Map<string, string[]>();
  const joined = new Map<string, { table: CatalogTable; column: string }>();
  for (const { shape, parameters } of statements) {
    for (const { predicates } of shape.blocks) {
      for (const predicate of predicates) {
        const key = columnKey(predicate.relation.table, predicate.column.name);
        const texts = compared.get(key) ?? [];
        compared.set(key, [...texts, ...textsOf(predicate, parameters)]);
      }
      for (const pair of Map.groupBy(
        predicates.filter(({ join }) => join),
        ({ node }) => node,
      ).values()) {
        link(pair, joined, schema);
      }
    }
  }
  const tables = [...new Set(statements.flatMap((statement) => statement.tables))];
  for (const table of tables) {
    for (const { columns, referencesTable, referencesColumns } of table.foreignKeys) {
      const parent = schema.tableNamed(referencesTable);
      if (parent === null || !tables.includes(parent)) continue;
      columns.forEach((column, index) => {
        joined.set(columnKey(table, column), {
          table: parent,
          column: referencesColumns[index] ?? '',
        });
      });
    }
  }
  return { catalog, tables, compared, joined };
}

/** Constants and parameters of a condition, as the column would be written. */
function textsOf({ node }: Predicate, parameters: readonly unknown[]): readonly string[] {
  const constants = findAll([node], 'A_Const').map((body) => constantOf({ A_Const: body }));
  const sent = findAll([node], 'ParamRef').map(({ number = 0 }) => parameters[number - 1]);
  return [...constants, ...sent.flat()]
    .filter((value) => ['string', 'number', 'boolean'].includes(typeof value))
    .map(String);
}

/** Of two joined columns the one without a key of its own draws from the other. */
function link(
  [one, other]: readonly Predicate[],
  joined: Map<string, { table: CatalogTable; column: string }>,
  schema: Schema,
): void {
  if (one === undefined || other === undefined) return;
  const isKey = ({ relation: { table }, column }: Predicate): boolean =>
    schema.indexesOf(table).some(({ unique, keys }) => unique && keys.join() === column.name);
  const [child, parent] = isKey(one) ? [other, one] : [one, other];
  const key = columnKey(child.relation.table, child.column.name);
  if (isKey(child) || parent.relation.table === child.relation.table || joined.has(key)) return;
  joined.set(key, { table: parent.relation.table, column: parent.column.name });
}
