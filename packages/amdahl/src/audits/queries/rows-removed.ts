import { definePlanAudit } from './plan-audit.ts';
import type { StatementAuditDefinition } from './statement-audit.ts';

export const rowsRemoved: StatementAuditDefinition = definePlanAudit({
  id: 'rows-removed',
  title: 'Rows fetched and thrown away',
  description:
    'An index or a join brings many rows of which a filter keeps few: the index does not hold what ' +
    'the filter compares. It shows only in plans that were executed, with --analyze or logged by ' +
    'auto_explain.',
  rules: ['rows-removed'],
  remedy: ({ problem }) => ({
    title: 'Let the index decide instead of the filter',
    risk: 'low',
    actions: [
      ...problem.advice,
      'Build the new index with CREATE INDEX CONCURRENTLY, see that it is used, then drop the one it replaces.',
    ],
    change: null,
    rollback: 'DROP INDEX CONCURRENTLY the new index.',
  }),
});
