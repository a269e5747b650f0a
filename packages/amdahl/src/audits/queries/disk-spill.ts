import { neededMemoryKb } from '../../sql/plan-reading/needed-memory.ts';
import type { Remedy } from '../finding.ts';
import { definePlanAudit, memorySetting, migration } from './plan-audit.ts';
import type { PlanCase } from './plan-cases.ts';
import type { StatementAuditDefinition } from './statement-audit.ts';

export const diskSpill: StatementAuditDefinition = definePlanAudit({
  id: 'disk-spill',
  title: 'Sorts and hashes that do not fit into memory',
  description:
    'A sort, a hash join, a grouping or a bitmap needs more than work_mem and goes through temporary ' +
    'files, or has to look at rows again. It shows only in plans that were executed, with --analyze ' +
    'or logged by auto_explain.',
  rules: ['sort-spill', 'hash-spill', 'lossy-bitmap'],
  remedy: memoryRemedy,
});

/** The bitmap says not what it would have needed; four times is the step people take. */
const bitmapSteps = 4;
const defaultWorkMemKb = 4_096;

function memoryRemedy({ node, problem, captured }: PlanCase): Remedy {
  const neededKb = neededMemoryKb(node) || defaultWorkMemKb * bitmapSteps;
  const amount = memorySetting(neededKb);
  return {
    title: `Give this statement a work_mem of ${amount}`,
    risk: 'medium',
    actions: [
      ...problem.advice.filter((each) => !each.startsWith('SET LOCAL')),
      `Set it in the transaction of this statement, or for a role of its own: every sort and hash of every session may take as much, so that ${amount} for all can exhaust the machine.`,
    ],
    change: migration('In the transaction', [
      'BEGIN;',
      `SET LOCAL work_mem = '${amount}';`,
      `${captured.text.replace(/;\s*$/, '')};`,
      'COMMIT;',
    ]),
    rollback: 'Leave SET LOCAL out again; it ends with its transaction.',
  };
}
