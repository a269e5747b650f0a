import type { PlanNode } from '../../artifacts/plans.ts';
import type { CatalogTable } from '../../artifacts/catalog.ts';
import { conditionColumns } from '../../sql/condition-columns.ts';
import { planNodes } from '../../sql/read-plan.ts';
import { quoteIdentifier, quoteTable, type Schema } from '../../sql/schema.ts';
import type { Remedy } from '../finding.ts';
import { definePlanAudit, migration } from './plan-audit.ts';
import type { PlanCase } from './plan-cases.ts';
import type { StatementAuditDefinition } from './statement-audit.ts';

/** Ten times the default of 100; https://www.postgresql.org/docs/current/planner-stats.html */
const statisticsTarget = 1_000;

export const rowMisestimate: StatementAuditDefinition = definePlanAudit({
  id: 'row-misestimate',
  title: 'Plans made for another number of rows',
  description:
    'Many times more or fewer rows came than planned, and the join, sort or hash above was chosen ' +
    'for the number planned. The planner knows too little of the data. It shows only in plans that ' +
    'were executed, with --analyze or logged by auto_explain.',
  rules: ['row-misestimate'],
  remedy: statisticsRemedy,
});

function statisticsRemedy({ node, schema, problem }: PlanCase): Remedy {
  const { sql, back } = statisticsFor(node, schema);
  return {
    title: 'Tell the planner more of the data',
    risk: 'low',
    actions: [
      'ANALYZE reads a sample and locks out neither reads nor writes; after each step look whether the estimate fits.',
      ...problem.advice.slice(1),
    ],
    change: sql.length === 0 ? null : migration('More statistics', sql),
    rollback: back,
  };
}

/** Statistics on what the node's conditions compare, then on the tables below it. */
function statisticsFor(
  node: PlanNode,
  schema: Schema,
): { readonly sql: readonly string[]; readonly back: string } {
  const table = schema.table(node.Schema ?? null, node['Relation Name'] ?? '');
  if (table === null) {
    const below = [...planNodes(node)].flatMap(({ Schema: name, 'Relation Name': relation }) =>
      relation === undefined ? [] : (schema.table(name ?? null, relation) ?? []),
    );
    return {
      sql: [...new Set(below)].map((each) => `ANALYZE ${quoteTable(each)};`),
      back: 'There is nothing to take back: the next ANALYZE replaces what this one found.',
    };
  }
  return statisticsOn(table, node, schema);
}

function statisticsOn(
  table: CatalogTable,
  node: PlanNode,
  schema: Schema,
): { readonly sql: readonly string[]; readonly back: string } {
  const conditions = [node['Index Cond'], node['Recheck Cond'], node.Filter].map((text) =>
    conditionColumns(text ?? ''),
  );
  const columns = [...new Set(conditions.flatMap((each) => each.columns))].filter(
    (name) => schema.column(table, name) !== null,
  );
  const expressions = [...new Set(conditions.flatMap((each) => each.expressions))];
  const name = quoteIdentifier([table.name, ...columns, 'stats'].join('_').slice(0, 63));
  const analyze = `ANALYZE ${quoteTable(table)};`;
  const [only] = columns;
  if (columns.length > 1) {
    const list = columns.map(quoteIdentifier).join(', ');
    return {
      sql: [
        `CREATE STATISTICS ${name} (dependencies, mcv) ON ${list} FROM ${quoteTable(table)};`,
        analyze,
      ],
      back: `DROP STATISTICS ${name};`,
    };
  }
  if (expressions.length > 0) {
    return {
      sql: [
        `CREATE STATISTICS ${name} ON (${expressions[0] ?? ''}) FROM ${quoteTable(table)};`,
        analyze,
      ],
      back: `DROP STATISTICS ${name};`,
    };
  }
  if (only === undefined) return { sql: [analyze], back: 'There is nothing to take back.' };
  const alter = `ALTER TABLE ${quoteTable(table)} ALTER COLUMN ${quoteIdentifier(only)} SET STATISTICS`;
  return { sql: [`${alter} ${statisticsTarget};`, analyze], back: `${alter} -1;` };
}
