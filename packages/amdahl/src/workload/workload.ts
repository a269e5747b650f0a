/**
 * What a database was asked to do, whoever kept count: the agent inside an app, the server's own
 * views and logs, or files with SQL.
 */
import type { ExplainedPlan } from '../sql/plan-reading/explained-plan.ts';

export interface Workload {
  /** Where it comes from, for people: `pg_stat_statements since 2026-11-02 08:00 UTC`. */
  readonly source: string;
  /** Those that took most time first. */
  readonly statements: readonly WorkloadStatement[];
  /** Texts that could not be read as one statement of PostgreSQL, and why. */
  readonly unread: readonly UnreadText[];
  /** What is missing or to be taken with care, as sentences. */
  readonly warnings: readonly string[];
}

export interface UnreadText {
  readonly text: string;
  readonly error: string;
  /** Where it stands, as with `WorkloadStatement`; absent when the source does not say. */
  readonly origin?: string;
}

export interface WorkloadStatement {
  /** Identifies the statement: constants are `$n`. */
  readonly text: string;
  /** One text as it was sent, literals kept, where the source has it; else `text`. */
  readonly exampleText: string;
  /** Parameter lists for `exampleText` as they were seen, a few; empty when none is known. */
  readonly parameterLists: readonly (readonly unknown[])[];
  /** Executions; null when the source does not say, as a file with SQL. */
  readonly calls: number | null;
  /** Mean milliseconds of one execution; null when nothing timed it. */
  readonly meanMs: number | null;
  /** Rows of all executions; null when the source does not say. */
  readonly rows: number | null;
  /** Where it stands or comes from: `queries/orders.sql:14`; null when the source does not say. */
  readonly origin: string | null;
  /** A plan that was really executed, as auto_explain logs it, or null. */
  readonly executedPlan: ExplainedPlan | null;
}
