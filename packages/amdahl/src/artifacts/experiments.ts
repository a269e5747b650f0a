import type { IndexKind } from '../sql/index-definition.ts';
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
  /** Indexes that serve the workload best together; absent from recordings made before there was one. */
  readonly selection?: IndexSelection;
  /** Existing indexes hidden one at a time; absent from recordings made before that was tried. */
  readonly drops?: readonly DropExperiment[];
  /** Lookups as one statement for many values; absent from recordings made before that was tried. */
  readonly batches?: readonly BatchExperiment[];
}

/** A statement that looks up by one value, planned for many at once. */
export interface BatchExperiment {
  /** `StatementAggregate.text` */
  readonly text: string;
  /** Those that became arrays. */
  readonly parameters: readonly number[];
  /** Length of the arrays. */
  readonly values: number;
  readonly costOfOne: number;
  readonly costOfBatch: number;
}

/** An index that could go, and every captured statement planned without it. */
export interface DropExperiment {
  /** As `qualifiedName` writes it. */
  readonly index: string;
  /** The statements that miss it. */
  readonly effects: readonly ExperimentEffect[];
  /** Milliseconds of the captured workload they would take longer, and its writes less. */
  readonly lostMs: number;
  readonly upkeepMs: number;
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
  /** What it holds; absent from recordings made before it was told. */
  readonly kind?: IndexKind;
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
  /**
   * How it is known that both return the same rows; null for a rewrite that picks other rows by
   * chance, as the original does each time. Absent from recordings made before there was one.
   */
  readonly proof?: RewriteProof | null;
  /** What must hold for both to return the same, and what else to heed, as sentences. */
  readonly preconditions?: readonly string[];
  readonly advice?: readonly string[];
  /** An index the rewrite needs to pay, or null. */
  readonly withIndex: string | null;
  /** More about it; absent without one and from older recordings. */
  readonly indexToBuild?: Pick<IndexExperiment, 'table' | 'kind' | 'estimatedSizeBytes'>;
  readonly effect: ExperimentEffect;
}

export interface RewriteProof {
  /**
   * `target-data`: both were run on the target; `sampled-data`: on rows made up in the lab from the
   * columns' statistics; `equivalent-by-rule`: no rows were at hand, but the rule holds for any;
   * `differs`: they returned different rows, and the rewrite is wrong.
   */
  readonly kind: 'target-data' | 'sampled-data' | 'equivalent-by-rule' | 'differs';
  /** Rows the original returned, over all lists of parameters. */
  readonly rows: number;
  /** Lists of parameters both were run with. */
  readonly parametersTried: number;
}

export interface ExperimentEffect {
  /** `StatementAggregate.text` */
  readonly text: string;
  readonly costBefore: number;
  readonly costAfter: number;
  readonly planBefore: PlanNode;
  readonly planAfter: PlanNode;
}

/**
 * Indexes that together serve the workload best, each set of them planned anew. A statement weighs
 * as often as it ran, one when nobody counted. Milliseconds are those of the whole workload.
 */
export interface IndexSelection {
  /** In the order they are worth building. */
  readonly indexes: readonly SelectedIndex[];
  /** Σ weight × planner cost, today and with all of them. */
  readonly costBefore: number;
  readonly costAfter: number;
  readonly sizeBytes: number;
  /** What a unit of cost was taken for; not measured when no statement was timed. */
  readonly msPerCost: number;
  readonly timed: boolean;
  /** False when the search was ended before nothing better was left to try. */
  readonly complete: boolean;
  /** Statements planned on the way. */
  readonly plans: number;
}

export interface SelectedIndex extends Omit<IndexExperiment, 'effects'> {
  /**
   * The statements it serves: with all others of the selection, and with it too. So what two of them
   * do equally well is counted for neither, and is why the weaker one was left out.
   */
  readonly effects: readonly ExperimentEffect[];
  /** Milliseconds of the workload it saves beside the others. */
  readonly savedMs: number;
  /** Milliseconds it takes of the workload's writes; already taken from what it is worth. */
  readonly overheadMs: number;
  /** An index of the table that begins with the same keys and goes on: this one is only smaller. */
  readonly beside?: StandingIndex;
}

/** An index the table has. */
export interface StandingIndex {
  /** As `qualifiedName` writes it. */
  readonly index: string;
  readonly sizeBytes: number;
}
