/**
 * What PostgreSQL's log says about locks. The messages are those of `proc.c` and `deadlock.c`, and
 * what `DescribeLockTag` in `lmgr.c` calls the objects; they are the same from 12 to 18, but for the
 * word "Process" that has a plural.
 */
import type {
  Deadlock,
  DeadlockedProcess,
  LockedObject,
  LockEvent,
  LockTimeout,
  LoggedWait,
  LogProcess,
} from '../artifacts/locks.ts';
import type { LogEntry } from '../workload/log/log-entry.ts';

export type { LockEvent } from '../artifacts/locks.ts';

const waiting =
  /^process (\d+) (still waiting for|acquired|failed to acquire|avoided deadlock for|detected deadlock while waiting for) (\w+) on (.+?)(?: by rearranging queue order)? after ([\d.]+) ms$/;
const holding = /Process(?:es)? holding the lock: ([\d, ]+)\./;
const queued = /Wait queue: ([\d, ]+)\./;
const deadlocked = /^Process (\d+) waits for (\w+) on (.+); blocked by process (\d+)\.$/;
const runs = /^Process (\d+): (.*)$/;
const timedOut = 'canceling statement due to lock timeout';
/** `while updating tuple (0,1) in relation "stock"`, `while inserting index tuple … in relation "x"`. */
const relationOfContext = /^while .*\btuple \(\d+,\d+\) in relation "([^\n]+)"$/m;
/** What `log_statement` and `log_min_duration_statement` put before a text. */
const loggedStatement =
  /^(?:duration: [\d.]+ ms {2})?(?:statement|execute [^\n:]*|(?:parse|bind) [^\n:]*): ([\s\S]+)$/;

/** Processes whose last statement is remembered; a server has hundreds, a log may name any number. */
const maxProcesses = 10_000;

/** Waits for locks, deadlocks and timeouts among the messages of a log, in their order. */
export async function lockEventsOf(
  entries: AsyncIterable<LogEntry> | Iterable<LogEntry>,
): Promise<readonly LockEvent[]> {
  const events: LockEvent[] = [];
  /** Waits that go on, by process: the log tells of their end in a message of its own. */
  const open = new Map<number, number>();
  const lastStatements = new Map<number, string>();
  for await (const entry of entries) {
    const statement = statementOf(entry);
    if (entry.pid !== null && statement !== null) remember(lastStatements, entry.pid, statement);
    const match = waiting.exec(entry.message);
    if (match !== null) {
      const wait = loggedWait(entry, match, lastStatements);
      const before = open.get(wait.pid);
      if (before === undefined) {
        open.set(wait.pid, events.push(wait) - 1);
      } else {
        events[before] = continued(events[before] as LoggedWait, wait);
      }
      if (wait.end !== 'unknown') open.delete(wait.pid);
    } else if (entry.message === 'deadlock detected') {
      const deadlock = deadlockOf(entry);
      if (deadlock !== null) events.push(deadlock);
      if (entry.pid !== null) close(events, open, entry.pid);
    } else if (entry.message === timedOut) {
      events.push(timeoutOf(entry));
      if (entry.pid !== null) close(events, open, entry.pid);
    }
  }
  return events;
}

function loggedWait(
  entry: LogEntry,
  match: RegExpExecArray,
  lastStatements: ReadonlyMap<number, string>,
): LoggedWait {
  const [, pid = '', what = '', mode = '', object = '', ms = ''] = match;
  const holders = numbers(holding.exec(entry.detail ?? '')?.[1]);
  return {
    kind: 'wait',
    at: timeOf(entry),
    pid: Number(pid),
    statement: (entry.statement ?? '').trim(),
    mode,
    object: describedObject(object, entry.context),
    waitedMs: Number(ms),
    end: what === 'acquired' ? 'acquired' : what === 'failed to acquire' ? 'failed' : 'unknown',
    holders: holders.map((holder): LogProcess => ({
      pid: holder,
      statement: lastStatements.get(holder) ?? null,
    })),
    queue: numbers(queued.exec(entry.detail ?? '')?.[1]).filter((other) => other !== Number(pid)),
  };
}

/** A wait with what a later message says of it; the first has the holders. */
function continued(before: LoggedWait, later: LoggedWait): LoggedWait {
  return {
    ...before,
    waitedMs: Math.max(before.waitedMs, later.waitedMs),
    end: later.end,
    holders: before.holders.length > 0 ? before.holders : later.holders,
    queue: before.queue.length >= later.queue.length ? before.queue : later.queue,
  };
}

function close(events: LockEvent[], open: Map<number, number>, pid: number): void {
  const index = open.get(pid);
  if (index === undefined) return;
  events[index] = { ...(events[index] as LoggedWait), end: 'failed' };
  open.delete(pid);
}

/**
 * The circle, from the detail: first a line for each process that waits, then the statement of each,
 * which may have several lines.
 */
function deadlockOf(entry: LogEntry): Deadlock | null {
  const processes = new Map<number, DeadlockedProcess>();
  let speaking: number | null = null;
  for (const line of (entry.detail ?? '').split('\n')) {
    const waits = deadlocked.exec(line);
    const said = runs.exec(line);
    if (waits !== null) {
      const [, pid = '', mode = '', object = ''] = waits;
      // The context is that of the process which noticed, whose line is the first.
      const context = processes.size === 0 ? entry.context : null;
      processes.set(Number(pid), {
        pid: Number(pid),
        statement: '',
        mode,
        object: describedObject(object, context),
      });
    } else if (said !== null && processes.has(Number(said[1]))) {
      speaking = Number(said[1]);
      append(processes, speaking, said[2] ?? '');
    } else if (speaking !== null) {
      append(processes, speaking, `\n${line}`);
    }
  }
  if (processes.size < 2) return null;
  return {
    kind: 'deadlock',
    at: timeOf(entry),
    source: 'log',
    processes: [...processes.values()].map((each) => ({
      ...each,
      statement: each.statement.trim(),
    })),
    victim: entry.pid,
  };
}

function append(processes: Map<number, DeadlockedProcess>, pid: number, text: string): void {
  const known = processes.get(pid);
  if (known !== undefined) {
    processes.set(pid, { ...known, statement: `${known.statement}${text}` });
  }
}

function timeoutOf(entry: LogEntry): LockTimeout {
  return {
    kind: 'timeout',
    at: timeOf(entry),
    pid: entry.pid,
    statement: (entry.statement ?? '').trim(),
    relation: relationOf(entry.context),
  };
}

/** `tuple (0,1) of relation 16384 of database 5` and its like; the name is in the context, if at all. */
function describedObject(description: string, context: string | null): LockedObject {
  const relation = relationOf(context);
  if (/^(tuple|page) /.test(description)) return { kind: 'row', relation };
  if (/^(virtual )?transaction |^speculative token /.test(description)) {
    return { kind: relation === null ? 'transaction' : 'row', relation };
  }
  if (/^(extension of )?relation /.test(description)) return { kind: 'relation', relation };
  if (/^(advisory|user) lock /.test(description)) return { kind: 'advisory', relation: null };
  return { kind: 'other', relation };
}

function relationOf(context: string | null): string | null {
  return relationOfContext.exec(context ?? '')?.[1] ?? null;
}

/** The statement a message is about or tells of. */
function statementOf(entry: LogEntry): string | null {
  return entry.statement ?? loggedStatement.exec(entry.message)?.[1] ?? null;
}

function remember(statements: Map<number, string>, pid: number, statement: string): void {
  statements.delete(pid);
  statements.set(pid, statement.trim());
  if (statements.size <= maxProcesses) return;
  const [oldest] = statements.keys();
  if (oldest !== undefined) statements.delete(oldest);
}

function timeOf({ at }: LogEntry): string | null {
  return at === null ? null : at.toISOString();
}

function numbers(list: string | undefined): readonly number[] {
  return (list ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')
    .map(Number);
}
