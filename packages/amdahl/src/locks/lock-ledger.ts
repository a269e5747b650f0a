import type { Deadlock, IdleTransaction, LocksArtifact, LockWait } from '../artifacts/locks.ts';
import { objectOf } from './locked-object.ts';
import type { LockSample, SampledSession, SampledWait } from './lock-sample.ts';

/** Different waits, idle transactions and deadlocks kept; a hostile load could make up any number. */
const maxKept = 500;
/** Statements kept of those that stand between a waiting session and the head of its line. */
const maxThrough = 5;
const maxPorts = 10;
/**
 * `pg_blocking_pids` looks at one session at a time, so that two that waited for each other one after
 * the other seem to do so at once. Waits older than the look itself, by far, were there together.
 */
const leastCircleMs = 50;

/**
 * Adds up samples. Each waiting session counts once a sample, at the head of its line: the session
 * that waits for nothing, whose transaction everyone behind it is held up by. Sessions that wait for
 * the same with the same statement are one step of the line, however many there are.
 */
export class LockLedger {
  readonly #waits = new Map<string, Mutable<LockWait>>();
  readonly #idle = new Map<string, Mutable<IdleTransaction>>();
  readonly #deadlocks = new Map<string, Deadlock>();
  #samples = 0;
  #leftOut = 0;

  /** @param elapsedMs what the sample stands for: the time since the one before */
  add(sample: LockSample, elapsedMs: number, at: Date): void {
    this.#samples += 1;
    const sessions = new Map(sample.map((session) => [session.pid, session]));
    /** Of those with one statement behind one head, whichever lock each is at in its line. */
    const seen = new Map<
      string,
      { count: number; readonly rows: Set<string>; readonly keys: Set<string> }
    >();
    for (const session of sample) {
      if (session.wait === null) {
        this.#addIdle(session);
        continue;
      }
      const { heads, circle } = headsOf(session, sessions);
      if (circle !== null) this.#addDeadlock(circle, at);
      for (const head of heads) {
        const key = this.#addWait(session, session.wait, head, elapsedMs / heads.length);
        const line = JSON.stringify([session.statement, head.session.pid]);
        const now = seen.get(line) ?? { count: 0, rows: new Set(), keys: new Set() };
        now.count += 1;
        now.keys.add(key);
        if (session.wait.row !== null) now.rows.add(session.wait.row);
        seen.set(line, now);
      }
    }
    for (const { count, rows, keys } of seen.values()) {
      for (const key of keys) {
        const known = this.#waits.get(key);
        if (known === undefined) continue;
        known.mostAtOnce = Math.max(known.mostAtOnce, count);
        known.mostRows = Math.max(known.mostRows, rows.size);
      }
    }
  }

  result(): Pick<LocksArtifact, 'samples' | 'waits' | 'idleInTransaction' | 'events' | 'warnings'> {
    return {
      samples: this.#samples,
      waits: [...this.#waits.values()].sort((a, b) => b.waitedMs - a.waitedMs),
      idleInTransaction: [...this.#idle.values()].sort((a, b) => b.samples - a.samples),
      events: [...this.#deadlocks.values()],
      warnings:
        this.#leftOut === 0
          ? []
          : [
              `More than ${maxKept} different waits were seen; ${this.#leftOut} sightings of further ones are left out.`,
            ],
    };
  }

  #addWait(session: SampledSession, wait: SampledWait, head: Head, waitedMs: number): string {
    const object = objectOf(wait.locktype, wait.relation);
    const { statement: blockingStatement, state: blockingState, kind: blocker } = head.session;
    const what = {
      waitingStatement: session.statement,
      mode: wait.mode,
      object,
      blockingStatement,
      blockingState,
      blocker,
      through: head.through,
    };
    const key = JSON.stringify(what);
    const known = this.#waits.get(key) ?? {
      ...what,
      samples: 0,
      waitedMs: 0,
      longestWaitMs: 0,
      longestTransactionMs: null,
      mostAtOnce: 0,
      mostRows: 0,
      application: head.session.application,
      clientPorts: [],
    };
    known.samples += 1;
    known.waitedMs += waitedMs;
    known.longestWaitMs = Math.max(known.longestWaitMs, wait.waitedMs);
    known.longestTransactionMs = longer(known.longestTransactionMs, head.session.transactionMs);
    known.clientPorts = withPort(known.clientPorts, head.session.clientPort);
    this.#keep(this.#waits, key, known);
    return key;
  }

  #addIdle({ state, statement, application, stateMs, transactionMs }: SampledSession): void {
    if (!state.startsWith('idle in transaction')) return;
    const key = JSON.stringify([statement, state, application]);
    const known = this.#idle.get(key) ?? {
      statement,
      state,
      application,
      samples: 0,
      longestMs: 0,
      longestTransactionMs: 0,
    };
    known.samples += 1;
    known.longestMs = Math.max(known.longestMs, stateMs ?? 0);
    known.longestTransactionMs = Math.max(known.longestTransactionMs, transactionMs ?? 0);
    this.#keep(this.#idle, key, known);
  }

  #addDeadlock(circle: readonly SampledSession[], at: Date): void {
    const key = circle
      .map(({ pid, statement }) => `${pid} ${statement}`)
      .sort()
      .join('\0');
    if (this.#deadlocks.has(key) || this.#deadlocks.size >= maxKept) return;
    this.#deadlocks.set(key, {
      kind: 'deadlock',
      at: at.toISOString(),
      source: 'sample',
      processes: circle.map(({ pid, statement, wait }) => ({
        pid,
        statement,
        mode: wait?.mode ?? '',
        object: objectOf(wait?.locktype ?? null, wait?.relation ?? null),
      })),
      victim: null,
    });
  }

  #keep<Value>(kept: Map<string, Value>, key: string, value: Value): void {
    if (kept.has(key) || kept.size < maxKept) kept.set(key, value);
    else this.#leftOut += 1;
  }
}

/** A session at the head of a line, and the statements between it and the one that waits. */
interface Head {
  readonly session: SampledSession;
  readonly through: readonly string[];
}

/** A session gone before it could be read: `pg_blocking_pids` named it, the rest of the row did not. */
function goneSession(pid: number): SampledSession {
  return {
    pid,
    kind: 'other',
    statement: '',
    state: '',
    application: '',
    clientPort: null,
    transactionMs: null,
    stateMs: null,
    wait: null,
  };
}

/**
 * Follows the lines from a waiting session to their heads, by the shortest way. A line that comes
 * back to where it began is a deadlock; its neighbours are then what the session waits for.
 */
function headsOf(
  from: SampledSession,
  sessions: ReadonlyMap<number, SampledSession>,
): { readonly heads: readonly Head[]; readonly circle: readonly SampledSession[] | null } {
  const heads: Head[] = [];
  let circle: readonly SampledSession[] | null = null;
  const seen = new Set([from.pid]);
  let reached: readonly (readonly SampledSession[])[] = [[from]];
  while (reached.length > 0) {
    const further: (readonly SampledSession[])[] = [];
    for (const way of reached) {
      for (const pid of way.at(-1)?.wait?.blockedBy ?? []) {
        if (pid === from.pid && isLasting(way)) circle ??= way;
        if (seen.has(pid)) continue;
        seen.add(pid);
        const next = sessions.get(pid) ?? goneSession(pid);
        if (next.wait === null) heads.push({ session: next, through: throughOf(way) });
        else further.push([...way, next]);
      }
    }
    reached = further;
  }
  if (heads.length > 0) return { heads, circle };
  // Nobody is at the head of a circle, nor of a line that leads into one.
  const neighbours = (from.wait?.blockedBy ?? []).map(
    (pid) => sessions.get(pid) ?? goneSession(pid),
  );
  return {
    heads: neighbours.map((session) => ({ session: { ...session, state: 'waits' }, through: [] })),
    circle,
  };
}

function isLasting(way: readonly SampledSession[]): boolean {
  return way.every(
    ({ wait }) => wait !== null && wait.mode !== '' && wait.waitedMs >= leastCircleMs,
  );
}

/** The statements of a way but for the first; neighbours that do the same are one. */
function throughOf([first, ...rest]: readonly SampledSession[]): readonly string[] {
  const statements: string[] = [];
  let before = first;
  for (const session of rest) {
    const isAlike =
      session.statement === before?.statement && session.wait?.relation === before.wait?.relation;
    if (!isAlike) statements.push(session.statement);
    before = session;
  }
  return statements.slice(0, maxThrough);
}

function longer(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}

function withPort(ports: readonly number[], port: number | null): readonly number[] {
  if (port === null || ports.includes(port) || ports.length >= maxPorts) return ports;
  return [...ports, port];
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };
