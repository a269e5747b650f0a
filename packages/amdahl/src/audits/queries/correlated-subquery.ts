import { defineRewriteAudit } from './rewrite-finding.ts';
import type { StatementAuditDefinition } from './statement-audit.ts';

export const correlatedSubquery: StatementAuditDefinition = defineRewriteAudit({
  id: 'correlated-subquery',
  title: 'Subqueries that run once for each row',
  description:
    'A subquery in the select list is executed for every row of the result. Joined with the ' +
    'aggregates of all groups it is executed once.',
  remedy: 'Join with the aggregates',
});
