import { formatMs } from '@amdahl/metrics';
import { isPlainRead } from '../../sql/plain-read.ts';
import { formatCount, formatShare, shortened } from '../../wording.ts';
import { defineAudit, type Audit } from '../audit.ts';
import type { Finding } from '../finding.ts';
import { findingId, stableSite } from '../finding-id.ts';
import {
  codeDetail,
  gainOf,
  impactsOf,
  isWorthIt,
  routesTable,
  statementDetail,
} from './statement-finding.ts';
import { statementUses, sum, type StatementUse } from './statement-use.ts';

/** Share of reads that a perfect cache would have answered; below it the cache is mostly misses. */
const leastHitShare = 0.5;
/** Fewer executions say nothing about how often something is asked again. */
const leastCount = 20;

export const repeatedRead: Audit = defineAudit({
  id: 'repeated-read',
  step: 'cache',
  title: 'The same question with the same answer',
  description:
    'A statement runs again and again with the same parameters and returns the same rows. A cache in ' +
    'the app answers without the database, for as long as a somewhat older answer will do.',
  needs: ['agent', 'load'],
  audit: ({ agent, load }) => statementUses(agent, load).flatMap(toFinding),
});

/**
 * Whether a cache beyond the request would answer it. What a request merely asks itself twice is
 * `duplicate-statement`'s.
 */
export function isRepeatedRead(use: StatementUse): boolean {
  const known = sum(use.routes, (route) => route.knownBeforeShare * route.count) / use.count;
  return use.count >= leastCount && known >= leastHitShare && isPlainRead(use.exampleText);
}

/** Share of all executions that found what was already known. */
function hitShare(use: StatementUse): number {
  return use.count === 0
    ? 0
    : sum(use.routes, (route) => route.repeatedShare * route.count) / use.count;
}

function toFinding(use: StatementUse): readonly Finding[] {
  if (!isRepeatedRead(use)) return [];
  const hits = hitShare(use);
  // A hit costs microseconds; what may go wrong is that answers change more often than here.
  const gains = use.routes.map((route) =>
    gainOf(route, {
      low: route.repeatedShare / 2,
      mid: route.repeatedShare * 0.95,
      high: route.repeatedShare,
    }),
  );
  const [worst] = use.routes;
  if (worst === undefined || !isWorthIt(gains)) return [];
  return [
    {
      id: findingId('repeated-read', use.text, stableSite(use.callSite)),
      audit: 'repeated-read',
      step: 'cache',
      title: `"${shortened(use.text, 60)}" gave an answer already known ${formatShare(hits)} of ${formatCount(use.count)} times`,
      where: use.callSite,
      routes: impactsOf(gains),
      evidence: [
        statementDetail(use),
        ...codeDetail(use.callSite),
        { kind: 'number', label: 'Hits of a perfect cache', value: hits, unit: 'share' },
        { kind: 'number', label: 'Executions', value: use.count, unit: 'count' },
        ...routesTable(use),
      ],
      remedy: {
        title: 'Keep the answer for a while (cache-aside)',
        risk: 'medium',
        actions: [
          'Look in the cache by the statement’s parameters; on a miss ask the database and keep the rows with a lifetime.',
          'Let the lifetime be how old an answer may be, and drop the entry where the data is changed if it must be fresher.',
          'Bound the cache, and let one request load a missing entry while others wait for it.',
        ],
        change: {
          kind: 'diff',
          title: 'Cache-aside',
          language: 'typescript',
          before: `const { rows } = await database.query(text, values);`,
          after: [
            `const rows = await cache.getOrSet(key, { ttl: '1m' }, async () => {`,
            '  const result = await database.query(text, values);',
            '  return result.rows;',
            '});',
          ].join('\n'),
        },
        rollback: 'Ask the database each time.',
      },
      prediction: {
        method: 'hit-share',
        explanation:
          `A cache that forgets nothing would have answered ${formatShare(hits)} of the reads of this run, each in ` +
          `microseconds instead of ${formatMs(use.meanMs)}. Real visitors may ask for more different things than ` +
          `this load did: the lower end takes half as many hits.`,
        gains,
      },
    },
  ];
}
