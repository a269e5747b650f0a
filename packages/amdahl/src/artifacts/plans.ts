/** Plans of the captured statements, from EXPLAIN without ANALYZE on the target itself. */
export interface PlansArtifact {
  readonly plans: readonly CapturedPlan[];
}

export interface CapturedPlan {
  /** `StatementAggregate.text`, the key that joins plan and trace. */
  readonly text: string;
  /** The text and parameters that were explained. */
  readonly explainedText: string;
  readonly parameters: readonly unknown[];
  /** The root of EXPLAIN (FORMAT JSON), or why the planner would not plan it. */
  readonly plan: PlanNode | null;
  readonly error: string | null;
}

/** A node of EXPLAIN (FORMAT JSON), the fields Amdahl reads; PostgreSQL's own names. */
export interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Schema?: string;
  readonly Alias?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Filter?: string;
  readonly 'Sort Key'?: readonly string[];
  readonly 'Startup Cost': number;
  readonly 'Total Cost': number;
  readonly 'Plan Rows': number;
  readonly 'Plan Width': number;
  readonly Plans?: readonly PlanNode[];
  readonly [other: string]: unknown;
}
