import { defineRewriteAudit } from './rewrite-finding.ts';
import type { StatementAuditDefinition } from './statement-audit.ts';

export const notInSubquery: StatementAuditDefinition = defineRewriteAudit({
  id: 'not-in-subquery',
  title: 'NOT IN over a subquery',
  description:
    'A NULL in the list makes NOT IN true for no row, so the database may not plan it as a ' +
    'join: it looks the list up for every row, and reads it anew each time once it outgrows ' +
    'work_mem. NOT EXISTS asks the same and is planned as a join.',
  remedy: 'Ask with NOT EXISTS',
});
