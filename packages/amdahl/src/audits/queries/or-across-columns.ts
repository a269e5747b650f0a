import { defineRewriteAudit } from './rewrite-finding.ts';
import type { StatementAuditDefinition } from './statement-audit.ts';

export const orAcrossColumns: StatementAuditDefinition = defineRewriteAudit({
  id: 'or-across-columns',
  title: 'Alternatives on different columns',
  description:
    'Two conditions joined by OR are on columns that no one index holds together, so that ' +
    'whole tables are joined before any row is dropped. Each alternative by itself leads ' +
    'through an index of its own.',
  remedy: 'Ask for each alternative by itself',
});
