import { quoteIdentifier, quoteTable } from '../../sql/schema.ts';
import type { Remedy } from '../finding.ts';
import { definePlanAudit, migration } from './plan-audit.ts';
import type { PlanCase } from './plan-cases.ts';
import type { StatementAuditDefinition } from './statement-audit.ts';

export const heapFetches: StatementAuditDefinition = definePlanAudit({
  id: 'heap-fetches',
  title: 'Index-only scans that read the table',
  description:
    'An index holds all a statement wants, and yet the table is looked into, because VACUUM has not ' +
    'marked its pages as visible to all. It shows only in plans that were executed, with --analyze ' +
    'or logged by auto_explain.',
  rules: ['heap-fetches'],
  remedy: vacuumRemedy,
});

function vacuumRemedy({ node, schema }: PlanCase): Remedy {
  const name = node['Relation Name'] ?? '';
  const found = schema.table(node.Schema ?? null, name);
  const table = found === null ? quoteIdentifier(name) : quoteTable(found);
  const scale = 'autovacuum_vacuum_scale_factor';
  const insert = 'autovacuum_vacuum_insert_scale_factor';
  return {
    title: `Vacuum ${name}, and let autovacuum come sooner`,
    risk: 'low',
    actions: [
      'VACUUM stops neither reads nor writes. A transaction left open for long keeps it from marking pages: look for one first.',
      'Let autovacuum come at 2 % of the rows changed instead of 20 %; PostgreSQL 13 and later also after inserts.',
    ],
    change: migration('Now, and from now on', [
      `VACUUM ${table};`,
      `ALTER TABLE ${table} SET (${scale} = 0.02, ${insert} = 0.02);`,
    ]),
    rollback: `ALTER TABLE ${table} RESET (${scale}, ${insert});`,
  };
}
