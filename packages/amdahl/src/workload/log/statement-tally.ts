import type { Node } from 'libpg-query';
import { normalise, parseStatement } from '../../sql/parser.ts';
import type { ExplainedPlan } from '../../sql/plan-reading/explained-plan.ts';
import { parsePlan } from '../../sql/plan-reading/parse-plan.ts';
import { kindOf } from '../../sql/statement-shape.ts';
import { byTime } from '../merge-workloads.ts';
import { asksTheServerOnly } from '../own-statements.ts';
import { nextPiece } from '../sql-files/split-sql.ts';
import { statementIdentity } from '../statement-identity.ts';
import { unreadReason } from '../unread-reason.ts';
import type { Workload, WorkloadStatement } from '../workload.ts';
import type { LoggedExecution } from './executions.ts';
import { lexicalKey } from './lexical-key.ts';

/** Different statements kept: those that took least time go first. */
const maxStatements = 5_000;
/** Texts whose statement is known without parsing. */
const maxKnownTexts = 20_000;
const maxParameterLists = 5;
const maxUnread = 100;
/** Longer ones hold data, not a query. UTF-16 units. */
const maxStatementLength = 100_000;
const maxPlanLength = 256_000;

interface Tally {
  readonly text: string;
  readonly exampleText: string;
  readonly lists: Map<string, readonly (string | null)[]>;
  /** Executions logged as statements. */
  logged: number;
  timed: number;
  timedMs: number;
  /** Executions logged by auto_explain. */
  planned: number;
  plannedMs: number;
  slowestPlan: string | null;
  slowestPlanMs: number;
}

/** Adds up the executions of a log by statement, in bounded memory. */
export class StatementTally {
  readonly #tallies = new Map<string, Tally>();
  /** From a text without literals to the identity of its statement, or null for none. */
  readonly #known = new Map<string, string | null>();
  readonly #unread = new Map<string, string>();
  /** Statements that were dropped for want of space, and their time. */
  dropped = { statements: 0, ms: 0 };
  /** Executions without a duration, beside those that have one. */
  untimed = 0;
  leastMs: number = Infinity;

  add(execution: LoggedExecution): void {
    const sent = execution.text.trim();
    const key = lexicalKey(sent);
    for (const text of this.#statementsIn(sent, key)) {
      const tally = this.#tallyOf(text, text === sent ? key : lexicalKey(text));
      if (tally !== null) this.#count(tally, text, execution);
    }
  }

  get unread(): Workload['unread'] {
    return [...this.#unread].map(([text, error]) => ({ text, error }));
  }

  statements(): readonly WorkloadStatement[] {
    return byTime([...this.#tallies.values()].map(statementOf));
  }

  /** The one statement of a text that is to be counted, or none. */
  #statementsIn(text: string, key: string): readonly string[] {
    if (text.length > maxStatementLength) {
      this.#refuse(text.slice(0, 200), `longer than ${maxStatementLength / 1_000} kB`);
      return [];
    }
    if (text === '' || this.#known.has(key) || !/;\s*\S/.test(text)) return [text];
    if (parseStatement(text).node !== null) return [text];
    const plannable = piecesOf(text).filter((piece) => planned(parseStatement(piece).node));
    if (plannable.length > 1) {
      this.#refuse(
        text,
        `${plannable.length} statements sent together: the log has one duration for all`,
      );
      return [];
    }
    return plannable.length === 1 ? plannable : [text];
  }

  #tallyOf(text: string, key: string): Tally | null {
    let identity = this.#known.get(key);
    if (identity === undefined) {
      identity = this.#identityOf(text);
      if (this.#known.size >= maxKnownTexts) this.#known.clear();
      this.#known.set(flat(key), identity);
    }
    if (identity === null) return null;
    const known = this.#tallies.get(identity);
    if (known !== undefined) return known;
    const exampleText = flat(text);
    const tally: Tally = {
      text: normalise(exampleText),
      exampleText,
      lists: new Map(),
      logged: 0,
      timed: 0,
      timedMs: 0,
      planned: 0,
      plannedMs: 0,
      slowestPlan: null,
      slowestPlanMs: -1,
    };
    // Before this one comes in: its time is yet to be counted.
    if (this.#tallies.size >= 2 * maxStatements) this.#dropFastest();
    this.#tallies.set(identity, tally);
    return tally;
  }

  #identityOf(text: string): string | null {
    const { node, error } = parseStatement(text);
    if (node === null) {
      if (text !== '') this.#refuse(text, unreadReason(error));
      return null;
    }
    return planned(node) && !asksTheServerOnly(node) ? statementIdentity(text) : null;
  }

  #count(tally: Tally, text: string, { parameters, ms, plan }: LoggedExecution): void {
    if (plan === null) {
      tally.logged += 1;
      if (ms === null) this.untimed += 1;
      else {
        tally.timed += 1;
        tally.timedMs += ms;
        this.leastMs = Math.min(this.leastMs, ms);
      }
    } else {
      tally.planned += 1;
      tally.plannedMs += ms ?? 0;
      if ((ms ?? 0) > tally.slowestPlanMs && plan.length <= maxPlanLength) {
        tally.slowestPlan = flat(plan);
        tally.slowestPlanMs = ms ?? 0;
      }
    }
    // Values belong to the text they were sent with.
    if (parameters === null || parameters.length === 0 || text !== tally.exampleText) return;
    if (tally.lists.size < maxParameterLists) {
      const list = parameters.map((value) => (value === null ? null : flat(value)));
      tally.lists.set(JSON.stringify(list), list);
    }
  }

  #refuse(text: string, error: string): void {
    if (this.#unread.size < maxUnread) this.#unread.set(flat(text), error);
  }

  #dropFastest(): void {
    const entries = [...this.#tallies].sort(([, a], [, b]) => totalMs(b) - totalMs(a));
    for (const [identity, tally] of entries.slice(maxStatements)) {
      this.#tallies.delete(identity);
      this.dropped = {
        statements: this.dropped.statements + 1,
        ms: this.dropped.ms + totalMs(tally),
      };
    }
  }
}

/** auto_explain and the statement log tell of the same executions: they are counted once. */
function statementOf(tally: Tally): WorkloadStatement {
  const { logged, timed, timedMs, planned: plans, plannedMs } = tally;
  return {
    text: tally.text,
    exampleText: tally.exampleText,
    parameterLists: [...tally.lists.values()],
    calls: Math.max(logged, plans),
    meanMs: timed > 0 ? timedMs / timed : plans > 0 ? plannedMs / plans : null,
    rows: null,
    origin: null,
    executedPlan: tally.slowestPlan === null ? null : readPlan(tally.slowestPlan),
  };
}

/** Null for a plan that was cut off, or is in a format of auto_explain that nobody reads. */
function readPlan(message: string): ExplainedPlan | null {
  try {
    return parsePlan(message);
  } catch {
    return null;
  }
}

function totalMs({ timedMs, plannedMs }: Tally): number {
  return Math.max(timedMs, plannedMs);
}

function planned(node: Node | null): boolean {
  return node !== null && kindOf(node) !== null;
}

function piecesOf(text: string): readonly string[] {
  const pieces: string[] = [];
  for (let piece = nextPiece(text, 0); piece !== null; piece = nextPiece(text, piece.next)) {
    pieces.push(piece.text);
  }
  return pieces;
}

/** A copy by itself: a part of a string keeps all of the string in memory. */
function flat(text: string): string {
  return Buffer.from(text).toString();
}
