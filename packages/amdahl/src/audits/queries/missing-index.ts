import type { IndexExperiment } from '../../artifacts/experiments.ts';
import { sequentialScans } from '../../sql/read-plan.ts';
import { counted } from '../../wording.ts';
import { defineStatementAudit, type StatementAuditDefinition } from './statement-audit.ts';
import { indexFindings } from './index-finding.ts';

export const missingIndex: StatementAuditDefinition = defineStatementAudit({
  id: 'missing-index',
  title: 'Indexes that statements lack',
  description:
    'A statement reads far more of a table than it answers with, because no index leads to the rows ' +
    'it wants in the order it wants them. Each candidate was built in the database lab and every ' +
    'captured statement planned with it.',
  needs: ['catalog', 'experiments'],
  find: (uses, { catalog, experiments }) =>
    indexFindings(
      {
        audit: 'missing-index',
        isMine: (experiment) => experiment.rule === undefined,
        title: (experiment) =>
          `${experiment.reason}, and no index ${experiment.definition.includes(' INCLUDE (') ? 'holds all it reads' : 'leads there'}${extentOf(experiment)}`,
      },
      { uses, catalog, experiments },
    ),
});

/** How many of the statements read the table from end to end today. */
function extentOf({ table, effects }: IndexExperiment): string {
  const name = table.split('.').at(-1);
  const readAll = effects.filter(({ planBefore }) =>
    sequentialScans(planBefore).some((scan) => scan.table === name),
  ).length;
  if (readAll === 0) return '';
  return `: ${counted(readAll, 'statement')} ${readAll === 1 ? 'reads' : 'read'} the whole table`;
}
