import { definePlanAudit } from './plan-audit.ts';
import type { StatementAuditDefinition } from './statement-audit.ts';

export const nestedLoop: StatementAuditDefinition = definePlanAudit({
  id: 'nested-loop',
  title: 'Joins that look up row by row',
  description:
    'A nested loop runs its inner side thousands of times and holds most of the statement. Where the ' +
    'number of rows was misjudged or the inner side has no index, that is the finding. It shows only ' +
    'in plans that were executed, with --analyze or logged by auto_explain.',
  rules: ['nested-loop'],
  causes: ['row-misestimate', 'sequential-scan', 'rows-removed'],
  // As estimated, it was the cheapest way to join.
  isReported: ({ executed }) => executed,
  remedy: ({ problem }) => ({
    title: 'Let fewer rows into the loop, or join them at once',
    risk: 'medium',
    actions: problem.advice,
    change: null,
    rollback: 'Send the statement as it was.',
  }),
});
