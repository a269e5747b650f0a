import type { PlanNode } from './plans.ts';

/** What was tried, really, in the database lab. */
export interface ExperimentsArtifact {
  /** Statements the lab plans just as the target does, of those compared. */
  readonly fidelity: {
    readonly same: number;
    readonly compared: number;
    readonly differing: readonly string[];
  };
  /** What the lab could not model, as sentences. */
  readonly warnings: readonly string[];
  /** Milliseconds of execution per unit of planner cost, from the captured statements. */
  readonly msPerCost: number | null;
  readonly indexes: readonly IndexExperiment[];
  readonly rewrites: readonly RewriteExperiment[];
}

/** One index, built in the lab, and every captured statement planned with it. */
export interface IndexExperiment {
  readonly table: string;
  readonly definition: string;
  /** Why it was tried: the predicate or order that has no index. */
  readonly reason: string;
  /** The kind of condition it answers, when that is one no plain index can serve. */
  readonly rule?: 'leading-wildcard' | 'function-on-column';
  /** An extension that must be installed first. */
  readonly requires?: string;
  readonly estimatedPages: number;
  readonly estimatedSizeBytes: number;
  readonly effects: readonly ExperimentEffect[];
}

/** One statement rewritten to mean the same, planned beside the original. */
export interface RewriteExperiment {
  /** `StatementAggregate.text` of the original. */
  readonly text: string;
  readonly rule: string;
  /** The statement as it was sent, written like `rewrittenText` so that the two can be compared. */
  readonly originalText?: string;
  readonly rewrittenText: string;
  readonly reason: string;
  /**
   * Whether both conditions keep the same of the column's values in the target's statistics, and of
   * the moments around the range's ends; null when that could not be tried.
   */
  readonly sameRows: boolean | null;
  /** An index the rewrite needs to pay, or null. */
  readonly withIndex: string | null;
  readonly effect: ExperimentEffect;
}

export interface ExperimentEffect {
  /** `StatementAggregate.text` */
  readonly text: string;
  readonly costBefore: number;
  readonly costAfter: number;
  readonly planBefore: PlanNode;
  readonly planAfter: PlanNode;
}
