import { formatMs } from '@amdahl/metrics';
import { kindOf } from '../../sql/statement-shape.ts';
import { parseStatement } from '../../sql/parser.ts';
import { formatBytes, formatCount } from '../../wording.ts';
import { defineStatementAudit, type StatementAuditDefinition } from './statement-audit.ts';
import type { Finding, RouteGain } from '../finding.ts';
import { findingId, stableSite } from '../finding-id.ts';
import { boundedGain } from '../../predict/amdahl.ts';
import {
  codeDetail,
  impactsOf,
  isWorthIt,
  quotedStatement,
  routesTable,
  subjectOf,
  statementDetail,
} from './statement-finding.ts';
import type { StatementRoute, StatementUse } from './statement-use.ts';
import { transferMs } from './transfer-cost.ts';

/** The longest page that widely used APIs hand out (GitHub, Stripe): nobody reads more at once. */
export const pageRows = 100;

export const largeResult: StatementAuditDefinition = defineStatementAudit({
  id: 'large-result',
  title: 'Results longer than a page',
  description:
    'A statement returns hundreds or thousands of rows to a request. They are found, sent, parsed ' +
    'and rendered whether anyone looks at them or not, and the more data there is the slower it gets. ' +
    'A page of them, or a stream, costs the same for ever.',
  needs: [],
  find: (uses) => uses.filter(isLarge).flatMap(toFinding),
});

function isLarge(use: StatementUse): boolean {
  const { node } = parseStatement(use.exampleText);
  return node !== null && kindOf(node) === 'select' && rowsOf(use) > pageRows;
}

function rowsOf(use: StatementUse): number {
  return use.count === 0 ? 0 : use.rows / use.count;
}

function toFinding(use: StatementUse): readonly Finding[] {
  const rows = rowsOf(use);
  const bytes = use.bytes / use.count;
  // Servers and logs count rows, not their bytes.
  const size = bytes === 0 ? '' : ` (${formatBytes(bytes)})`;
  const gains = use.routes.map((route) => gainFor(route, use));
  if (!isWorthIt(gains)) return [];
  return [
    {
      id: findingId('large-result', use.text, stableSite(use.callSite)),
      audit: 'large-result',
      step: 'queries',
      title: `${subjectOf(use)} fetches ${formatCount(rows)} rows ${use.isRoute ? 'at once' : `with ${quotedStatement(use.text)}`}`,
      where: use.callSite,
      routes: impactsOf(gains),
      evidence: [
        statementDetail(use),
        ...codeDetail(use.callSite),
        { kind: 'number', label: 'Rows per execution', value: rows, unit: 'count' },
        ...(bytes === 0
          ? []
          : [
              {
                kind: 'number',
                label: 'Bytes per execution',
                value: bytes,
                unit: 'bytes',
              } as const,
            ]),
        ...routesTable(use),
      ],
      remedy: {
        title: 'Fetch a page at a time',
        risk: 'medium',
        actions: [
          'Order by a unique key and ask for one page with LIMIT; the next starts after the last row’s key, not at an OFFSET.',
          'Where all rows are needed, as for an export, read them through a cursor and stream the reply.',
          'Where only a sum or a count of them is shown, let the database compute it.',
        ],
        change: null,
        rollback: 'Fetch all rows again.',
      },
      prediction: {
        method: 'page-size',
        explanation:
          `A page of ${pageRows} rows instead of ${formatCount(rows)}${size}. At best the time shrinks with ` +
          `the rows; at worst only sending and parsing them is saved, ${formatMs(transferMs(rows, bytes).low)} an execution. ` +
          `What rendering them costs the app comes on top.`,
        gains,
      },
    },
  ];
}

function gainFor(route: StatementRoute, use: StatementUse): RouteGain {
  const beyond = 1 - pageRows / rowsOf(use);
  const executions = route.count / route.measured.count;
  const transfer = transferMs(
    rowsOf(use) * beyond * executions,
    (use.bytes / use.count) * beyond * executions,
  );
  const high = route.heldMs * beyond;
  const low = Math.min(transfer.low, high);
  return boundedGain(route.measured.route, route.beforeMs, high, {
    low,
    mid: (low + high) / 2,
    high,
  });
}
