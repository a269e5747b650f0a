import type { IndexExperiment, SelectedIndex } from '../../artifacts/experiments.ts';
import { sequentialScans } from '../../sql/read-plan.ts';
import { counted } from '../../wording.ts';
import { databaseQueues, queueEvidence } from './database-queue.ts';
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
  wants: queueEvidence,
  find: (uses, { catalog, experiments, ...run }) =>
    indexFindings(
      {
        audit: 'missing-index',
        isMine: (experiment) => experiment.rule === undefined,
        title: (experiment) =>
          `${experiment.reason}, and ${whyNotToday(experiment)}${extentOf(experiment)}`,
      },
      { uses, queues: databaseQueues({ catalog, ...run }), catalog, experiments },
    ),
});

/** What is wrong with the indexes that are there. */
function whyNotToday(experiment: IndexExperiment): string {
  const { beside } = experiment as Partial<SelectedIndex>;
  if (beside !== undefined) {
    const times = beside.sizeBytes / Math.max(experiment.estimatedSizeBytes, 1);
    return `the index that leads there, ${beside.index}, is ${times.toFixed(1)} times as large as one of these columns alone`;
  }
  const covers = experiment.definition.includes(' INCLUDE (');
  return `no index ${covers ? 'holds all it reads' : 'leads there'}`;
}

/** How many of the statements read the table from end to end today. */
function extentOf({ table, effects }: IndexExperiment): string {
  const name = table.split('.').at(-1);
  const readAll = effects.filter(({ planBefore }) =>
    sequentialScans(planBefore).some((scan) => scan.table === name),
  ).length;
  if (readAll === 0) return '';
  return `: ${counted(readAll, 'statement')} ${readAll === 1 ? 'reads' : 'read'} the whole table`;
}
