import { formatMs } from '@amdahl/metrics';
import { batchStatement, isLookup } from '../../sql/batch.ts';
import { formatCount, formatShare, listed, shortened } from '../../wording.ts';
import { defineAudit, type Audit } from '../audit.ts';
import type { Finding } from '../finding.ts';
import { findingId, stableSite } from '../finding-id.ts';
import {
  codeDetail,
  gainOf,
  impactsOf,
  isExecutionOf,
  isWorthIt,
  routesTable,
  statementDetail,
  traceDetail,
} from './statement-finding.ts';
import { statementUses, type StatementRoute, type StatementUse } from './statement-use.ts';

/**
 * Fewer than this in a request is a choice, not a loop: Sentry's N+1 detector and the Node agent
 * `nplusone` both begin at five.
 */
const leastPerRequest = 5;

export const nPlusOne: Audit = defineAudit({
  id: 'n-plus-one',
  step: 'queries',
  title: 'Statements repeated for each row',
  description:
    'A request reads a list and then asks the database again for each of its rows, one after the ' +
    'other or all at once. Each of these statements pays for a round trip; one statement for all ' +
    'rows pays once.',
  needs: ['agent', 'load'],
  audit: ({ agent, load }) =>
    statementUses(agent, load)
      .filter((use) => isLookup(use.exampleText, use.exampleParameters))
      .flatMap((use) => {
        const routes = use.routes.filter(isLoop);
        return routes.length === 0 ? [] : toFinding({ ...use, routes });
      }),
});

/** Different values each time: the same value again is a repeated read, and paging is no lookup. */
function isLoop(route: StatementRoute): boolean {
  return route.perRequest >= leastPerRequest && route.distinctPerRequest >= leastPerRequest;
}

function toFinding(use: StatementUse): readonly Finding[] {
  const gains = use.routes.map((route) => gainOf(route, savedShare(route.perRequest)));
  const [worst] = use.routes;
  if (worst === undefined || !isWorthIt(gains)) return [];
  const times = formatCount(Math.round(worst.perRequest));
  const batch = batchStatement(use.exampleText, use.exampleParameters);
  return [
    {
      id: findingId('n-plus-one', use.text, stableSite(use.callSite)),
      audit: 'n-plus-one',
      step: 'queries',
      title: `${worst.measured.route} runs "${shortened(use.text, 60)}" ${times} times per request`,
      where: use.callSite,
      routes: impactsOf(gains),
      evidence: [
        statementDetail(use),
        ...codeDetail(use.callSite),
        routesTable(use),
        ...traceDetail(worst.measured.traces, isExecutionOf(use)),
      ],
      remedy: {
        title: 'Ask once for all rows',
        risk: 'low',
        actions: [
          'Collect the values of the whole list first.',
          batch === null
            ? 'Run one statement for all of them, with = ANY($1) or a join.'
            : `Run the batched statement once, with an array of the values as $${batch.parameter}.`,
          `Put its rows into a Map by ${batch?.column ?? 'the value asked for'} and take each from there; with an ORM, load the relation eagerly.`,
        ],
        change:
          batch === null
            ? null
            : {
                kind: 'diff',
                title: 'Once for all rows',
                language: 'sql',
                before: use.exampleText,
                after: batch.text,
              },
        rollback: 'Run the statement for each row again.',
      },
      prediction: {
        method: 'batching',
        explanation:
          `Of ${times} executions of ${formatMs(use.meanMs)} one remains. At best it takes as long as one ` +
          `does today, at worst a third of all together because it returns all their rows; ` +
          `${listed(use.routes.map(({ measured, heldMs, beforeMs }) => `${measured.route} waits ${formatMs(heldMs)} for them, ${formatShare(Math.min(1, heldMs / beforeMs))} of its time`))}.`,
        gains,
      },
    },
  ];
}

/**
 * Share of the time that goes when n executions become one: (n − 1)/n if the one takes as long as
 * each did, (n − 2)/n if twice as long. The rows still have to be found and sent: a third of the
 * time is taken as the most they can ask for.
 */
function savedShare(perRequest: number): { low: number; mid: number; high: number } {
  const high = 1 - 1 / perRequest;
  return { low: Math.max(0, high - 1 / 3), mid: Math.max(0, 1 - 2 / perRequest), high };
}
