import type { CodeFrame } from '@amdahl/agent/protocol';
import type { Deadlock, DeadlockedProcess } from '../../artifacts/locks.ts';
import { keyColumnOf, tablesLockedBy } from '../../locks/locking-statement.ts';
import {
  firstLockOf,
  textOf,
  transactionsWith,
  type TracedTransaction,
} from '../../locks/traced-transaction.ts';
import { boundedGain } from '../../predict/amdahl.ts';
import { fingerprint } from '../../sql/parser.ts';
import { counted, listed, shortened } from '../../wording.ts';
import { defineAudit, type Audit } from '../audit.ts';
import type { Detail } from '../detail.ts';
import type { Finding, Remedy, RouteGain } from '../finding.ts';
import { findingId } from '../finding-id.ts';
import { lockEvidence, placeOf, useOf, waitRoute, type LockEvidence } from './lock-evidence.ts';
import { deadlockGraph } from './lock-graph.ts';
import { codeDetail, impactsOf } from './statement-finding.ts';

/**
 * PostgreSQL looks for a circle only after a wait of deadlock_timeout, by default a second: that is
 * what each transaction of it loses at least.
 */
const deadlockTimeoutMs = 1_000;

export const deadlock: Audit = defineAudit({
  id: 'deadlock',
  step: 'queries',
  title: 'Transactions that wait for each other in a circle',
  description:
    'Two transactions take the same locks in different orders, and each waits for what the other ' +
    'has. After a second the server ends one of them, whose request fails.',
  needs: ['agent', 'load', 'locks'],
  audit: ({ agent, load, locks }) => findDeadlocks(lockEvidence(agent, load, locks)),
});

/** A finding for each circle of statements, however often it closed. */
export function findDeadlocks(evidence: LockEvidence): readonly Finding[] {
  const seen = evidence.locks.events.filter((event) => event.kind === 'deadlock');
  const groups = groupsOf(seen);
  const total = evidence.locks.deadlocks ?? 0;
  if (groups.length === 0 && total > 0) return [uncaught(total, evidence)];
  // What the server counted and nothing showed belongs to the circles that were shown.
  const times = Math.max(1, total / Math.max(1, seen.length));
  return groups.map((group) => toFinding(group, group.length * times, evidence));
}

/**
 * Circles of the same statements. One with others besides has the same cause: sessions that stand in
 * line between the two that cross each other are part of the circle too.
 */
function groupsOf(seen: readonly Deadlock[]): readonly (readonly Deadlock[])[] {
  const groups: { readonly shapes: ReadonlySet<string>; readonly deadlocks: Deadlock[] }[] = [];
  const withShapes = seen.map((deadlock) => ({
    shapes: new Set(deadlock.processes.map(({ statement }) => fingerprint(statement))),
    deadlocks: [deadlock],
  }));
  for (const each of withShapes.toSorted((a, b) => a.shapes.size - b.shapes.size)) {
    const known = groups.find(({ shapes }) => [...shapes].every((shape) => each.shapes.has(shape)));
    if (known === undefined) groups.push(each);
    else known.deadlocks.push(...each.deadlocks);
  }
  return groups.map(({ deadlocks }) =>
    deadlocks.toSorted((a, b) => a.processes.length - b.processes.length),
  );
}

function toFinding(group: readonly Deadlock[], times: number, evidence: LockEvidence): Finding {
  const [first] = group as [Deadlock, ...Deadlock[]];
  const { processes } = first;
  const uses = processes.map(({ statement }) => useOf(statement, evidence.uses));
  const steps = processes.map((process) => lockSteps(process, evidence.transactions));
  const where = uses.find((use) => use?.callSite != null)?.callSite ?? null;
  const tables = [...new Set(processes.flatMap(({ statement }) => tablesLockedBy(statement)))];
  const alike = new Set(processes.map(({ statement }) => fingerprint(statement))).size === 1;
  const gains = gainsOf(first, times, evidence);
  const sites = new Map<string, CodeFrame>();
  for (const site of [
    ...steps.flat().map(({ callSite }) => callSite),
    ...uses.map((use) => use?.callSite),
  ]) {
    if (site != null) sites.set(placeOf(site), site);
  }
  return {
    id: findingId(
      'deadlock',
      ...new Set(processes.map(({ statement }) => fingerprint(statement)).sort()),
    ),
    audit: 'deadlock',
    step: 'queries',
    title: `${counted(Math.round(times), 'deadlock')} between ${alike ? `executions of "${shortened(processes[0]?.statement ?? '', 60)}"` : listed(processes.map(({ statement }) => `"${shortened(statement, 40)}"`))}`,
    where,
    routes: impactsOf(gains),
    evidence: [
      deadlockGraph(first, (index) => notesOf(steps[index] ?? []), evidence),
      ...processes
        .filter(
          ({ statement }, index) =>
            processes.findIndex((other) => other.statement === statement) === index,
        )
        .map(({ statement }, index): Detail => ({
          kind: 'statement',
          title: index === 0 ? 'One waits here' : 'Another waits here',
          sql: statement,
        })),
      ...[...sites.values()].slice(0, 4).flatMap(codeDetail),
    ],
    remedy: remedyOf(
      alike,
      tables,
      processes.map(({ statement }) => statement),
      steps,
    ),
    prediction: {
      method: 'deadlock-timeout',
      explanation: `${counted(Math.round(times), 'deadlock')} ${first.source === 'log' ? 'in the log' : 'seen in samples'}. In each, ${processes.length} transactions waited at least deadlock_timeout, by default 1 s, and one of them failed. With one order of locks there is none.`,
      gains,
    },
  };
}

/** The statements that took locks before the one that waited, in order. */
interface LockStep {
  readonly statement: string;
  readonly callSite: CodeFrame | null;
}

function lockSteps(
  { statement }: DeadlockedProcess,
  transactions: readonly TracedTransaction[],
): readonly LockStep[] {
  const [transaction] = transactionsWith(statement, transactions);
  if (transaction === undefined) return [];
  const tables = [
    ...new Set(transaction.statements.flatMap((span) => tablesLockedBy(textOf(span)))),
  ];
  const lock = firstLockOf(transaction, statement, tables, false);
  if (lock === null) return [];
  const shape = fingerprint(statement);
  const last = transaction.statements.findLast((span) => fingerprint(textOf(span)) === shape);
  return [lock, ...(last === undefined || last === lock ? [] : [last])].map(
    ({ name, callSite }) => ({
      statement: name,
      callSite,
    }),
  );
}

function notesOf(steps: readonly LockStep[]): readonly string[] {
  const [lock] = steps;
  if (steps.length < 2 || lock === undefined) return [];
  const place = lock.callSite === null ? '' : ` in ${placeOf(lock.callSite)}`;
  return [`before it, ran ${shortened(lock.statement, 80)}${place}`];
}

/** What requests lose: each deadlock is a wait of a second for every transaction in it. */
function gainsOf(
  { processes }: Deadlock,
  times: number,
  { uses, logAlone }: LockEvidence,
): readonly RouteGain[] {
  if (logAlone) {
    const [first] = processes;
    return [gainOf(waitRoute(first?.statement ?? ''), deadlockTimeoutMs, deadlockTimeoutMs)];
  }
  const byUse = Map.groupBy(processes, ({ statement }) => useOf(statement, uses));
  return [...byUse].flatMap(([use, group]) => {
    const route = use?.routes[0];
    if (route === undefined) return [];
    const requests = Math.max(1, route.measured.count);
    const lostMs = (times * group.length * deadlockTimeoutMs) / requests;
    return [gainOf(route.measured.route, route.beforeMs, lostMs)];
  });
}

/** The one that was ended fails at once when there is no circle; the other may still have to wait. */
function gainOf(route: string, beforeMs: number, lostMs: number): RouteGain {
  return boundedGain(route, beforeMs, lostMs, { low: lostMs / 2, mid: lostMs, high: lostMs });
}

/** Takes the locks of all tables in one order, by their names, and rows in that of their key. */
function lockingSql(statements: readonly string[]): string {
  const keys = new Map<string, string>();
  for (const statement of statements) {
    for (const table of tablesLockedBy(statement)) {
      if (!keys.has(table)) keys.set(table, keyColumnOf(statement) ?? 'id');
    }
  }
  return [...keys]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([table, key], index) =>
        `SELECT FROM ${table} WHERE ${key} = ANY($${index + 1}) ORDER BY ${key} FOR UPDATE;`,
    )
    .join('\n');
}

function remedyOf(
  alike: boolean,
  tables: readonly string[],
  statements: readonly string[],
  steps: readonly (readonly LockStep[])[],
): Remedy {
  const orders = steps
    .filter((each) => each.length > 1)
    .map((each) => each.map(({ statement }) => `\`${shortened(statement, 60)}\``).join(', then '));
  return {
    title: 'Take locks in one order',
    risk: 'medium',
    actions: [
      ...(orders.length > 0 && !alike
        ? [
            `Now the order is ${listed([...new Set(orders)])}: choose one, such as by table name, and keep to it in all of them.`,
          ]
        : []),
      alike || tables.length < 2
        ? 'Lock all rows a transaction will change before the first change, in the order of their key; or sort what it loops over by that key.'
        : `Lock the rows of ${listed(tables)} in the same order in every transaction.`,
      'Keep a retry for what remains: on SQLSTATE 40P01 run the whole transaction again.',
    ],
    change:
      tables.length === 0
        ? null
        : {
            kind: 'statement',
            title: 'Before the first change, in every such transaction',
            sql: lockingSql(statements),
          },
    rollback: 'Take the locking statement out again.',
  };
}

/** The server counts deadlocks whether or not anybody reads its log; a failed request may tell of one. */
function uncaught(times: number, { transactions }: LockEvidence): Finding {
  const failed = transactions
    .flatMap(({ statements }) => statements)
    .find((span) => span.error?.includes('deadlock detected') === true);
  const where = failed?.callSite ?? null;
  return {
    id: findingId('deadlock', 'counted'),
    audit: 'deadlock',
    step: 'queries',
    title: `${counted(times, 'deadlock')} during the load; the server's log says between which statements`,
    where,
    routes: [],
    evidence: [
      { kind: 'number', label: 'Deadlocks', value: times, unit: 'count' },
      ...(failed === undefined
        ? []
        : [{ kind: 'statement' as const, title: 'One of them ended here', sql: textOf(failed) }]),
      ...codeDetail(where),
    ],
    remedy: {
      title: "Read the server's log",
      risk: 'low',
      actions: [
        'Look there for "deadlock detected": its detail names the statements.',
        'Or run again with --db-log and the path of that file, where it is on this machine.',
      ],
      change: null,
      rollback: 'Nothing is changed.',
    },
    prediction: {
      method: 'deadlock-timeout',
      explanation: `pg_stat_database counted ${counted(times, 'deadlock')} between the beginning and the end of the load.`,
      gains: [],
    },
  };
}
