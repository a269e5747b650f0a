import { defineRewriteAudit } from './rewrite-finding.ts';
import type { StatementAuditDefinition } from './statement-audit.ts';

export const existenceCount: StatementAuditDefinition = defineRewriteAudit({
  id: 'existence-count',
  title: 'Rows counted to see whether there is one',
  description:
    'A count is compared with zero. Counting reads every row there is; EXISTS stops at the ' +
    'first.',
  remedy: 'Ask with EXISTS',
});
