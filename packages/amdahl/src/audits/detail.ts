import type { CodeFrame, CpuProfile, Span } from '@amdahl/agent/protocol';
import type { PlanNode } from '../artifacts/plans.ts';

/**
 * The closed vocabulary of evidence. Audits hold no HTML and no terminal codes; one renderer per
 * kind of report shows these.
 */
export type Detail =
  | TextDetail
  | NumberDetail
  | TableDetail
  | SeriesDetail
  | StatementDetail
  | PlanDetail
  | CodeDetail
  | TraceDetail
  | FlameDetail
  | LockGraphDetail
  | DiffDetail;

export interface TextDetail {
  readonly kind: 'text';
  readonly text: string;
}

export type Unit = 'ms' | 'bytes' | 'count' | 'share' | 'per-second' | 'none';

export interface NumberDetail {
  readonly kind: 'number';
  readonly label: string;
  readonly value: number;
  readonly unit: Unit;
}

export interface TableDetail {
  readonly kind: 'table';
  readonly title: string;
  readonly columns: readonly { readonly label: string; readonly unit: Unit }[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

export interface SeriesDetail {
  readonly kind: 'series';
  readonly title: string;
  readonly unit: Unit;
  readonly lines: readonly {
    readonly label: string;
    readonly points: readonly (readonly [atMs: number, value: number])[];
  }[];
}

/** SQL to be shown as code. */
export interface StatementDetail {
  readonly kind: 'statement';
  readonly title: string;
  readonly sql: string;
  /** Where its text stands, when it was read from a file: `queries/orders.sql:14`. */
  readonly origin?: string;
}

export interface PlanDetail {
  readonly kind: 'plan';
  readonly title: string;
  readonly plan: PlanNode;
}

/** A place in the user's code; the lines are read when the run ends, so that a replay shows them too. */
export interface CodeDetail {
  readonly kind: 'code';
  readonly title: string;
  readonly frame: CodeFrame;
}

/** One request as a waterfall. */
export interface TraceDetail {
  readonly kind: 'trace';
  readonly title: string;
  readonly durationUs: number;
  readonly spans: readonly Span[];
  /** Spans to point at. */
  readonly highlighted: readonly number[];
}

export interface FlameDetail {
  readonly kind: 'flame';
  readonly title: string;
  readonly profile: CpuProfile;
}

/** Who waits for whom: transactions, and what each waits for. */
export interface LockGraphDetail {
  readonly kind: 'lock-graph';
  readonly title: string;
  /** Those in the way first; `id` is what edges call them by. */
  readonly nodes: readonly LockGraphNode[];
  readonly edges: readonly LockGraphEdge[];
}

/** A transaction, or several that do the same. */
export interface LockGraphNode {
  readonly id: number;
  /** What it runs or ran last; empty when it is not known. */
  readonly statement: string;
  /** `waits`, `active`, `idle in transaction`, `prepared`. */
  readonly state: string;
  /** Most of them at once; null when it is one. */
  readonly atOnce: number | null;
  readonly callSite: CodeFrame | null;
  readonly route: string | null;
  /** What else is known, as clauses: `awaits POST http://… in src/pay.ts:12`. */
  readonly notes: readonly string[];
}

export interface LockGraphEdge {
  /** Waits. */
  readonly from: number;
  /** Is waited for. */
  readonly to: number;
  /** `ShareLock` */
  readonly mode: string;
  /** `a row of stock` */
  readonly object: string;
  /** Waits seen: sightings of the samples, or waits of the log; null when it is one event. */
  readonly seen: number | null;
  readonly longestMs: number | null;
  /** Part of a circle in which nobody can go on. */
  readonly inCycle: boolean;
}

/** Text to take out and text to put in; `language` is for colouring: `sql`, `http`, `typescript`, `html`. */
export interface DiffDetail {
  readonly kind: 'diff';
  readonly title: string;
  readonly language: string;
  readonly before: string;
  readonly after: string;
}
