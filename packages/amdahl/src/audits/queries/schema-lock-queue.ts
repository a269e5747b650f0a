import { formatMs } from '@amdahl/metrics';
import type { LockWait } from '../../artifacts/locks.ts';
import { isDataStatement } from '../../locks/locking-statement.ts';
import { objectName } from '../../locks/locked-object.ts';
import { fingerprint } from '../../sql/parser.ts';
import { counted, shortened } from '../../wording.ts';
import { defineAudit, type Audit } from '../audit.ts';
import type { Finding, Remedy } from '../finding.ts';
import { findingId } from '../finding-id.ts';
import { lockEvidence, timeoutDetails, useOf, type LockEvidence } from './lock-evidence.ts';
import { atOnceText, lockGraph } from './lock-graph.ts';
import { addGains, gainOf, impactsOf, isWorthIt } from './statement-finding.ts';
import { sum } from './statement-use.ts';

/** Fewer sightings are chance. A change of a table is rare, and one second of it stops everyone. */
const leastSamples = 5;

/** What reading and changing rows takes of a table; these conflict only with stronger locks. */
const dataModes: ReadonlySet<string> = new Set([
  'AccessShareLock',
  'RowShareLock',
  'RowExclusiveLock',
]);

export const schemaLockQueue: Audit = defineAudit({
  id: 'schema-lock-queue',
  step: 'queries',
  title: 'Requests in line behind a change of a table',
  description:
    'A statement such as ALTER TABLE wants the whole table for itself. It waits for the oldest ' +
    'transaction that uses the table, and everyone who comes later waits behind it.',
  needs: ['agent', 'load', 'locks'],
  audit: ({ agent, load, locks }) => findSchemaLocks(lockEvidence(agent, load, locks)),
});

/** Whether a wait is for a table as a whole by a statement that reads or changes its rows. */
export function isTableWait({ object, mode, waitingStatement }: LockWait): boolean {
  if (object.kind !== 'relation') return false;
  return dataModes.has(mode) || !isDataStatement(waitingStatement);
}

/** A finding for each statement that holds up a table. */
export function findSchemaLocks(evidence: LockEvidence): readonly Finding[] {
  const held = evidence.waits.filter((wait) => isTableWait(wait) && dataModes.has(wait.mode));
  const groups = Map.groupBy(held, (wait) => fingerprint(strongStatement(wait)));
  return [...groups.values()].flatMap((waits) => toFinding(waits, evidence));
}

/** The statement that wants or has the table for itself: the nearest in line that is not about rows. */
function strongStatement({ through, blockingStatement }: LockWait): string {
  return (
    [...through, blockingStatement].find((text) => text !== '' && !isDataStatement(text)) ??
    blockingStatement
  );
}

function toFinding(waits: readonly LockWait[], evidence: LockEvidence): readonly Finding[] {
  const [main] = waits.toSorted((a, b) => b.waitedMs - a.waitedMs);
  const samples = sum(waits, (wait) => wait.samples);
  if (main === undefined || samples < (evidence.sampled ? leastSamples : 1)) return [];
  const byStatement = Map.groupBy(waits, (wait) => fingerprint(wait.waitingStatement));
  const gains = addGains(
    [...byStatement.values()].flatMap((group) => {
      const use = useOf(group[0]?.waitingStatement ?? '', evidence.uses);
      if (use === null) return [];
      const waitedMs = sum(group, (wait) => wait.waitedMs);
      const share = Math.min(1, waitedMs / Math.max(waitedMs / 1_000, use.meanMs * use.count));
      // A change that gives up and tries again lets those behind it through, but for its timeout.
      return use.routes.map((route) =>
        gainOf(route, { low: share * 0.5, mid: share * 0.8, high: share }),
      );
    }),
  );
  if (!isWorthIt(gains)) return [];
  const strong = strongStatement(main);
  const isWaiting = main.through.includes(strong);
  const own = evidence.waits.filter(
    (wait) => fingerprint(wait.waitingStatement) === fingerprint(strong),
  );
  const longest = Math.max(...waits.map((wait) => wait.longestWaitMs));
  const name = strong === '' ? 'A lock on a whole table' : `"${shortened(strong, 60)}"`;
  const table = objectName(main.object);
  return [
    {
      id: findingId('schema-lock-queue', fingerprint(strong)),
      audit: 'schema-lock-queue',
      step: 'queries',
      title:
        `${name} ${isWaiting ? 'waits for its turn and' : ''} holds up all who want ${table}, up to ${formatMs(longest)}`.replace(
          '  ',
          ' ',
        ),
      where: useOf(strong, evidence.uses)?.callSite ?? null,
      routes: impactsOf(gains),
      evidence: [
        lockGraph([...waits, ...own], evidence),
        ...timeoutDetails([strong, ...waits.map((wait) => wait.waitingStatement)], evidence),
        {
          kind: 'text',
          text: `${atOnceText(waits)} stood in line at once, with ${counted(byStatement.size, 'statement')}.`,
        },
        ...(strong === ''
          ? []
          : [{ kind: 'statement' as const, title: 'Wants the table for itself', sql: strong }]),
        ...(isWaiting && main.blockingStatement !== ''
          ? [
              {
                kind: 'statement' as const,
                title: `Is in its way (${main.blockingState || main.blocker})`,
                sql: main.blockingStatement,
              },
            ]
          : []),
      ],
      remedy: remedyOf(strong, isWaiting),
      prediction: {
        method: evidence.sampled ? 'lock-samples' : 'lock-log',
        explanation: `Those in line waited ${formatMs(sum(waits, (wait) => wait.waitedMs))} together. A change that gives up after a second and tries again lets them pass: 50 to 100 % of the wait goes.`,
        gains,
      },
    },
  ];
}

function remedyOf(strong: string, isWaiting: boolean): Remedy {
  const createsIndex = /^\s*CREATE\s+(UNIQUE\s+)?INDEX\s+(?!CONCURRENTLY)/i.test(strong);
  return {
    title: createsIndex
      ? 'Build the index without stopping the table'
      : 'Let the change give up quickly and try again',
    risk: 'low',
    actions: [
      ...(createsIndex
        ? ['Use CREATE INDEX CONCURRENTLY, outside a transaction: rows can be changed meanwhile.']
        : []),
      // A second is also what squawk's rule require-timeout-settings asks of migrations.
      'Set lock_timeout to a second for migrations, and run the statement again until it gets its turn.',
      ...(isWaiting
        ? ['End the long transaction in its way, or run the change when there is none.']
        : [
            'Split the change so that no step rewrites or checks the whole table: ADD COLUMN without a volatile default, ADD CONSTRAINT … NOT VALID and VALIDATE CONSTRAINT later.',
          ]),
    ],
    change:
      strong === ''
        ? null
        : {
            kind: 'statement',
            title: 'Again until it succeeds',
            sql: `SET lock_timeout = '1s';\n${createsIndex ? strong.replace(/INDEX\s+/i, 'INDEX CONCURRENTLY ') : strong};`.replace(
              /;;$/,
              ';',
            ),
          },
    rollback: 'RESET lock_timeout.',
  };
}
