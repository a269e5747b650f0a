import type { PlanNode } from '../../artifacts/plans.ts';
import type { ExplainedPlan } from './explained-plan.ts';
import type { NodeFigures } from './node-figures.ts';

/** What is known besides the plan. */
export interface PlanContext {
  /** Rows of a table; null when unknown. The schema is null where the plan does not name it. */
  readonly rowsOf?: (schema: string | null, table: string) => number | null;
  /** Settings of the server, by name; those EXPLAIN printed win. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A plan made ready for the rules. */
export interface PlanReading {
  readonly explained: ExplainedPlan;
  /** All nodes, the root first. */
  readonly nodes: readonly NodeFigures[];
  readonly root: NodeFigures;
  /** Whether it was executed. */
  readonly analysed: boolean;
  /** Milliseconds of execution; null without timing. */
  readonly totalMs: number | null;
  figuresOf(node: PlanNode): NodeFigures;
  rowsOf(node: PlanNode): number | null;
  setting(name: string): string | null;
}

/** One thing wrong with a plan. */
export interface PlanProblem {
  readonly rule: string;
  /** One line, with figures. */
  readonly title: string;
  /** From when on it is a problem, and who draws the line there: a clause for "reported when …". */
  readonly criterion: string;
  readonly node: ProblemNode;
  /** 0 to 1: of the statement's time, or of its cost where nothing was timed. */
  readonly share: number;
  /** Milliseconds that hang on it, at most; null where nothing was timed. */
  readonly msHeld: number | null;
  readonly explanation: string;
  /** What to do, best first. */
  readonly advice: readonly string[];
}

export interface ProblemNode {
  /** In the words of EXPLAIN: `Seq Scan on orders`. */
  readonly label: string;
  /** Places among the children, from the root down; empty for the root or the whole statement. */
  readonly path: readonly number[];
}

/** A rule's answer for one node, before it is given its place. */
export interface Verdict {
  readonly title: string;
  readonly explanation: string;
  readonly advice: readonly string[];
  /** Where it is not the node's own share. */
  readonly share?: number;
  readonly msHeld?: number | null;
}

export interface PlanRule {
  /** A noun, as in `row-misestimate`. */
  readonly id: string;
  /** Whether it holds for the statement as a whole; called for the root only. */
  readonly scope: 'node' | 'statement';
  /** `PlanProblem.criterion` */
  readonly criterion: string;
  /** Null when there is nothing to say of the node. */
  check(figures: NodeFigures, reading: PlanReading): Verdict | null;
}
