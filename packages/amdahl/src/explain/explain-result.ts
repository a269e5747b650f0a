import type { ExplainedPlan } from '../sql/plan-reading/explained-plan.ts';
import type { PlanProblem } from '../sql/plan-reading/plan-rule.ts';

/** Raised with each change of `ExplainResult` that a program reading `--json` has to know of. */
export const explainSchemaVersion = 1;

/** One statement's plan and what is wrong with it. */
export interface ExplainResult {
  readonly schemaVersion: number;
  readonly amdahlVersion: string;
  /** How the plan came about: given as a text, asked from the planner, or really executed. */
  readonly origin: 'given' | 'planned' | 'executed';
  /** Null where only a plan was given and it does not say. */
  readonly statement: string | null;
  /** Values of `$1`, `$2`, …, in their order. */
  readonly parameters: readonly unknown[];
  /** Where the values come from; `generic`: the plan serves any values. */
  readonly parameterSource: 'none' | 'given' | 'statistics' | 'generic';
  readonly explained: ExplainedPlan;
  /** Largest share first. */
  readonly problems: readonly PlanProblem[];
  /** Settings of the server that have to do with the plan, by name. */
  readonly settings: Readonly<Record<string, string>>;
  /** What is to be taken with care, as sentences. */
  readonly notes: readonly string[];
}
