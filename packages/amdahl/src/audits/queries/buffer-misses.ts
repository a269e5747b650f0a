import { definePlanAudit } from './plan-audit.ts';
import type { StatementAuditDefinition } from './statement-audit.ts';

export const bufferMisses: StatementAuditDefinition = definePlanAudit({
  id: 'buffer-misses',
  title: 'Statements that read from outside memory',
  description:
    'Much of what a statement reads is not in shared buffers, and no scan or filter that reads too ' +
    'much explains it. It shows only in plans that were executed with BUFFERS.',
  rules: ['buffers-read'],
  causes: ['sequential-scan', 'rows-removed'],
  remedy: ({ problem }) => ({
    title: 'Read less, or keep more in memory',
    risk: 'medium',
    actions: problem.advice,
    change: null,
    rollback: 'Drop the index, or set shared_buffers back and restart.',
  }),
});
