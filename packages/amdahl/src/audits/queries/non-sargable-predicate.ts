import type { ExperimentsArtifact, RewriteExperiment } from '../../artifacts/experiments.ts';
import { concurrently, indexName } from '../../sql/index-definition.ts';
import { shortened } from '../../wording.ts';
import { defineStatementAudit, type StatementAuditDefinition } from './statement-audit.ts';
import type { Finding, Remedy, RouteGain } from '../finding.ts';
import { findingId } from '../finding-id.ts';
import { indexFindings, plansOf } from './index-finding.ts';
import { explainPlannerGain, plannerClock, plannerGains } from './planner-gain.ts';
import {
  addGains,
  codeDetail,
  impactsOf,
  isWorthIt,
  routesTable,
  statementDetail,
} from './statement-finding.ts';
import type { StatementUse } from './statement-use.ts';

export const nonSargablePredicate: StatementAuditDefinition = defineStatementAudit({
  id: 'non-sargable-predicate',
  title: 'Conditions no index can serve',
  description:
    'A column stands inside a function, or a pattern begins with a wildcard, so that an index on ' +
    'the column is of no use and every row is looked at. The same condition on the bare column, or ' +
    'an index on the expression, was tried in the database lab.',
  needs: ['catalog', 'experiments'],
  find: (uses, { catalog, experiments }) => {
    const clock = plannerClock(experiments, uses);
    const rewritten = experiments.rewrites.flatMap((rewrite): readonly Finding[] => {
      const own = uses.filter((use) => use.text === rewrite.text);
      const gains = addGains(own.flatMap((use) => plannerGains(use, rewrite.effect, clock)));
      if (rewrite.sameRows === false || !isWorthIt(gains)) return [];
      return [rewriteFinding(rewrite, own, gains, experiments)];
    });
    const indexed = indexFindings(
      {
        audit: 'non-sargable-predicate',
        isMine: (experiment) => experiment.rule !== undefined,
        title: (experiment) => experiment.reason,
        advice: ({ rule }) => [
          rule === 'leading-wildcard'
            ? 'Patterns with fewer than three letters in a row still read every row: ask for three, or search by whole words with a tsvector.'
            : 'Run ANALYZE on the table afterwards: until then the planner knows nothing about the expression.',
        ],
      },
      { uses, catalog, experiments },
    );
    return [...rewritten, ...indexed];
  },
});

function rewriteFinding(
  rewrite: RewriteExperiment,
  uses: readonly StatementUse[],
  gains: readonly RouteGain[],
  experiments: ExperimentsArtifact,
): Finding {
  const [use] = uses;
  const where = use?.callSite ?? null;
  return {
    id: findingId('non-sargable-predicate', rewrite.text),
    audit: 'non-sargable-predicate',
    step: 'queries',
    title: `${rewrite.reason}: "${shortened(rewrite.text, 70)}"`,
    where,
    routes: impactsOf(gains),
    evidence: [
      ...(use === undefined ? [] : [statementDetail(use), routesTable(use)]),
      ...codeDetail(where),
      ...plansOf(rewrite.effect),
    ],
    remedy: rewriteRemedy(rewrite),
    prediction: { method: 'planner-cost', explanation: explainPlannerGain(experiments), gains },
  };
}

function rewriteRemedy(rewrite: RewriteExperiment): Remedy {
  const { withIndex, sameRows, originalText, rewrittenText, text } = rewrite;
  return {
    title: 'Compare the bare column with a range',
    risk: 'low',
    actions: [
      ...(withIndex === null
        ? []
        : [`Build the index the range needs first: ${concurrently(withIndex)};`]),
      'Send the rewritten statement instead.',
      sameRows === true
        ? 'Both conditions were tried on the values in the column’s statistics and around the ends of the range: they keep the same rows.'
        : 'Whether both conditions keep the same rows could not be tried here; compare their results once.',
    ],
    change: {
      kind: 'diff',
      title: 'The same rows, by a range',
      language: 'sql',
      before: originalText ?? text,
      after: rewrittenText,
    },
    rollback:
      withIndex === null
        ? 'Send the original statement again.'
        : `Send the original statement again and run DROP INDEX CONCURRENTLY ${indexName(withIndex)};`,
  };
}
