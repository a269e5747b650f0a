import type { CodeFrame } from '@amdahl/agent/protocol';
import { formatMs } from '@amdahl/metrics';
import type { AgentArtifact, LoadArtifact } from '../../artifacts/artifacts.ts';
import type {
  LockedObject,
  LockEvent,
  LocksArtifact,
  LockWait,
  LoggedWait,
} from '../../artifacts/locks.ts';
import {
  firstLockOf,
  idleGapsOf,
  transactionsOf,
  transactionsWith,
  type TracedTransaction,
} from '../../locks/traced-transaction.ts';
import { tablesLockedBy, tablesNamedBy } from '../../locks/locking-statement.ts';
import { fingerprint } from '../../sql/parser.ts';
import { usesOf } from '../../workload/statement-uses.ts';
import { shortened, shortPath } from '../../wording.ts';
import type { NumberDetail } from '../detail.ts';
import { statementUses, sum, type StatementUse } from './statement-use.ts';

/** `pg_stat_activity` cuts statements at `track_activity_query_size`, by default 1024 bytes. */
const leastCutLength = 1_023;

/** What audits of locks judge by: a run's samples joined to its agent, or a log alone. */
export interface LockEvidence {
  readonly waits: readonly LockWait[];
  readonly locks: LocksArtifact;
  /** Whether waits were sampled; else they are those of the log, each longer than deadlock_timeout. */
  readonly sampled: boolean;
  /** Whether a log is all there is: no app, no load, no requests. */
  readonly logAlone: boolean;
  readonly uses: readonly StatementUse[];
  /** Those of the kept traces, of all routes. */
  readonly transactions: readonly TracedTransaction[];
}

/** Of a run: what the server showed, joined to what the app sent. */
export function lockEvidence(
  agent: AgentArtifact,
  load: LoadArtifact,
  locks: LocksArtifact,
): LockEvidence {
  const sampled = locks.samples > 0;
  return {
    waits: (sampled ? locks.waits : waitsOf(locks.events)).map(withTable),
    locks,
    sampled,
    logAlone: false,
    uses: statementUses(agent, load),
    transactions: agent.processes.flatMap(({ traces }) => traces.flatMap(transactionsOf)),
  };
}

/**
 * Of a log alone. What waits is judged by its calls where a workload knows of them; else each waiting
 * statement is a route of its own, and each wait a request.
 *
 * @param known the workload's statements, as far as there is one
 */
export function logEvidence(
  events: readonly LockEvent[],
  known: readonly StatementUse[],
): LockEvidence {
  const waits = waitsOf(events).map(withTable);
  const unknown = waits.filter((wait) => useOf(wait.waitingStatement, known) === null);
  const byStatement = Map.groupBy(unknown, (wait) => fingerprint(wait.waitingStatement));
  return {
    waits,
    locks: {
      intervalMs: 0,
      samples: 0,
      waits: [],
      idleInTransaction: [],
      events,
      deadlocks: null,
      warnings: [],
    },
    sampled: false,
    logAlone: true,
    uses: [...known, ...[...byStatement.values()].map(useOfWaits)],
    transactions: [],
  };
}

function useOfWaits(waits: readonly LockWait[]): StatementUse {
  const calls = sum(waits, (wait) => wait.samples);
  const text = waits[0]?.waitingStatement ?? '';
  const [use] = usesOf({
    source: 'lock waits',
    unread: [],
    warnings: [],
    statements: [
      {
        text,
        exampleText: text,
        parameterLists: [],
        calls,
        meanMs: sum(waits, (wait) => wait.waitedMs) / calls,
        rows: null,
        origin: null,
        executedPlan: null,
      },
    ],
  }) as readonly [StatementUse];
  return {
    ...use,
    routes: use.routes.map((each) => ({
      ...each,
      measured: { ...each.measured, route: waitRoute(text) },
    })),
  };
}

/** The route that stands for waiting itself, which no call of the statement is counted for. */
export function waitRoute(statement: string): string {
  return `a wait with ${shortened(statement, 70)}`;
}

/** Whoever waits for another transaction while it locks rows of one table waits for a row there. */
function withTable(wait: LockWait): LockWait {
  return { ...wait, object: objectFor(wait.waitingStatement, wait.object) };
}

/** What a statement waits for, as far as its text tells more than the server does. */
export function objectFor(statement: string, object: LockedObject): LockedObject {
  if (object.kind !== 'transaction') return object;
  const [relation, ...others] = tablesLockedBy(statement);
  return relation === undefined || others.length > 0 ? object : { kind: 'row', relation };
}

/** The log's waits as if they had been sampled: one sighting each, for as long as it lasted. */
function waitsOf(events: readonly LockEvent[]): readonly LockWait[] {
  const logged = events.filter((event): event is LoggedWait => event.kind === 'wait');
  const groups = Map.groupBy(logged, ({ statement, mode, object, holders }) =>
    JSON.stringify([fingerprint(statement), mode, object, holders[0]?.statement ?? null]),
  );
  return [...groups.values()].map((group) => {
    const [first] = group as [LoggedWait, ...LoggedWait[]];
    return {
      waitingStatement: first.statement,
      mode: first.mode,
      object: first.object,
      blockingStatement: first.holders[0]?.statement ?? '',
      blockingState: '',
      blocker: 'client',
      through: [],
      samples: group.length,
      waitedMs: sum(group, ({ waitedMs }) => waitedMs),
      longestWaitMs: Math.max(...group.map(({ waitedMs }) => waitedMs)),
      longestTransactionMs: null,
      mostAtOnce: Math.max(...group.map(({ queue }) => queue.length + 1)),
      mostRows: 0,
      application: '',
      clientPorts: [],
    };
  });
}

/** How often a statement was given up because of lock_timeout; nothing when it never was. */
export function timeoutDetails(
  statements: readonly string[],
  { locks }: LockEvidence,
): readonly NumberDetail[] {
  const shapes = new Set(statements.map(fingerprint));
  const value = locks.events.filter(
    (event) => event.kind === 'timeout' && shapes.has(fingerprint(event.statement)),
  ).length;
  return value === 0
    ? []
    : [{ kind: 'number', label: 'Given up by lock_timeout', value, unit: 'count' }];
}

/** The captured statement that the server shows as this text. */
export function useOf(statement: string, uses: readonly StatementUse[]): StatementUse | null {
  const shown = statement.trim();
  if (shown === '') return null;
  const isCut = Buffer.byteLength(shown) >= leastCutLength;
  return (
    uses.find((use) => use.exampleText.trim() === shown) ??
    uses.find((use) =>
      isCut
        ? use.exampleText.trim().startsWith(shown)
        : fingerprint(use.exampleText) === fingerprint(shown),
    ) ??
    null
  );
}

/** What the app does in a transaction that holds a lock, as far as traces of its requests show. */
export interface Holding {
  readonly transaction: TracedTransaction;
  /** Takes the lock. */
  readonly firstLock: { readonly statement: string; readonly callSite: CodeFrame | null } | null;
  /** What it was at while idle, longest first. */
  readonly idle: readonly IdleTime[];
}

export interface IdleTime {
  /** `POST http://127.0.0.1:8025/charge`, or null when it computes or awaits what the agent cannot see. */
  readonly call: string | null;
  /** Of the call, else of the statement before. */
  readonly callSite: CodeFrame | null;
  readonly longestMs: number;
}

/**
 * How the transaction that was seen with this statement came to hold what a wait is about: the first
 * statement that took it, and what the app does meanwhile.
 *
 * @param wait the wait; null for a transaction in which nobody's way is
 */
export function holdingOf(
  statement: string,
  wait: Pick<LockWait, 'waitingStatement' | 'object'> | null,
  evidence: Pick<LockEvidence, 'transactions'>,
): Holding | null {
  if (statement.trim() === '') return null;
  const transactions = transactionsWith(statement, evidence.transactions);
  const gaps = transactions
    .flatMap((transaction) =>
      idleGapsOf(transaction, statement).map((gap) => ({ gap, transaction })),
    )
    .sort((a, b) => b.gap.ms - a.gap.ms);
  const transaction = gaps[0]?.transaction ?? transactions[0];
  if (transaction === undefined) return null;
  const whole = wait?.object.kind === 'relation';
  const reach = whole ? tablesNamedBy : tablesLockedBy;
  const relation = wait?.object.relation?.split('.').at(-1)?.replaceAll('"', '');
  const tables = [
    ...(relation === undefined ? [] : [relation]),
    ...(wait === null ? tablesLockedBy(statement) : reach(wait.waitingStatement)),
  ];
  const lock = firstLockOf(transaction, statement, tables, whole);
  const byCall = Map.groupBy(gaps, ({ gap }) => gap.call?.name ?? null);
  return {
    transaction,
    firstLock: lock === null ? null : { statement: lock.name, callSite: lock.callSite },
    idle: [...byCall].map(([call, group]) => ({
      call,
      callSite: group[0]?.gap.call?.callSite ?? group[0]?.gap.after.callSite ?? null,
      longestMs: group[0]?.gap.ms ?? 0,
    })),
  };
}

/** `awaits POST http://… in src/pay.ts:12, up to 104 ms` */
export function idleClause({ call, callSite, longestMs }: IdleTime): string {
  const doing =
    call === null ? 'computes or awaits something else' : `awaits ${shortened(call, 80)}`;
  const place = callSite === null ? '' : ` ${call === null ? 'after' : 'in'} ${placeOf(callSite)}`;
  return `${doing}${place}, up to ${formatMs(longestMs)}`;
}

/** `src/orders.ts:42` */
export function placeOf(frame: CodeFrame): string {
  return `${shortPath(frame.file)}:${frame.line}`;
}
