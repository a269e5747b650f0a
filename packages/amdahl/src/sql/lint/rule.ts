import type { Node } from 'libpg-query';
import type { Schema } from '../schema.ts';
import type { StatementShape } from '../statement-shape.ts';
import type { Rewrite } from './rules/date-range.ts';

/**
 * Rules propose, the lab disposes. A rule looks at one statement and, where it sees a form that
 * keeps the planner from a better plan, writes the statement another way. Whether that helps is not
 * for the rule to say: each proposal is planned in the database lab beside the original, and one
 * that changes nothing is never reported.
 */
export interface LintRule {
  readonly id: RuleId;
  /** The audit that reports what comes of it. */
  readonly audit: LintAudit;
  /** The first place it would change, or null. It is asked again about the changed statement. */
  propose(context: LintContext): Proposal | null;
}

export type LintAudit =
  | 'non-sargable-predicate'
  | 'implicit-cast'
  | 'not-in-subquery'
  | 'or-across-columns'
  | 'existence-count'
  | 'random-order'
  | 'distinct-fan-out'
  | 'correlated-subquery'
  | 'having-without-aggregate'
  | 'deep-offset';

export type RuleId =
  | 'extract-year'
  | 'cast-to-date'
  | 'date-trunc'
  | 'to-char'
  | 'arithmetic-on-column'
  | 'coalesce-on-column'
  | Exclude<LintAudit, 'non-sargable-predicate'>;

/** One statement, as rules see it. */
export interface LintContext {
  readonly statement: Node;
  readonly shape: StatementShape;
  readonly schema: Schema;
  /** Values of `$n` that were really sent; empty when they are not known. */
  readonly parameters: readonly unknown[];
}

/** A statement written another way. */
export interface Proposal {
  readonly rule: RuleId;
  /** The parts of the tree that it is about. */
  readonly nodes: readonly Node[];
  /** The whole statement; parameters keep their numbers. */
  readonly rewritten: Node;
  /** What is wrong with the original, as a clause. */
  readonly why: string;
  /**
   * How it is known to mean the same. `by-rule`: whatever the data; `by-proof`: only when tried on
   * data; `other-rows`: it does not return the same rows, as the original does not from one
   * execution to the next.
   */
  readonly equivalence: 'by-rule' | 'by-proof' | 'other-rows';
  /** What must hold for that and cannot be read from the schema, as sentences. */
  readonly preconditions: readonly string[];
  /** Columns that may hold NULL by the schema, and must not for the two to mean the same. */
  readonly withoutNulls: readonly NullableColumn[];
  /** What to heed beside, as sentences. */
  readonly advice: readonly string[];
  /** Afterwards a column stands bare that an index on an expression could serve before. */
  readonly baresColumn: boolean;
  /** For conditions that can be compared value by value. */
  readonly step?: Rewrite;
}

export interface NullableColumn {
  /** As `qualifiedName` of src/sql/schema.ts writes it. */
  readonly table: string;
  readonly column: string;
}

/** A proposal with what most of them have in common filled in. */
export function proposal(
  rule: RuleId,
  nodes: readonly Node[],
  rewritten: Node,
  why: string,
  more: Partial<Omit<Proposal, 'rule' | 'nodes' | 'rewritten' | 'why'>> = {},
): Proposal {
  return {
    rule,
    nodes,
    rewritten,
    why,
    equivalence: 'by-rule',
    preconditions: [],
    withoutNulls: [],
    advice: [],
    baresColumn: false,
    ...more,
  };
}
