/**
 * A proof: an A/B experiment's answer with everything it was computed from, plain JSON. Renderers
 * are pure readers of it, and the comparisons can be computed again from its slices.
 */
import type { SerialisedError } from '@amdahl/metrics';
import type { LoadProfile, Verdict } from '@amdahl/load';
import type { Interval } from '../audits/finding.ts';

/** Version of the JSON that `--json` prints. Raised when a field changes its meaning or goes. */
export const proofSchemaVersion = 1;

/** What B is beside A. `same` is within the margin; `not-enough-data` cannot tell. */
export type Answer = 'faster' | 'slower' | 'same' | 'not-enough-data';

export type Side = 'a' | 'b';

export const measures = ['meanMs', 'p50Ms', 'p95Ms'] as const;
/** A figure of one slice's response times. */
export type Measure = (typeof measures)[number];

export interface Proof {
  readonly schemaVersion: typeof proofSchemaVersion;
  readonly amdahlVersion: string;
  /** ISO 8601, UTC. */
  readonly provedAt: string;
  readonly sides: Readonly<Record<Side, SideDescription>>;
  /** The load of every slice. */
  readonly profile: LoadProfile;
  readonly script: string | null;
  readonly seed: number;
  /** Distance of the ratio from 1 that still counts as the same, 0..1. */
  readonly margin: number;
  /** Route the experiment was made for; its comparison is the headline. Null for the whole load. */
  readonly focus: string | null;
  readonly plannedRounds: number;
  /** Whether it was stopped before its planned end; the finished rounds are here. */
  readonly interrupted: boolean;
  /** What ended the experiment early, when something broke. */
  readonly problem: SerialisedError | null;
  readonly slices: readonly Slice[];
  /** Rounds both of whose slices can be believed; the only ones compared. */
  readonly usableRounds: number;
  /** All requests together. */
  readonly overall: Comparison;
  /** By route, busiest first. */
  readonly routes: readonly Comparison[];
  /** What a run predicted for this fix; null when none was named. */
  readonly prediction: PredictedGain | null;
}

export interface SideDescription {
  /** Command that was started afresh for each slice; null when the service was already running. */
  readonly command: string | null;
  /** Environment added to the command. Values that look like secrets are masked. */
  readonly env: Readonly<Record<string, string>>;
  readonly url: string;
}

/** One stretch of load on one side: the unit that is replicated. */
export interface Slice {
  readonly side: Side;
  /** From 0. Each round has one slice of A and one of B, next to each other. */
  readonly round: number;
  readonly startedAtEpochMs: number;
  /** A void slice takes its round out of the comparison. */
  readonly verdict: Verdict;
  readonly total: SliceFigures;
  /** By request name, `GET /products/:id`. */
  readonly routes: Readonly<Record<string, SliceFigures>>;
  /** CPU time of the app's processes per request, warm-up included; null where it cannot be read. */
  readonly cpuPerRequestUs: number | null;
}

/** Response times (intended start to last byte) and counts of one slice. */
export interface SliceFigures {
  readonly count: number;
  readonly failed: number;
  readonly ratePerSecond: number;
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
}

/** A against B on one route, or on the whole load. */
export interface Comparison {
  /** `GET /products/:id`; null for the whole load. */
  readonly route: string | null;
  readonly answer: Answer;
  /** Why, as a sentence with the figures. */
  readonly reason: string;
  /** The measure the answer rests on. */
  readonly decidedBy: Measure;
  /** Rounds in which both sides served it. */
  readonly rounds: number;
  readonly requests: Readonly<Record<Side, number>>;
  readonly response: Readonly<Record<Measure, PairedFigure>>;
  readonly ratePerSecond: PairedFigure;
  readonly cpuPerRequestUs: PairedFigure | null;
  readonly errors: ErrorComparison;
}

/** One figure on both sides, compared round by round. */
export interface PairedFigure {
  /** Median over A's slices. */
  readonly a: number;
  /** Median over B's slices. */
  readonly b: number;
  /** B minus A with its 95 % interval over rounds; null with too few rounds for one. */
  readonly difference: Interval | null;
  /** B divided by A, likewise. */
  readonly ratio: Interval | null;
  /** Two-sided Mann–Whitney over slices: how often chance alone would part the sides so far. */
  readonly pValue: number | null;
}

export interface ErrorComparison {
  /** Failed requests of all requests, 0..1. */
  readonly aShare: number;
  readonly bShare: number;
  /** B fails so much more often than A that its response times prove nothing. */
  readonly failsMore: boolean;
}

/** A finding's prediction, to be held against the proof. */
export interface PredictedGain {
  readonly finding: string;
  readonly title: string;
  readonly method: string;
  /** Mean milliseconds saved per request, of the whole load (`route` null) and of each route. */
  readonly gains: readonly { readonly route: string | null; readonly gainMs: Interval }[];
}
