import { definePlanAudit } from './plan-audit.ts';
import type { StatementAuditDefinition } from './statement-audit.ts';

export const planningOverhead: StatementAuditDefinition = definePlanAudit({
  id: 'planning-overhead',
  title: 'Statements that are planned longer than executed',
  description:
    'The search for a plan takes longer than the plan itself, at each execution. It shows only in ' +
    'plans that were executed with --analyze.',
  rules: ['planning-time'],
  saved: { low: 0, mid: 0.5, high: 0.9 },
  savedBecause:
    'A prepared statement keeps its plan where one for all values serves; the first executions of a session are planned all the same.',
  remedy: ({ problem }) => ({
    title: 'Keep the plan',
    risk: 'medium',
    actions: problem.advice,
    change: null,
    rollback: 'Send it unprepared again.',
  }),
});
