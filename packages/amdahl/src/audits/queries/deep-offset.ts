import { mean } from '@amdahl/metrics';
import type { RewriteExperiment } from '../../artifacts/experiments.ts';
import { keysetPage, pageOf } from '../../sql/keyset.ts';
import { formatCount, listed, shortened } from '../../wording.ts';
import { databaseQueues, queueEvidence, type DatabaseQueue } from './database-queue.ts';
import { withRelief } from './queue-relief.ts';
import { defineStatementAudit, type StatementAuditDefinition } from './statement-audit.ts';
import type { Finding, Remedy } from '../finding.ts';
import { findingId, stableSite } from '../finding-id.ts';
import { rewriteRemedy } from './rewrite-finding.ts';
import {
  codeDetail,
  gainOf,
  impactsOf,
  isWorthIt,
  routesTable,
  subjectOf,
  statementDetail,
} from './statement-finding.ts';
import type { StatementUse } from './statement-use.ts';

/** Rows read and thrown away before the page, on average: fewer are not worth another interface. */
const leastSkipped = 500;
/** And many times the page itself, or the page is what costs. */
const leastSkippedPerRow = 5;

export const deepOffset: StatementAuditDefinition = defineStatementAudit({
  id: 'deep-offset',
  title: 'Pages found by counting rows',
  description:
    'OFFSET makes the database read and throw away every row before the page, so that each page is ' +
    'slower than the one before it. A page that starts after the last row seen is as fast as the first.',
  needs: [],
  wants: ['experiments', 'catalog', ...queueEvidence],
  find: (uses, { experiments, ...run }) => {
    const queues = databaseQueues(run);
    const tried = (experiments?.rewrites ?? []).filter(({ rule }) => rule === 'deep-offset');
    return uses.flatMap((use) => {
      const skipping = skippedBy(use);
      const page = tried.find(({ text }) => text === use.text) ?? null;
      return skipping === null ? [] : toFinding(use, skipping, page, queues);
    });
  },
});

interface Skipping {
  /** Rows before the page, on average over the parameters seen. */
  readonly offset: number;
  readonly deepest: number;
  readonly rowsPerPage: number;
}

function skippedBy(use: StatementUse): Skipping | null {
  const lists = use.exampleParameters.length === 0 ? [[]] : use.exampleParameters;
  const pages = lists.flatMap((parameters) => pageOf(use.exampleText, parameters) ?? []);
  if (pages.length === 0) return null;
  const offset = mean(pages.map((page) => page.offset));
  // Where nobody counted rows, pages are full.
  const rowsPerPage =
    use.rows > 0 ? Math.max(1, use.rows / use.count) : mean(pages.map(({ limit }) => limit ?? 1));
  if (offset < leastSkipped || offset < leastSkippedPerRow * rowsPerPage) return null;
  return { offset, rowsPerPage, deepest: Math.max(...pages.map((page) => page.offset)) };
}

function toFinding(
  use: StatementUse,
  skipping: Skipping,
  page: RewriteExperiment | null,
  queues: readonly DatabaseQueue[],
): readonly Finding[] {
  const { offset, rowsPerPage, deepest } = skipping;
  const share = offset / (offset + rowsPerPage);
  // Without an index in the order of the page everything is sorted first, which stays.
  const gains = use.routes.map((route) =>
    gainOf(route, { low: share / 2, mid: share * 0.9, high: share }),
  );
  if (!isWorthIt(gains)) return [];
  return [
    {
      id: findingId('deep-offset', use.text, stableSite(use.callSite)),
      audit: 'deep-offset',
      step: 'queries',
      title: `${subjectOf(use)} reads past ${formatCount(deepest)} rows to show ${formatCount(rowsPerPage)}`,
      where: use.callSite,
      routes: impactsOf(gains),
      evidence: [
        statementDetail(use),
        ...codeDetail(use.callSite),
        { kind: 'number', label: 'Rows skipped on average', value: offset, unit: 'count' },
        ...routesTable(use),
      ],
      remedy: page === null ? remedyOf(use, true) : pageRemedy(use, page),
      prediction: withRelief(
        {
          method: 'rows-skipped',
          explanation:
            `The parameters seen skip ${formatCount(offset)} rows on average for ${formatCount(rowsPerPage)} shown, ` +
            `so all but ${formatCount(rowsPerPage)} of ${formatCount(offset + rowsPerPage)} rows are read in vain. The lower end ` +
            `holds if an index in the page's order has to be built first.`,
          gains,
        },
        [{ text: use.text, gains }],
        queues,
      ),
    },
  ];
}

const title = 'Start each page after the last row of the one before';
const jumping =
  'Link to the next page by those values. Jumping to page 5,000 by number goes; a search or a date to start from serves people better.';

/** The page the lab tried; where it showed other rows, only how it is done in general. */
function pageRemedy(use: StatementUse, page: RewriteExperiment): Remedy {
  if (page.proof?.kind === 'differs') return remedyOf(use, false);
  const remedy = rewriteRemedy({ remedy: title, risk: 'medium' }, page);
  return {
    ...remedy,
    actions: [
      ...remedy.actions,
      'The new parameters are the sort columns of the last row seen; the first page leaves the comparison out.',
      jumping,
    ],
    rollback: remedy.rollback.replace('Send the original statement again', 'Page by OFFSET again'),
  };
}

/** @param fits whether a comparison of the sort columns may be offered, though nobody tried it */
function remedyOf(use: StatementUse, fits: boolean): Remedy {
  const keyset = fits ? keysetPage(use.exampleText) : null;
  const keys = keyset?.keys.map(({ column, parameter }) => `${column} as $${parameter}`) ?? [];
  return {
    title,
    risk: 'medium',
    actions: [
      'Let the order end in a unique column, such as the primary key, so that no row is shown twice or left out.',
      keyset === null
        ? 'Compare the sort columns with those of the last row seen instead of counting rows.'
        : `Pass the last row’s ${listed(keys, 5)}; the first page leaves the comparison out.`,
      jumping,
    ],
    change:
      keyset === null
        ? { kind: 'statement', title: shortened(use.text, 60), sql: use.exampleText }
        : {
            kind: 'diff',
            title: 'By keyset',
            language: 'sql',
            before: use.exampleText,
            after: keyset.text,
          },
    rollback: 'Page by OFFSET again.',
  };
}
