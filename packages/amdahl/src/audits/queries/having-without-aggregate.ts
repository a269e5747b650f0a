import { defineRewriteAudit } from './rewrite-finding.ts';
import type { StatementAuditDefinition } from './statement-audit.ts';

export const havingWithoutAggregate: StatementAuditDefinition = defineRewriteAudit({
  id: 'having-without-aggregate',
  title: 'Groups dropped that could have been left out',
  description:
    'A condition in HAVING needs no aggregate, so that it could drop rows before they are ' +
    'grouped instead of whole groups afterwards.',
  remedy: 'Move the condition to WHERE',
});
