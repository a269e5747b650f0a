import { formatMs } from '@amdahl/metrics';
import type { LockWait } from '../../artifacts/locks.ts';
import { isDataStatement } from '../../locks/locking-statement.ts';
import { fingerprint } from '../../sql/parser.ts';
import { counted, shortened } from '../../wording.ts';
import { defineAudit, type Audit } from '../audit.ts';
import type { Finding, Remedy } from '../finding.ts';
import { findingId } from '../finding-id.ts';
import {
  holdingOf,
  idleClause,
  lockEvidence,
  placeOf,
  timeoutDetails,
  useOf,
  type Holding,
  type IdleTime,
  type LockEvidence,
} from './lock-evidence.ts';
import { lockGraph } from './lock-graph.ts';
import { isTableWait } from './schema-lock-queue.ts';
import {
  codeDetail,
  gainOf,
  impactsOf,
  isWorthIt,
  routesTable,
  statementDetail,
} from './statement-finding.ts';
import { sum, type StatementUse } from './statement-use.ts';

/** Fewer sightings are chance: at ten samples a second this is half a second of waiting. */
const leastSamples = 5;
/** Waits of a log are longer than deadlock_timeout, by default a second, each: three are no chance. */
const leastLogged = 3;
/** Sessions in line for one row at once from which the row is hot: one holds it, three want it. */
const leastInLine = 3;

export const lockContention: Audit = defineAudit({
  id: 'lock-contention',
  step: 'queries',
  title: 'Statements that wait for each other',
  description:
    'A transaction holds a lock while it does something slow, and everyone who wants the same row ' +
    'stands in line. More load makes the line longer, not the throughput higher.',
  needs: ['agent', 'load', 'locks'],
  audit: ({ agent, load, locks }) => findContention(lockEvidence(agent, load, locks)),
});

/** Waiting that is worth a change, a finding for each statement that waits. */
export function findContention(evidence: LockEvidence): readonly Finding[] {
  return contended(evidence).map(({ finding }) => finding);
}

/** The statements whose sessions are in the way of a finding: what they do is said there. */
export function blockingStatements(evidence: LockEvidence): readonly string[] {
  return contended(evidence).flatMap(({ waits }) => waits.map((wait) => wait.blockingStatement));
}

interface Contended {
  readonly waits: readonly LockWait[];
  readonly finding: Finding;
}

function contended(evidence: LockEvidence): readonly Contended[] {
  const waits = evidence.waits.filter((wait) => isContention(wait, evidence));
  const groups = Map.groupBy(waits, (wait) => fingerprint(wait.waitingStatement));
  return [...groups.values()].flatMap((group) => {
    const finding = toFinding(group, evidence);
    return finding === null ? [] : [{ waits: group, finding }];
  });
}

/**
 * Not those behind a change of a table or in a deadlock, which have causes of their own; and, of a
 * log alone, not those for an advisory lock: processes that stand by to become the leader wait for it
 * for ever, and nothing there tells them from requests.
 */
function isContention(wait: LockWait, { logAlone }: LockEvidence): boolean {
  if (isTableWait(wait) || wait.blockingState === 'waits') return false;
  return !(logAlone && wait.object.kind === 'advisory');
}

function toFinding(waits: readonly LockWait[], evidence: LockEvidence): Finding | null {
  const { uses, sampled } = evidence;
  const samples = sum(waits, (wait) => wait.samples);
  const [main] = waits.toSorted((a, b) => b.waitedMs - a.waitedMs);
  const waiting = main === undefined ? null : useOf(main.waitingStatement, uses);
  if (main === undefined || waiting === null) return null;
  if (samples < (sampled ? leastSamples : leastLogged)) return null;
  const waitedMs = sum(waits, (wait) => wait.waitedMs);
  const tookMs = waiting.meanMs * waiting.count;
  // Sampled waits cannot be more than what the statement took.
  const share = tookMs > 0 ? Math.min(1, waitedMs / tookMs) : 0;
  const gains = waiting.routes.map((route) =>
    gainOf(route, { low: share * 0.3, mid: share * 0.7, high: share }),
  );
  if (!isWorthIt(gains)) return null;
  const holding = holdingOf(main.blockingStatement, main, evidence);
  const idle = idleTimes(waits, evidence);
  const lockSite = holding?.firstLock?.callSite ?? null;
  const blocking = useOf(main.blockingStatement, uses);
  const where = lockSite ?? waiting.callSite ?? blocking?.callSite ?? null;
  const cause = causeOf(waits);
  const sites = [where, waiting.callSite, blocking?.callSite, idle[0]?.callSite];
  const places = new Map(sites.flatMap((site) => (site == null ? [] : [[placeOf(site), site]])));
  return {
    id: findingId('lock-contention', waiting.text),
    audit: 'lock-contention',
    step: 'queries',
    title: titleOf(waiting, waits, main, cause),
    where,
    routes: impactsOf(gains),
    evidence: [
      lockGraph(waits, evidence),
      ...timeoutDetails([main.waitingStatement], evidence),
      statementDetail(waiting, 'Waits'),
      ...(main.blockingStatement === ''
        ? []
        : [
            {
              kind: 'statement' as const,
              title: blockingTitle(main),
              sql: main.blockingStatement,
            },
          ]),
      ...idleDetails(idle),
      ...[...places.values()].flatMap(codeDetail),
      ...transactionTrace(holding),
      waitsTable(waits),
      ...(evidence.logAlone ? [] : routesTable(waiting)),
    ],
    remedy: remedyOf(cause, main, waiting, idle),
    prediction: {
      method: sampled ? 'lock-samples' : 'lock-log',
      explanation:
        (sampled
          ? `Sessions were seen waiting ${counted(samples, 'time')} in samples taken every ${formatMs(evidence.locks.intervalMs)}, together ${formatMs(waitedMs)} of the ${formatMs(tookMs)} that the statement took. `
          : `The log tells of ${counted(samples, 'wait')} of more than deadlock_timeout, together ${formatMs(waitedMs)}; shorter ones it leaves out. `) +
        'How much of the line remains depends on how short the transaction becomes: 30 to 100 % of the wait goes.',
      gains,
    },
  };
}

/** Why the line is there: what the one at its head does while it holds the lock. */
type Cause = 'idle' | 'hot-row' | 'work' | 'prepared' | 'unknown';

function causeOf(waits: readonly LockWait[]): Cause {
  const timeOf = (isMeant: (wait: LockWait) => boolean): number =>
    sum(waits.filter(isMeant), (wait) => wait.waitedMs);
  const halfMs = timeOf(() => true) / 2;
  if (timeOf(({ blocker }) => blocker === 'prepared-transaction') > halfMs) return 'prepared';
  if (timeOf(({ blockingState }) => blockingState.startsWith('idle in transaction')) > halfMs) {
    return 'idle';
  }
  if (timeOf(({ blockingState }) => blockingState === '') > halfMs) return 'unknown';
  const inLine = Math.max(...waits.map(({ mostAtOnce }) => mostAtOnce));
  const rows = Math.max(...waits.map(({ mostRows }) => mostRows));
  return rows === 1 && inLine >= leastInLine ? 'hot-row' : 'work';
}

function titleOf(
  waiting: StatementUse,
  waits: readonly LockWait[],
  main: LockWait,
  cause: Cause,
): string {
  const what = `"${shortened(waiting.text, 60)}" waits for`;
  const longest = formatMs(Math.max(...waits.map((wait) => wait.longestWaitMs)));
  const inLine = Math.max(...waits.map(({ mostAtOnce }) => mostAtOnce));
  switch (cause) {
    case 'idle':
      return `${what} locks, up to ${longest}, while a transaction does something else`;
    case 'hot-row':
      return `${what} one row${main.object.relation === null ? '' : ` of ${main.object.relation}`}, up to ${longest}, with ${inLine} sessions in line`;
    case 'prepared':
      return `${what} a prepared transaction that nobody ends, up to ${longest}`;
    case 'work':
      return `${what} locks, up to ${longest}, while a transaction is at work`;
    default:
      return `${what} locks, up to ${longest}`;
  }
}

function blockingTitle({ blockingState, blocker }: LockWait): string {
  if (blocker === 'prepared-transaction') return 'Holds the lock';
  if (blockingState === '') return 'Ran in the transaction it waits for';
  return blockingState.startsWith('idle in transaction')
    ? 'Ran last in the transaction it waits for'
    : 'Runs in the transaction it waits for';
}

/** What the app was at while somebody waited, each call once, the longest first. */
function idleTimes(waits: readonly LockWait[], evidence: LockEvidence): readonly IdleTime[] {
  const seen = new Map(waits.map((wait) => [wait.blockingStatement, wait]));
  const times = [...seen.values()]
    .filter(({ blockingState }) => blockingState.startsWith('idle in transaction'))
    .flatMap((wait) => holdingOf(wait.blockingStatement, wait, evidence)?.idle ?? [])
    .sort((a, b) => b.longestMs - a.longestMs);
  return [...Map.groupBy(times, ({ call }) => call).values()].flatMap(([longest]) => longest ?? []);
}

function idleDetails(idle: readonly IdleTime[]): readonly Finding['evidence'][number][] {
  if (idle.length === 0) return [];
  const clauses = idle.slice(0, 2).map(idleClause);
  return [{ kind: 'text', text: `Holding the lock, the app ${clauses.join('; it ')}.` }];
}

/** The request whose transaction holds the lock, with the statements of that transaction marked. */
function transactionTrace(holding: Holding | null): readonly Finding['evidence'][number][] {
  if (holding === null) return [];
  const { trace, statements } = holding.transaction;
  return [
    {
      kind: 'trace',
      title: `${trace.route} in ${formatMs(trace.durationUs / 1_000)}, its transaction marked`,
      durationUs: trace.durationUs,
      spans: trace.spans,
      highlighted: statements.map((span) => span.id),
    },
  ];
}

function remedyOf(
  cause: Cause,
  main: LockWait,
  waiting: StatementUse,
  idle: readonly IdleTime[],
): Remedy {
  const order =
    'Take locks in the same order everywhere, and set lock_timeout so that a line cannot grow without end.';
  if (cause === 'prepared') {
    return {
      title: 'End the prepared transaction',
      risk: 'high',
      actions: [
        `Ask the transaction manager what became of it, then COMMIT PREPARED or ROLLBACK PREPARED; pg_prepared_xacts lists it: \`${shortened(main.blockingStatement, 120)}\`.`,
        'Let the transaction manager recover after each restart, and watch pg_prepared_xacts for transactions older than a minute.',
        'Set max_prepared_transactions to 0 where nothing needs two-phase commit.',
      ],
      change: null,
      rollback: 'A transaction that was committed or rolled back stays so.',
    };
  }
  if (cause === 'hot-row') {
    const picks = /\bFOR\s+(NO\s+KEY\s+)?UPDATE\b/i.test(waiting.exampleText);
    return {
      title: 'Let requests not all want the same row',
      risk: 'high',
      actions: [
        ...(picks && isDataStatement(waiting.exampleText)
          ? [
              'Where any free row will do, as in a queue of jobs, take one nobody holds: SELECT … FOR UPDATE SKIP LOCKED LIMIT 1.',
            ]
          : []),
        'Where the row is a counter or a total, insert a row for each change and add them up when reading, or keep the count in several rows and sum those.',
        'Where it must be one row, change it last, just before COMMIT, and collect changes: one UPDATE for many requests.',
      ],
      change: null,
      rollback: 'Go back to the one row, filled from the sum of the others.',
    };
  }
  const calls = idle
    .filter(({ call }) => call !== null)
    .slice(0, 2)
    .map(idleClause);
  return {
    title: 'Hold the lock for as short as it takes',
    risk: 'medium',
    actions: [
      cause === 'idle'
        ? calls.length === 0
          ? 'Between its statements the transaction waits for something outside the database (a call, a mail, computing): do that before it begins or after it commits.'
          : `Between its statements the transaction ${calls.join(' and ')}: do that before it begins or after it commits.`
        : 'Make the transaction’s own statements fast first: whatever they lack, everyone in line lacks too.',
      'Put the statement that takes the contended lock last, just before COMMIT.',
      'Replace SELECT … FOR UPDATE with one conditional UPDATE (SET stock = stock - $1 WHERE id = $2 AND stock >= $1) where that is all it guards.',
      order,
    ],
    change: null,
    rollback: 'Put the work back into the transaction.',
  };
}

function waitsTable(waits: readonly LockWait[]): Finding['evidence'][number] {
  return {
    kind: 'table',
    title: 'Who it waits for',
    columns: [
      { label: 'Blocking statement', unit: 'none' },
      { label: 'Its session', unit: 'none' },
      { label: 'Waited', unit: 'ms' },
      { label: 'Longest', unit: 'ms' },
      { label: 'At once', unit: 'count' },
    ],
    rows: [
      ...Map.groupBy(waits, ({ blockingStatement, blockingState }) =>
        JSON.stringify([fingerprint(blockingStatement), blockingState]),
      ).values(),
    ].map((group) => [
      shortened(group[0]?.blockingStatement ?? '', 100) || null,
      (group[0]?.blockingState ?? '') || null,
      sum(group, (wait) => wait.waitedMs),
      Math.max(...group.map((wait) => wait.longestWaitMs)),
      Math.max(...group.map((wait) => wait.mostAtOnce)),
    ]),
  };
}
