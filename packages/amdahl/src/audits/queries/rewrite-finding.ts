import type {
  ExperimentsArtifact,
  RewriteExperiment,
  RewriteProof,
} from '../../artifacts/experiments.ts';
import { concurrently, indexName } from '../../sql/index-definition.ts';
import { counted, formatBytes, shortened } from '../../wording.ts';
import type { Finding, Prediction, Remedy, RouteGain } from '../finding.ts';
import { findingId } from '../finding-id.ts';
import { databaseQueues, queueEvidence, type DatabaseQueue } from './database-queue.ts';
import { plansOf } from './index-finding.ts';
import { explainPlannerGain, plannerClock, plannerGains } from './planner-gain.ts';
import { withRelief } from './queue-relief.ts';
import { defineStatementAudit, type StatementAuditDefinition } from './statement-audit.ts';
import {
  addGains,
  codeDetail,
  impactsOf,
  isWorthIt,
  routesTable,
  statementDetail,
} from './statement-finding.ts';
import type { StatementUse } from './statement-use.ts';

/**
 * Audits of statements that can be written another way. A rule wrote it (src/sql/lint/rules), the
 * lab found it at least 30 % cheaper and both returned the same rows (src/lab/experiments); what is
 * left to judge is whether anyone would feel it.
 */
export interface RewriteAudit {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** @default the one named like the audit */
  readonly rules?: ReadonlySet<string>;
  /** What the change is called. */
  readonly remedy: string;
  readonly risk?: Remedy['risk'];
}

export function defineRewriteAudit(audit: RewriteAudit): StatementAuditDefinition {
  const { id, title, description } = audit;
  return defineStatementAudit({
    id,
    title,
    description,
    needs: ['experiments'],
    wants: ['catalog', ...queueEvidence],
    find: (uses, { experiments, ...run }) =>
      rewriteFindings(audit, uses, experiments, databaseQueues(run)),
  });
}

/** One finding for each statement that is sent and would gain. */
export function rewriteFindings(
  audit: RewriteAudit,
  uses: readonly StatementUse[],
  experiments: ExperimentsArtifact,
  queues: readonly DatabaseQueue[] = [],
): readonly Finding[] {
  const clock = plannerClock(experiments, uses);
  const { rules = new Set([audit.id]) } = audit;
  return experiments.rewrites.flatMap((rewrite): readonly Finding[] => {
    if (!rules.has(rewrite.rule) || isWrong(rewrite)) return [];
    const own = uses.filter((use) => use.text === rewrite.text);
    const gains = addGains(own.flatMap((use) => plannerGains(use, rewrite.effect, clock)));
    if (!isWorthIt(gains)) return [];
    const prediction = withRelief(
      { method: 'planner-cost', explanation: explainPlannerGain(experiments), gains },
      [{ text: rewrite.text, gains }],
      queues,
    );
    return [toFinding(audit, rewrite, { uses: own, gains, prediction }, experiments)];
  });
}

function isWrong({ sameRows, proof }: RewriteExperiment): boolean {
  return sameRows === false || proof?.kind === 'differs';
}

/** What a rewrite is found to buy. */
interface Judged {
  readonly uses: readonly StatementUse[];
  /** Of the statement's own time. */
  readonly gains: readonly RouteGain[];
  readonly prediction: Prediction;
}

function toFinding(
  audit: RewriteAudit,
  rewrite: RewriteExperiment,
  { uses, gains, prediction }: Judged,
  experiments: ExperimentsArtifact,
): Finding {
  const [use] = uses;
  const where = use?.callSite ?? null;
  const remedy = rewriteRemedy(audit, rewrite);
  return {
    id: findingId(audit.id, rewrite.text),
    audit: audit.id,
    step: 'queries',
    title: `${rewrite.reason}: "${shortened(rewrite.text, 70)}"`,
    where,
    routes: impactsOf(gains),
    evidence: [
      ...(use === undefined ? [] : [statementDetail(use), ...routesTable(use)]),
      ...codeDetail(where),
      ...plansOf(rewrite.effect),
    ],
    remedy: {
      ...remedy,
      actions: [...remedy.actions, ...indexInstead(rewrite, experiments)],
    },
    prediction,
  };
}

/** An index on the expression, for those who cannot change the statement. */
function indexInstead({ text }: RewriteExperiment, { indexes }: ExperimentsArtifact): string[] {
  const index = indexes.find(
    ({ rule, effects }) =>
      rule === 'function-on-column' && effects.some((effect) => effect.text === text),
  );
  return index === undefined
    ? []
    : [
        `Where the statement cannot be changed, an index on the expression serves it too: ${concurrently(index.definition)};`,
      ];
}

/** The rewritten statement, what it needs, and how it is known to return the same. */
export function rewriteRemedy(
  { remedy, risk = 'low' }: Pick<RewriteAudit, 'remedy' | 'risk'>,
  rewrite: RewriteExperiment,
): Remedy {
  const { withIndex, originalText, rewrittenText, text, preconditions = [], advice = [] } = rewrite;
  const build = rewrite.indexToBuild;
  const needsCare = preconditions.length > 0;
  return {
    title: remedy,
    risk: needsCare ? 'medium' : risk,
    actions: [
      ...(withIndex === null
        ? []
        : [`Build the index it needs first: ${concurrently(withIndex)};${sizeOf(build)}`]),
      'Send the rewritten statement instead.',
      proofOf(rewrite),
      ...preconditions.map((condition) => `See that this holds: ${condition}`),
      ...advice,
    ],
    change: {
      kind: 'diff',
      title: rewrite.proof === null ? 'Rows as random, from a sample' : 'The same rows',
      language: 'sql',
      before: originalText ?? text,
      after: rewrittenText,
    },
    rollback:
      withIndex === null
        ? 'Send the original statement again.'
        : `Send the original statement again and run DROP INDEX CONCURRENTLY ${indexName(withIndex)};`,
    ...(withIndex === null || build?.kind === undefined
      ? {}
      : { builds: [{ ...build, kind: build.kind, definition: withIndex }] }),
  };
}

function sizeOf(build: RewriteExperiment['indexToBuild']): string {
  return build === undefined ? '' : ` It takes about ${formatBytes(build.estimatedSizeBytes)}.`;
}

/** How it is known that the rows stay the same, as a sentence. */
function proofOf({ proof, sameRows }: RewriteExperiment): string {
  if (proof === null) {
    return 'Neither returns the same rows twice, so there was nothing to compare.';
  }
  if (proof !== undefined && proof.kind !== 'equivalent-by-rule') return ranBoth(proof);
  if (sameRows === true) {
    return 'Both conditions were tried on the values in the column’s statistics and around the ends of the range: they keep the same rows.';
  }
  return proof === undefined
    ? 'Whether both keep the same rows could not be tried here; compare their results once.'
    : 'The two mean the same whatever the data; no rows were at hand to show it.';
}

function ranBoth({ kind, rows, parametersTried }: RewriteProof): string {
  const data =
    kind === 'target-data'
      ? 'on the database itself'
      : 'on rows made up from the columns’ statistics, with NULLs and duplicates among them';
  const lists = counted(parametersTried, 'list', 'lists');
  return `Both were run ${data}: ${counted(rows, 'row')} over ${lists} of parameters, each the same.`;
}
