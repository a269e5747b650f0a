import { definePlanAudit } from './plan-audit.ts';
import type { StatementAuditDefinition } from './statement-audit.ts';

export const triggerOverhead: StatementAuditDefinition = definePlanAudit({
  id: 'trigger-overhead',
  title: 'Changes that wait for a trigger',
  description:
    'One trigger, or the check of one foreign key, takes most of the time of a change. It shows only ' +
    'in plans logged by auto_explain with log_triggers, since changes are never executed by Amdahl.',
  rules: ['trigger-time'],
  remedy: ({ problem }) => ({
    title: 'Make the trigger cheap',
    risk: 'medium',
    actions: problem.advice,
    change: null,
    rollback: 'Drop the index, or restore the trigger.',
  }),
});
