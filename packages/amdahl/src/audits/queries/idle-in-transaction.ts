import { formatMs } from '@amdahl/metrics';
import type { IdleTransaction } from '../../artifacts/locks.ts';
import { skipsLocked, takesAdvisoryLock } from '../../locks/locking-statement.ts';
import { fingerprint } from '../../sql/parser.ts';
import { shortened } from '../../wording.ts';
import { defineAudit, type Audit } from '../audit.ts';
import type { Finding } from '../finding.ts';
import { findingId } from '../finding-id.ts';
import { holdingOf, idleClause, lockEvidence, useOf, type LockEvidence } from './lock-evidence.ts';
import { blockingStatements } from './lock-contention.ts';
import { codeDetail } from './statement-finding.ts';
import { sum } from './statement-use.ts';

/**
 * PostgreSQL's own measure of a wait that somebody should look at is deadlock_timeout, by default a
 * second: what is idle for longer in a transaction can make anyone wait for as long.
 */
const leastIdleMs = 1_000;

export const idleInTransaction: Audit = defineAudit({
  id: 'idle-in-transaction',
  step: 'queries',
  title: 'Transactions left open while nothing runs in them',
  description:
    'A transaction stays open while the app computes or waits for something else. It keeps a ' +
    'connection, every lock it took, and the rows that vacuum would otherwise clear away.',
  needs: ['agent', 'load', 'locks'],
  audit: ({ agent, load, locks }) => findIdle(lockEvidence(agent, load, locks)),
});

/**
 * Those whose sessions nobody was found waiting for; the others are part of what holds those up.
 * Workers that took what others skip, and holders of an advisory lock, mean to keep it for as long
 * as they work.
 */
function findIdle(evidence: LockEvidence): readonly Finding[] {
  const reported = new Set(blockingStatements(evidence).map(fingerprint));
  const idle = evidence.locks.idleInTransaction.filter(
    ({ statement, longestMs }) =>
      longestMs >= leastIdleMs &&
      !reported.has(fingerprint(statement)) &&
      !skipsLocked(statement) &&
      !takesAdvisoryLock(statement),
  );
  const groups = Map.groupBy(idle, ({ statement }) => fingerprint(statement));
  return [...groups.values()].map((group) => toFinding(group, evidence));
}

function toFinding(group: readonly IdleTransaction[], evidence: LockEvidence): Finding {
  const [longest] = group.toSorted((a, b) => b.longestMs - a.longestMs) as [
    IdleTransaction,
    ...IdleTransaction[],
  ];
  const use = useOf(longest.statement, evidence.uses);
  const holding = holdingOf(longest.statement, null, evidence);
  const [doing] = holding?.idle ?? [];
  const where = doing?.callSite ?? use?.callSite ?? null;
  const isAborted = group.every(({ state }) => state.endsWith('(aborted)'));
  const after = longest.statement === '' ? '' : ` after "${shortened(longest.statement, 60)}"`;
  return {
    id: findingId('idle-in-transaction', fingerprint(longest.statement)),
    audit: 'idle-in-transaction',
    step: 'queries',
    title: `A transaction ${isAborted ? 'that failed ' : ''}stays open and idle for up to ${formatMs(longest.longestMs)}${after}`,
    where,
    routes: (use?.routes ?? []).map(({ measured }) => ({ route: measured.route, share: 0 })),
    evidence: [
      {
        kind: 'number',
        label: 'Longest without a statement',
        value: longest.longestMs,
        unit: 'ms',
      },
      {
        kind: 'number',
        label: 'Oldest such transaction',
        value: Math.max(...group.map(({ longestTransactionMs }) => longestTransactionMs)),
        unit: 'ms',
      },
      {
        kind: 'number',
        label: 'Sightings',
        value: sum(group, ({ samples }) => samples),
        unit: 'count',
      },
      ...(doing === undefined
        ? []
        : [{ kind: 'text' as const, text: `Meanwhile the app ${idleClause(doing)}.` }]),
      ...(longest.statement === ''
        ? []
        : [
            {
              kind: 'statement' as const,
              title: 'Ran last in it',
              sql: longest.statement,
            },
          ]),
      ...codeDetail(where),
      ...(holding === null
        ? []
        : [
            {
              kind: 'trace' as const,
              title: `${holding.transaction.trace.route}, its transaction marked`,
              durationUs: holding.transaction.trace.durationUs,
              spans: holding.transaction.trace.spans,
              highlighted: holding.transaction.statements.map(({ id }) => id),
            },
          ]),
    ],
    remedy: {
      title: 'End the transaction before doing anything else',
      risk: 'medium',
      actions: [
        doing?.call == null
          ? 'Do what is no statement before BEGIN or after COMMIT.'
          : `Move the call out of the transaction: it ${idleClause(doing)}.`,
        'See that every way out of the code ends the transaction, errors too, before the connection goes back to the pool.',
        'As a net, let the server end what is forgotten: idle_in_transaction_session_timeout, set for the app’s role.',
      ],
      change: {
        kind: 'statement',
        title: 'A net below',
        sql: "ALTER ROLE CURRENT_USER SET idle_in_transaction_session_timeout = '10s';",
      },
      rollback: 'ALTER ROLE CURRENT_USER RESET idle_in_transaction_session_timeout.',
    },
    prediction: {
      method: 'lock-samples',
      explanation:
        'Nobody was seen waiting for it, so no time can be promised: it is what waits, pool and vacuum may suffer from next.',
      gains: [],
    },
  };
}
