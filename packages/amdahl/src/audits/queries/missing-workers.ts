import { definePlanAudit } from './plan-audit.ts';
import type { StatementAuditDefinition } from './statement-audit.ts';

export const missingWorkers: StatementAuditDefinition = definePlanAudit({
  id: 'missing-workers',
  title: 'Parallel plans without their workers',
  description:
    'A plan was made for more parallel workers than were free when it ran. It shows only in plans ' +
    'that were executed, with --analyze or logged by auto_explain.',
  rules: ['workers-missing'],
  remedy: ({ problem }) => ({
    title: 'Have as many workers as plans count on',
    risk: 'medium',
    actions: problem.advice,
    change: null,
    rollback: 'Set max_parallel_workers and max_parallel_workers_per_gather back.',
  }),
});
