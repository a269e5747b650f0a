import { as, constantOf } from '../../sql/ast.ts';
import { parseStatement } from '../../sql/parser.ts';
import type { LogEntry } from './log-entry.ts';

/** One execution of a statement, as the log tells of it. */
export interface LoggedExecution {
  readonly text: string;
  /** Null when the log does not say; empty for a text that has none. */
  readonly parameters: readonly (string | null)[] | null;
  /** Null when it was logged without its duration. */
  readonly ms: number | null;
  /** auto_explain's message with the plan; null when the execution was logged as a statement. */
  readonly plan: string | null;
}

/** Processes whose last statement is remembered: a server has hundreds, a log may name any number. */
const maxProcesses = 10_000;

const timed = /^duration: ([\d.]+) ms(?: {2}([\s\S]*))?$/;
/** Of the steps of the extended protocol only this one executes; `parse` and `bind` prepare it. */
const executed = /^(?:statement|execute [^:\n]*): ([\s\S]*)$/;

/**
 * Finds executions among the messages of a log. `log_min_duration_statement` writes statement and
 * duration together; `log_statement` with `log_duration` writes two messages of one process, the
 * duration after the statement. auto_explain adds a message of its own for the same execution.
 */
export class ExecutionReader {
  /** Statements whose duration may still come, by process. */
  readonly #pending = new Map<number | null, LoggedExecution>();

  see(entry: LogEntry): readonly LoggedExecution[] {
    const duration = timed.exec(entry.message);
    if (duration === null) {
      const text = executed.exec(entry.message)?.[1];
      return text === undefined ? [] : this.#await(entry, text);
    }
    const ms = Number(duration[1]);
    const rest = duration[2];
    if (rest === undefined) return this.#settle(entry.pid, ms);
    if (/^plan:\s/.test(rest)) return [planned(entry.message, rest, ms)];
    const text = executed.exec(rest)?.[1];
    return text === undefined ? [] : [executionOf(entry, text, ms)];
  }

  /** Statements whose duration never came. */
  end(): readonly LoggedExecution[] {
    const left = [...this.#pending.values()];
    this.#pending.clear();
    return left;
  }

  #await(entry: LogEntry, text: string): readonly LoggedExecution[] {
    const before = this.#pending.get(entry.pid);
    this.#pending.delete(entry.pid);
    const [oldest] = this.#pending.keys();
    const evicted =
      this.#pending.size >= maxProcesses && oldest !== undefined
        ? this.#pending.get(oldest)
        : undefined;
    if (evicted !== undefined) this.#pending.delete(oldest as number | null);
    this.#pending.set(entry.pid, executionOf(entry, text, null));
    return [before, evicted].filter((execution) => execution !== undefined);
  }

  #settle(pid: number | null, ms: number): readonly LoggedExecution[] {
    const execution = this.#pending.get(pid);
    if (execution === undefined) return [];
    this.#pending.delete(pid);
    return [{ ...execution, ms }];
  }
}

function executionOf({ detail }: LogEntry, sent: string, ms: number | null): LoggedExecution {
  // SQL's own EXECUTE: the detail has what was prepared, the values stand in the statement.
  const prepared = /^prepare: prepare\s[\s\S]*?\sas\s+([\s\S]+)$/i.exec(detail ?? '')?.[1];
  if (prepared !== undefined) {
    return { text: prepared, parameters: argumentsOf(sent), ms, plan: null };
  }
  const list = /^parameters: ([\s\S]*)$/i.exec(detail ?? '')?.[1];
  const parameters = list === undefined ? null : parametersIn(list);
  return { text: sent, parameters, ms, plan: null };
}

/** The values of `EXECUTE name (5, 'x')`; null when one is no constant. */
function argumentsOf(text: string): readonly (string | null)[] | null {
  const values = as(parseStatement(text).node, 'ExecuteStmt')?.params?.map(constantOf);
  if (values === undefined || values.includes(undefined)) return null;
  return values.map((value) => (value === null ? null : String(value)));
}

/** auto_explain says what it explains: `Query Text`, in TEXT or as a key of JSON. */
function planned(message: string, rest: string, ms: number): LoggedExecution {
  const body = rest.slice('plan:'.length).trim();
  if (body.startsWith('{')) {
    try {
      const fields = JSON.parse(body) as Record<string, unknown>;
      const list = fields['Query Parameters'];
      return {
        text: typeof fields['Query Text'] === 'string' ? fields['Query Text'] : '',
        parameters: typeof list === 'string' ? parametersIn(list) : null,
        ms,
        plan: message,
      };
    } catch {
      return { text: '', parameters: null, ms, plan: message };
    }
  }
  // The plan itself begins with the first line that has a cost.
  const start = body.search(/^.*\(cost=/m);
  const head = (start === -1 ? body : body.slice(0, start)).trim();
  const [, text = '', list] =
    /^Query Text: ([\s\S]*?)(?:\nQuery Parameters: ([\s\S]*))?$/.exec(head) ?? [];
  return {
    text: text.trim(),
    parameters: list === undefined ? null : parametersIn(list),
    ms,
    plan: message,
  };
}

/** `$1 = 'it''s', $2 = NULL`: values as text. */
export function parametersIn(list: string): readonly (string | null)[] {
  const parameters: (string | null)[] = [];
  for (const [, number, quoted] of list.matchAll(/\$(\d+) = (?:NULL|'((?:[^']|'')*)')/g)) {
    const index = Number(number) - 1;
    // A damaged line may name any number; the protocol allows 65,535.
    if (index >= 0 && index < 65_535) parameters[index] = quoted?.replaceAll("''", "'") ?? null;
  }
  return Array.from(parameters, (value) => value ?? null);
}
