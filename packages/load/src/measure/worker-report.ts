import type { CheckResult, LoadCounts, TaskErrorSample } from '../result.ts';
import type { CustomReport } from './custom-metrics.ts';
import type { SliceReport, SliceTally } from './slices.ts';

/** What one worker measured: plain values, histograms in base64. */
export interface WorkerReport {
  readonly counts: LoadCounts;
  readonly measuredMs: number;
  readonly requests: readonly RequestReport[];
  readonly checks: readonly CheckResult[];
  readonly lag: string;
  readonly userWait: string;
  /** CPU time of the thread within the measured time. */
  readonly cpuUs: number;
  readonly socketsOpened: number;
  readonly connectTime: string;
  readonly tlsTime: string;
  readonly socketErrors: number;
  readonly unstartedArrivals: number;
  readonly taskErrorSamples: readonly TaskErrorSample[];
  /** One for each slice of the run, in its order. */
  readonly slices: readonly SliceReport[];
  readonly custom: readonly CustomReport[];
}

export interface RequestReport {
  readonly method: string;
  readonly path: string;
  readonly count: number;
  readonly failed: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly errors: Readonly<Record<string, number>>;
  readonly errorDetails: Readonly<Record<string, number>>;
  readonly receivedBytes: number;
  readonly responseTime: string;
  readonly serviceTime: string;
}

/** One second of one worker's measured time. */
export interface SecondReport {
  readonly index: number;
  readonly done: number;
  readonly failed: number;
  readonly inFlight: number;
  /** Response times (base64, microseconds); empty when nothing was done. */
  readonly responseTime: string;
}

/** Where a worker is, a few times a second. */
export interface WorkerTick {
  /** Requests of the measured time. */
  readonly done: number;
  readonly failed: number;
  /** Requests that came to an end, ramp-up and warm-up included. */
  readonly ended: number;
  readonly inFlight: number;
  /** The 99th percentile of the generator's lag so far, microseconds. */
  readonly lagP99Us: number;
  /** CPU time of the thread so far in the measured time, 0..1 of one core. */
  readonly cpuShare: number;
  /** Seconds that ended since the last tick. */
  readonly seconds: readonly SecondReport[];
  /** One for each slice of the run, in its order. */
  readonly slices: readonly SliceTally[];
}
