import { defineRewriteAudit } from './rewrite-finding.ts';
import type { StatementAuditDefinition } from './statement-audit.ts';

export const implicitCast: StatementAuditDefinition = defineRewriteAudit({
  id: 'implicit-cast',
  title: 'Columns converted to be compared',
  description:
    'A column is compared with a value of another type, so that the database converts the ' +
    'column in every row, and an index on it is of no use. Converting the value instead, ' +
    'once, lets the index lead to the rows.',
  remedy: 'Convert the value, not the column',
});
