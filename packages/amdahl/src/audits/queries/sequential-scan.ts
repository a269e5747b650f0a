import { conditionColumns } from '../../sql/condition-columns.ts';
import { quoteIdentifier, quoteTable } from '../../sql/schema.ts';
import type { Remedy } from '../finding.ts';
import { definePlanAudit, migration } from './plan-audit.ts';
import { isKnownToLab, type PlanCase } from './plan-cases.ts';
import type { StatementAuditDefinition } from './statement-audit.ts';

/** Columns of a suggested index; pghero stops at two, postgres-mcp at three. */
const mostColumns = 3;

/**
 * What `missing-index` cannot say: the lab plans the statement otherwise than the target, so that
 * nothing could be tried there; or the plan was executed and keeps far fewer rows than planned.
 */
export const sequentialScan: StatementAuditDefinition = definePlanAudit({
  id: 'sequential-scan',
  title: 'Tables read from end to end for a few rows',
  description:
    'A table is read whole and nearly all of it thrown away again. Where the database lab tried an ' +
    'index or a rewrite that takes the scan away, that is the finding; this one tells of scans the ' +
    'lab cannot judge.',
  rules: ['sequential-scan'],
  readsEstimates: true,
  causes: ['row-misestimate'],
  isReported: (each, { experiments }) => each.executed || !isKnownToLab(each, experiments),
  remedy: indexRemedy,
});

function indexRemedy({ node, schema, problem }: PlanCase): Remedy {
  const table = schema.table(node.Schema ?? null, node['Relation Name'] ?? '');
  const compared = conditionColumns(node.Filter ?? '').columns;
  const columns = compared
    .filter((name) => table !== null && schema.column(table, name) !== null)
    .slice(0, mostColumns)
    .map(quoteIdentifier);
  const definition =
    table === null || columns.length === 0
      ? null
      : `CREATE INDEX CONCURRENTLY ON ${quoteTable(table)} (${columns.join(', ')});`;
  return {
    title: 'Give the condition an index',
    risk: 'medium',
    actions: [
      ...problem.advice,
      'It was not tried in the lab: look at the plan with EXPLAIN once the index is there, and drop it if it is not used.',
    ],
    change: definition === null ? null : migration('An index to try', [definition]),
    rollback: 'DROP INDEX CONCURRENTLY with the name the server gave it.',
  };
}
