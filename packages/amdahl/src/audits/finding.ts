import type { CodeFrame } from '@amdahl/agent/protocol';
import type { IndexKind } from '../sql/index-definition.ts';
import type { Detail } from './detail.ts';

/** The six steps of the checklist on the report's front page; each audit belongs to one. */
export const steps = ['measure', 'cache', 'queries', 'async', 'front-end', 'scale'] as const;
export type Step = (typeof steps)[number];

/** One cause, its evidence, its share, its fix. */
export interface Finding {
  /** Audit id and what tells this cause from others of the audit: `n-plus-one:a1b2c3`. Stable between runs of the same code. */
  readonly id: string;
  readonly audit: string;
  readonly step: Step;
  /** One line that names the cause with its figures. */
  readonly title: string;
  /** Where in the user's code; null when it is not code. */
  readonly where: CodeFrame | null;
  /** Routes it touches, with what it holds of their time. */
  readonly routes: readonly RouteImpact[];
  readonly evidence: readonly Detail[];
  readonly remedy: Remedy;
  readonly prediction: Prediction;
}

/** What the cause holds of one route's response time. */
export interface RouteImpact {
  /** `GET /orders/:id` */
  readonly route: string;
  /** Fraction of the route's mean response time the cause holds, 0..1. */
  readonly share: number;
}

/** What to change. */
export interface Remedy {
  readonly title: string;
  /** `low`: changes no behaviour; `medium`: changes what is cached, ordered or deferred; `high`: needs a design decision. */
  readonly risk: 'low' | 'medium' | 'high';
  /** What to do, in order, as sentences. */
  readonly actions: readonly string[];
  /** The change itself: a diff, a migration, a rewritten statement, headers. */
  readonly change: Detail | null;
  /** How to take it back. */
  readonly rollback: string;
  /** Indexes it builds: for one migration of several findings. */
  readonly builds?: readonly IndexBuild[];
  /** Names of indexes it drops, as `qualifiedName` writes them. */
  readonly drops?: readonly string[];
}

export interface IndexBuild {
  /** As `qualifiedName` writes it. */
  readonly table: string;
  /** `CREATE INDEX name ON table …` */
  readonly definition: string;
  /** What it holds, which tells how long it takes to build. */
  readonly kind: IndexKind;
  readonly estimatedSizeBytes: number;
  /** An extension that must be installed first. */
  readonly requires?: string;
}

/** A what-if's answer. */
export interface Prediction {
  /** Name of the model in `src/predict/`, `critical-path`, `planner-cost`, … */
  readonly method: string;
  /** How the figure was reached, in a sentence. */
  readonly explanation: string;
  /**
   * What the figure supposes beyond what the run measured, as a noun phrase: a link, a cache in
   * front. Such a gain is never counted as bringing a missed objective back. Absent for figures
   * that rest on the run alone.
   */
  readonly assumes?: string;
  readonly gains: readonly RouteGain[];
}

export interface RouteGain {
  readonly route: string;
  /** Mean response time the run measured. */
  readonly beforeMs: number;
  /** Mean response time the fix would save per request. Never above `boundMs`. */
  readonly gainMs: Interval;
  /**
   * What an infinitely fast replacement would save: Amdahl's bound, beforeMs × share; where requests
   * stand in line behind the cause, what they wait there for others too.
   */
  readonly boundMs: number;
}

export interface Interval {
  readonly low: number;
  readonly mid: number;
  readonly high: number;
}
