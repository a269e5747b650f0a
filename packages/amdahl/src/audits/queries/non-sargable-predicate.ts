import { databaseQueues, queueEvidence } from './database-queue.ts';
import { indexFindings } from './index-finding.ts';
import { rewriteFindings, type RewriteAudit } from './rewrite-finding.ts';
import { defineStatementAudit, type StatementAuditDefinition } from './statement-audit.ts';

const about: RewriteAudit = {
  id: 'non-sargable-predicate',
  title: 'Conditions no index can serve',
  description:
    'A column stands inside a function or a sum, or a pattern begins with a wildcard, so that an ' +
    'index on the column is of no use and every row is looked at. The same condition on the bare ' +
    'column, or an index on the expression, was tried in the database lab.',
  remedy: 'Compare the bare column',
  rules: new Set([
    'extract-year',
    'cast-to-date',
    'date-trunc',
    'to-char',
    'arithmetic-on-column',
    'coalesce-on-column',
  ]),
};

export const nonSargablePredicate: StatementAuditDefinition = defineStatementAudit({
  id: about.id,
  title: about.title,
  description: about.description,
  needs: ['catalog', 'experiments'],
  wants: queueEvidence,
  find: (uses, { catalog, experiments, ...run }) => {
    const queues = databaseQueues({ catalog, ...run });
    const rewrites = rewriteFindings(about, uses, experiments, queues);
    const indexes = indexFindings(
      {
        audit: about.id,
        isMine: (experiment) => experiment.rule !== undefined,
        title: (experiment) => experiment.reason,
        advice: ({ rule }) => [
          rule === 'leading-wildcard'
            ? 'Patterns with fewer than three letters in a row still read every row: ask for three, or search by whole words with a tsvector.'
            : 'Run ANALYZE on the table afterwards: until then the planner knows nothing about the expression.',
        ],
      },
      { uses, queues, catalog, experiments },
    );
    return [...rewrites, ...indexes];
  },
});
