import type { PlanNode } from '../../artifacts/plans.ts';

/** All that EXPLAIN says of a statement, whichever format it was printed in. */
export interface ExplainedPlan {
  readonly plan: PlanNode;
  readonly planningMs: number | null;
  /** Null without ANALYZE; auto_explain's duration where only that is known. */
  readonly executionMs: number | null;
  readonly jit: JitFigures | null;
  readonly triggers: readonly TriggerFigures[];
  /** Settings of the planner that differ from their defaults; EXPLAIN tells them with SETTINGS. */
  readonly settings: Readonly<Record<string, string>>;
  /** The statement, where auto_explain wrote it down. */
  readonly queryText: string | null;
}

/** Compiling expressions of the statement to machine code. */
export interface JitFigures {
  readonly functions: number;
  /** Null with TIMING OFF. */
  readonly totalMs: number | null;
}

/** A trigger that fired, a foreign key's included; its time is in no node's. */
export interface TriggerFigures {
  /** The constraint's name where the trigger serves one. */
  readonly name: string;
  readonly constraint: boolean;
  readonly relation: string | null;
  readonly calls: number;
  /** Null with TIMING OFF. */
  readonly ms: number | null;
}

/** A plan by itself, without figures of the whole statement. */
export function bareExplained(plan: PlanNode): ExplainedPlan {
  return {
    plan,
    planningMs: null,
    executionMs: null,
    jit: null,
    triggers: [],
    settings: {},
    queryText: null,
  };
}
