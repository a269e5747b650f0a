import { defineRewriteAudit } from './rewrite-finding.ts';
import type { StatementAuditDefinition } from './statement-audit.ts';

export const randomOrder: StatementAuditDefinition = defineRewriteAudit({
  id: 'random-order',
  title: 'A whole table shuffled',
  description:
    'ORDER BY random() reads and sorts every row of the table to return a few picked by ' +
    'chance. A sample of its pages gives the same for the price of a few pages.',
  remedy: 'Pick from a sample of the table',
});
