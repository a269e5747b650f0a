import { basename } from 'node:path';
import type { LockEvent } from '../../artifacts/locks.ts';
import { lockEventsOf } from '../../locks/lock-events.ts';
import { counted } from '../../wording.ts';
import { formatMs } from '@amdahl/metrics';
import { minuteText } from '../../minute-text.ts';
import { workloadErrors } from '../workload-errors.ts';
import type { Workload } from '../workload.ts';
import { ExecutionReader } from './executions.ts';
import type { LogEntry } from './log-entry.ts';
import { readLines } from './read-lines.ts';
import { readLogEntries } from './read-log-entries.ts';
import { StatementTally } from './statement-tally.ts';

export interface ReadLogFileOptions {
  readonly signal: AbortSignal;
  /** Says how far it is. */
  readonly report: (status: string) => void;
}

/** What a log tells. */
export interface LogReading {
  readonly workload: Workload;
  /** Waits for locks, deadlocks and lock timeouts. */
  readonly lockEvents: readonly LockEvent[];
  /** Messages read. */
  readonly entries: number;
  /** First and last time in the log; null when its lines have none. */
  readonly span: { readonly from: Date; readonly to: Date } | null;
}

/** How often it says how far it is, in messages. */
const reportEvery = 50_000;

/** Below this, milliseconds, a log is thought to hold everything: few statements are faster. */
const everythingMs = 5;

/**
 * What PostgreSQL's log says was executed, and how long it took: statements of
 * `log_min_duration_statement` or `log_statement` with `log_duration`, and plans of auto_explain. Read
 * once from beginning to end; memory does not grow with the log.
 *
 * @throws AMDAHL_WORKLOAD_FILE_UNREADABLE, AMDAHL_WORKLOAD_NOT_A_LOG, AMDAHL_WORKLOAD_LOG_LANGUAGE,
 * AMDAHL_WORKLOAD_LOG_WITHOUT_STATEMENTS
 */
export async function readLogFile(
  path: string,
  { signal, report }: ReadLogFileOptions,
): Promise<LogReading> {
  const seen = new SeenEntries(report);
  const lockEvents = await lockEventsOf(seen.passing(readLogEntries(path, { signal })));
  const { tally, entries, span } = seen;
  const statements = tally.statements();
  const isEmpty = statements.length === 0 && tally.unread.length === 0;
  if (entries === 0) throw await notALog(path, signal);
  if (isEmpty && seen.foreign !== null) throw foreignLog(path, seen.foreign);
  if (isEmpty && lockEvents.length === 0) throw withoutStatements(path, entries);
  return {
    workload: {
      source: `${basename(path)}${spanText(span)}`,
      statements,
      unread: tally.unread,
      warnings: isEmpty ? [] : warningsOf(tally),
    },
    lockEvents,
    entries,
    span,
  };
}

function spanText(span: LogReading['span']): string {
  if (span === null) return '';
  const [from, to] = [minuteText(span.from), minuteText(span.to)];
  return from === to ? `, ${from}` : `, ${from} to ${to}`;
}

/** Counts what passes on its way to whoever else reads the entries. */
class SeenEntries {
  readonly tally: StatementTally = new StatementTally();
  readonly #executions = new ExecutionReader();
  readonly #report: (status: string) => void;
  #from = Infinity;
  #to = -Infinity;
  entries = 0;
  /** A message with a duration in another language. */
  foreign: string | null = null;

  constructor(report: (status: string) => void) {
    this.#report = report;
  }

  get span(): LogReading['span'] {
    return this.#from > this.#to ? null : { from: new Date(this.#from), to: new Date(this.#to) };
  }

  async *passing(entries: AsyncIterable<LogEntry>): AsyncGenerator<LogEntry, void, void> {
    for await (const entry of entries) {
      this.#see(entry);
      yield entry;
    }
    for (const execution of this.#executions.end()) this.tally.add(execution);
  }

  #see(entry: LogEntry): void {
    this.entries += 1;
    if (this.entries % reportEvery === 0) this.#report(`${counted(this.entries, 'message')} read`);
    const at = entry.at?.getTime() ?? Number.NaN;
    if (at < this.#from) this.#from = at;
    if (at > this.#to) this.#to = at;
    for (const execution of this.#executions.see(entry)) this.tally.add(execution);
    if (
      this.foreign === null &&
      /^(?!duration)\p{L}[\p{L} ]*[:：] ?[\d.,]+ /u.test(entry.message)
    ) {
      this.foreign = entry.message;
    }
  }
}

function warningsOf({ dropped, untimed, leastMs }: StatementTally): readonly string[] {
  const warnings: string[] = [];
  if (Number.isFinite(leastMs) && leastMs >= everythingMs) {
    warnings.push(
      `The log has no execution faster than ${formatMs(leastMs)}: what log_min_duration_statement leaves out, however often it runs, is not counted.`,
    );
  }
  if (untimed > 0) {
    warnings.push(
      `${counted(untimed, 'execution')} ${untimed === 1 ? 'was' : 'were'} logged without a duration: log_min_duration_statement = 0 logs all of them.`,
    );
  }
  if (dropped.statements > 0) {
    warnings.push(
      `${counted(dropped.statements, 'statement')} that took least, ${formatMs(dropped.ms)} together, were left out to bound memory.`,
    );
  }
  return warnings;
}

/** A level in another language still ends the prefix with a colon and two spaces. */
const foreignLevel = /(?:^|[\s\]])(?!LOG|ERROR|FATAL|PANIC|WARNING)[\p{Lu}\p{Lo}]{2,}: {2}\S/u;

async function notALog(path: string, signal: AbortSignal): Promise<Error> {
  let first = '';
  for await (const lines of readLines(path, signal)) {
    const foreign = lines.find((line) => foreignLevel.test(line));
    if (foreign !== undefined) return foreignLog(path, foreign);
    first = lines.find((line) => line.trim() !== '') ?? '';
    break;
  }
  return workloadErrors.create('AMDAHL_WORKLOAD_NOT_A_LOG', {
    expected: `messages of PostgreSQL, such as "LOG:  duration: 1.2 ms  statement: SELECT 1", in ${path}`,
    found: first === '' ? 'an empty file' : JSON.stringify(first.slice(0, 60)),
    next: 'Give the file PostgreSQL logs to (SHOW log_directory), as stderr, csvlog or jsonlog.',
    details: { path },
  });
}

function foreignLog(path: string, message: string): Error {
  return workloadErrors.create('AMDAHL_WORKLOAD_LOG_LANGUAGE', {
    expected: `messages in English in ${path}`,
    found: JSON.stringify(message.slice(0, 60)),
    next: "Run as a superuser: ALTER SYSTEM SET lc_messages = 'C'; SELECT pg_reload_conf(); and give a log written since.",
    details: { path },
  });
}

function withoutStatements(path: string, entries: number): Error {
  return workloadErrors.create('AMDAHL_WORKLOAD_LOG_WITHOUT_STATEMENTS', {
    expected: `statements with their durations in ${path}`,
    found: `${counted(entries, 'message')} about other things`,
    next: 'Run as a superuser: ALTER SYSTEM SET log_min_duration_statement = 0; SELECT pg_reload_conf(); and give a log written since. 100 instead of 0 logs what takes 100 ms or more.',
    details: { path },
  });
}
