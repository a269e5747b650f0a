import type { CatalogTable } from '../../artifacts/catalog.ts';
import type { PlanNode } from '../../artifacts/plans.ts';
import { leads } from '../../sql/index-needs.ts';
import { parseStatement } from '../../sql/parser.ts';
import { qualifiedName, quoteIdentifier, quoteTable, type Schema } from '../../sql/schema.ts';
import { shapeOf } from '../../sql/statement-shape.ts';
import type { LabStatement } from './lab-statement.ts';
import { writesOf } from './write-overhead.ts';

/**
 * The questions PostgreSQL asks by itself: for each row that is deleted, or whose key changes, it
 * looks in every table that refers to it (`RI_FKey_noaction_del` and its kin in ri_triggers.c). No
 * plan shows them, so without an index on the referring columns a DELETE by primary key is cheap to
 * the planner and reads a whole table. Here they become statements of their own, under the text of
 * the one that causes them, where no index leads to the referring rows.
 */
export function referentialChecks(
  statements: readonly LabStatement[],
  schema: Schema,
): readonly LabStatement[] {
  return statements.flatMap((statement) =>
    writesOf(statement, 1).flatMap(({ table, operation, rows, changed }) => {
      if (operation === 'insert') return [];
      return schema.catalog.tables.flatMap((referring) =>
        referring.foreignKeys
          .filter(({ referencesTable, referencesColumns }) => {
            const isMeant = referencesTable === qualifiedName(table.schema, table.name);
            const touches = referencesColumns.some((column) => changed.has(column));
            return isMeant && (operation === 'delete' || touches);
          })
          .flatMap(({ columns }) =>
            checkOf(statement, table, referring, columns, Math.max(1, rows), schema),
          ),
      );
    }),
  );
}

/** It asks in the lab alone: the target was not asked for its plan. */
const unplanned: PlanNode = {
  'Node Type': 'Result',
  'Startup Cost': 0,
  'Total Cost': 0,
  'Plan Rows': 1,
  'Plan Width': 0,
};

function checkOf(
  { text, usage }: LabStatement,
  table: CatalogTable,
  referring: CatalogTable,
  columns: readonly string[],
  rows: number,
  schema: Schema,
): readonly LabStatement[] {
  if (schema.indexesOf(referring).some((index) => leads(index, columns))) return [];
  const only = referring.kind === 'partitioned' ? '' : 'ONLY ';
  const condition = columns
    .map((column, at) => `x.${quoteIdentifier(column)} = $${at + 1}`)
    .join(' AND ');
  const explainedText = `SELECT 1 FROM ${only}${quoteTable(referring)} x WHERE ${condition} FOR KEY SHARE OF x`;
  const { node } = parseStatement(explainedText);
  const shape = node === null ? null : shapeOf(node, schema, []);
  if (shape === null) return [];
  const names = [referring, table].map(({ schema: of, name }) => qualifiedName(of, name));
  return [
    {
      text,
      explainedText,
      parameters: [],
      plan: unplanned,
      shape,
      tables: [referring],
      usage: { calls: usage.calls * rows, meanMs: null },
      rewrites: [],
      asksFor: `${names[0]} is searched by ${columns.join(', ')} for each row deleted from ${names[1]}`,
    },
  ];
}
