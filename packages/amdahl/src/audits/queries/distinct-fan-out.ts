import { defineRewriteAudit } from './rewrite-finding.ts';
import type { StatementAuditDefinition } from './statement-audit.ts';

export const distinctFanOut: StatementAuditDefinition = defineRewriteAudit({
  id: 'distinct-fan-out',
  title: 'Copies of rows made and thrown away',
  description:
    'A join with a table that is only asked for a match multiplies the rows, and DISTINCT ' +
    'sorts or hashes them all to throw the copies away. EXISTS stops at the first match and ' +
    'makes none.',
  remedy: 'Ask for a match with EXISTS',
});
