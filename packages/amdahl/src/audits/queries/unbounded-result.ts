import type { Node } from 'libpg-query';
import type { PlanNode } from '../../artifacts/plans.ts';
import { boundedGain } from '../../predict/amdahl.ts';
import { isPlainSelect } from '../../sql/lint/from-clause.ts';
import { as, findAll } from '../../sql/ast.ts';
import { postgresqlFacts } from '../../sql/lint/postgresql-facts.ts';
import { parseStatement } from '../../sql/parser.ts';
import { formatBytes, formatCount, shortened } from '../../wording.ts';
import type { Finding, RouteGain } from '../finding.ts';
import { findingId, stableSite } from '../finding-id.ts';
import { pageRows } from './large-result.ts';
import { defineStatementAudit, type StatementAuditDefinition } from './statement-audit.ts';
import { codeDetail, impactsOf, isWorthIt, statementDetail } from './statement-finding.ts';
import type { StatementUse } from './statement-use.ts';
import { transferMs } from './transfer-cost.ts';

/**
 * Rows the planner must expect: ten pages. It is often wrong by a factor of ten (V. Leis and others,
 * "How good are query optimizers, really?", VLDB 2015), so that fewer may be a page in truth.
 */
const leastRows = 10 * pageRows;

export const unboundedResult: StatementAuditDefinition = defineStatementAudit({
  id: 'unbounded-result',
  title: 'Results that nothing bounds',
  description:
    'A statement without LIMIT, aggregate or key asks for all rows there are, and the planner ' +
    'expects thousands. Nobody counted them here; where rows were counted, large-result judges.',
  needs: ['plans'],
  find: (uses, { plans }) => {
    const byText = new Map(plans.plans.map(({ text, plan }) => [text, plan]));
    return uses.flatMap((use) => {
      const plan = byText.get(use.text) ?? null;
      return plan === null || use.rows > 0 || !isUnbounded(use) ? [] : toFinding(use, plan);
    });
  },
});

/** And by conditions the planner can estimate: of others it guesses a third or half of all rows. */
function isUnbounded(use: StatementUse): boolean {
  const select = as(parseStatement(use.exampleText).node, 'SelectStmt');
  if (select?.fromClause === undefined || select.limitCount !== undefined) return false;
  const { facts } = { facts: null, ...postgresqlFacts(use.exampleText) };
  const isGuessed = (facts?.wrapped.length ?? 0) > 0 || hasSubquery(select.whereClause);
  return !isGuessed && isPlainSelect(select);
}

function hasSubquery(condition: Node | undefined): boolean {
  return findAll([condition], 'SubLink').length > 0;
}

function toFinding(use: StatementUse, plan: PlanNode): readonly Finding[] {
  const rows = plan['Plan Rows'];
  if (rows < leastRows) return [];
  const bytes = rows * plan['Plan Width'];
  const beyond = 1 - pageRows / rows;
  const gains = use.routes.map(({ measured, beforeMs, heldMs, count }): RouteGain => {
    const executions = count / measured.count;
    const high = heldMs * beyond;
    const transfer = transferMs(rows * beyond * executions, bytes * beyond * executions);
    const low = Math.min(transfer.low, high);
    const mid = Math.min(transfer.mid, high);
    return boundedGain(measured.route, beforeMs, high, { low, mid, high });
  });
  if (!isWorthIt(gains)) return [];
  return [
    {
      id: findingId('unbounded-result', use.text, stableSite(use.callSite)),
      audit: 'unbounded-result',
      step: 'queries',
      title: `Nothing bounds the result of "${shortened(use.text, 60)}": about ${formatCount(rows)} rows`,
      where: use.callSite,
      routes: impactsOf(gains),
      evidence: [
        statementDetail(use),
        ...codeDetail(use.callSite),
        { kind: 'number', label: 'Rows the planner expects', value: rows, unit: 'count' },
        { kind: 'plan', title: 'Plan today', plan },
      ],
      remedy: {
        title: 'Ask for a page',
        risk: 'medium',
        actions: [
          'See how many rows are shown; order by a unique key and ask for that many with LIMIT.',
          'Where all rows are needed, as for an export, read them through a cursor and stream them.',
        ],
        change: null,
        rollback: 'Fetch all rows again.',
      },
      prediction: {
        method: 'page-size',
        explanation:
          `The planner expects ${formatCount(rows)} rows (${formatBytes(bytes)}); a page is ${pageRows}. What sending and ` +
          'parsing the others takes is saved; at best the time shrinks with the rows.',
        gains,
      },
    },
  ];
}
