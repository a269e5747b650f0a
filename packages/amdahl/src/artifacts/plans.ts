import type { ExplainedPlan } from '../sql/plan-reading/explained-plan.ts';

/** Plans of the captured statements, from EXPLAIN on the target itself. */
export interface PlansArtifact {
  readonly plans: readonly CapturedPlan[];
  /** What was left out, as sentences. */
  readonly warnings?: readonly string[];
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
  /** What a plan of the statement really did, where one was executed: with `--analyze`, or as logged. */
  readonly executed?: ExplainedPlan;
}

/**
 * A node of EXPLAIN (FORMAT JSON), the fields Amdahl reads; PostgreSQL's own names. Times are
 * milliseconds and rows are counts of one loop, both averages; memory and disk are kilobytes; blocks
 * are of 8 kB, over all loops and everything below the node.
 */
export interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Schema?: string;
  readonly Alias?: string;
  readonly 'Index Name'?: string;
  readonly 'CTE Name'?: string;
  readonly 'Function Name'?: string;
  readonly 'Scan Direction'?: string;
  readonly 'Join Type'?: string;
  readonly Strategy?: string;
  readonly 'Partial Mode'?: string;
  readonly Operation?: string;
  /** How the parent uses it: `Outer`, `Inner`, `Member`, `Subquery`, `InitPlan`, `SubPlan`. */
  readonly 'Parent Relationship'?: string;
  /** `SubPlan 1`, `InitPlan 2 (returns $0)`, `CTE big`. */
  readonly 'Subplan Name'?: string;
  readonly 'Parallel Aware'?: boolean;
  readonly 'Index Cond'?: string;
  readonly 'Recheck Cond'?: string;
  readonly 'Hash Cond'?: string;
  readonly 'Merge Cond'?: string;
  readonly 'Join Filter'?: string;
  readonly Filter?: string;
  readonly 'Sort Key'?: readonly string[];
  readonly 'Group Key'?: readonly string[];
  readonly 'Startup Cost': number;
  readonly 'Total Cost': number;
  readonly 'Plan Rows': number;
  readonly 'Plan Width': number;
  readonly 'Actual Startup Time'?: number;
  readonly 'Actual Total Time'?: number;
  readonly 'Actual Rows'?: number;
  /** 0 when the node was never executed. */
  readonly 'Actual Loops'?: number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Join Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly 'Heap Fetches'?: number;
  readonly 'Sort Method'?: string;
  /** `Memory` or `Disk`. */
  readonly 'Sort Space Type'?: string;
  readonly 'Sort Space Used'?: number;
  readonly 'Hash Buckets'?: number;
  readonly 'Hash Batches'?: number;
  readonly 'Original Hash Batches'?: number;
  readonly 'HashAgg Batches'?: number;
  readonly 'Peak Memory Usage'?: number;
  readonly 'Disk Usage'?: number;
  readonly 'Exact Heap Blocks'?: number;
  readonly 'Lossy Heap Blocks'?: number;
  readonly 'Shared Hit Blocks'?: number;
  readonly 'Shared Read Blocks'?: number;
  readonly 'Temp Read Blocks'?: number;
  readonly 'Temp Written Blocks'?: number;
  readonly 'Workers Planned'?: number;
  readonly 'Workers Launched'?: number;
  readonly Workers?: readonly PlanWorker[];
  readonly Plans?: readonly PlanNode[];
  readonly [other: string]: unknown;
}

/** What one parallel worker did of a node: a part of the node's own figures. */
export interface PlanWorker {
  readonly 'Worker Number': number;
  readonly 'Actual Rows'?: number;
  readonly 'Actual Loops'?: number;
  readonly 'Sort Method'?: string;
  readonly 'Sort Space Type'?: string;
  readonly 'Sort Space Used'?: number;
  readonly 'Disk Usage'?: number;
  readonly [other: string]: unknown;
}
