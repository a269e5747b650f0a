/** What `amdahl sql` answers: how to make a workload cheaper for its database, best first. */
import type { ExperimentsArtifact } from '../artifacts/experiments.ts';
import type { SourceExcerpt } from '../artifacts/run-result.ts';
import type { AuditOutcome } from '../audits/audit.ts';
import type { Finding, Interval } from '../audits/finding.ts';
import type { LintRemark } from '../sql/lint/lint-text.ts';
import type { Workload } from '../workload/workload.ts';
import type { Migration } from './migration.ts';

/** Version of the JSON that `--json` prints. Raised when a field changes its meaning or goes. */
export const adviceSchemaVersion = 1;

export interface Advice {
  readonly schemaVersion: typeof adviceSchemaVersion;
  readonly amdahlVersion: string;
  /** ISO 8601, UTC. */
  readonly advisedAt: string;
  readonly workload: WorkloadSummary;
  /** Null when no database was asked: then there are only remarks. */
  readonly database: { readonly name: string; readonly serverVersion: string } | null;
  /** Whether it was cut short; the rest says what was found until then. */
  readonly interrupted: boolean;
  readonly fidelity: ExperimentsArtifact['fidelity'] | null;
  /** What is missing or to be taken with care, as sentences. */
  readonly warnings: readonly string[];
  /** Best first. Gains overlap and must not be added up. */
  readonly findings: readonly AdvisedFinding[];
  /** Findings left out because they save next to nothing of the workload's time. */
  readonly negligible: number;
  /** What the text of statements alone shows, confirmed by no database. */
  readonly remarks: readonly PlacedRemark[];
  readonly outcomes: readonly AuditOutcome[];
  readonly migration: Migration;
  /** Source lines around each code frame of the findings, by `file:line`. */
  readonly sources: Readonly<Record<string, SourceExcerpt>>;
}

/** A remark with the place of its statement; null when the source does not say. */
export interface PlacedRemark extends LintRemark {
  readonly origin: string | null;
}

export interface WorkloadSummary extends Pick<Workload, 'source' | 'unread'> {
  readonly statements: number;
  /** Executions of all statements; null when the source does not count them. */
  readonly calls: number | null;
  /** Milliseconds of all executions; null when nothing timed them. */
  readonly totalMs: number | null;
}

export interface AdvisedFinding extends Finding {
  readonly rank: number;
  /**
   * Milliseconds the whole workload would have taken less. Where the source counts no executions,
   * of one execution of each statement.
   */
  readonly savedMs: Interval;
}
