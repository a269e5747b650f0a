import type { Remedy } from '../finding.ts';
import { definePlanAudit, migration } from './plan-audit.ts';
import type { PlanCase } from './plan-cases.ts';
import type { StatementAuditDefinition } from './statement-audit.ts';

export const jitOverhead: StatementAuditDefinition = definePlanAudit({
  id: 'jit-overhead',
  title: 'Compiling that costs more than it saves',
  description:
    'PostgreSQL compiles the expressions of a statement to machine code at each execution, and that ' +
    'takes much of its time. It shows only in plans that were executed, with --analyze or logged by ' +
    'auto_explain.',
  rules: ['jit-time'],
  saved: { low: 0.5, mid: 0.9, high: 1 },
  savedBecause:
    'Compiling goes altogether; interpreting the expressions instead takes some of it back.',
  remedy: jitRemedy,
});

/** The cost a statement must have before it is compiled, as a multiple of this one's. */
const margin = 2;

function jitRemedy({ explained: { plan }, problem }: PlanCase): Remedy {
  const above = Math.ceil((plan['Total Cost'] * margin) / 1_000) * 1_000;
  return {
    title: 'Compile only statements that run for long',
    risk: 'low',
    actions: [
      'Set it for the role the app connects as; new sessions take it on.',
      ...problem.advice.slice(1),
    ],
    change: migration('For the role of the app', [
      `ALTER ROLE app SET jit_above_cost = ${above};`,
      '-- or not at all:',
      'ALTER ROLE app SET jit = off;',
    ]),
    rollback: 'ALTER ROLE app RESET jit_above_cost; ALTER ROLE app RESET jit;',
  };
}
