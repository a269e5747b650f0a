/**
 * What a load run yields: plain JSON, so that it crosses threads, machines and recordings.
 * Histograms are in microseconds, serialised by `Histogram.toBase64` of `@amdahl/metrics`
 * (HdrHistogram V2, compressed).
 */
import type { Histogram } from '@amdahl/metrics';
import type { CustomReport } from './measure/custom-metrics.ts';
import type { LoadSlice } from './measure/slices.ts';
import type { ObjectiveOutcome } from './objectives/objective.ts';
import type { LoadProfile } from './profile.ts';

export interface LoadResult {
  readonly baseUrl: string;
  readonly profile: LoadProfile;
  readonly seed: number;
  /** Changes of the number of users that were made while the run went on; absent without any. */
  readonly userChanges?: readonly { readonly atMs: number; readonly users: number }[];
  /** Start of the measured time, milliseconds since 1970. */
  readonly startedAtEpochMs: number;
  /** Measured time, warm-up excluded. */
  readonly measuredMs: number;
  /** Whether the run was stopped before its planned end; what was measured is still here. */
  readonly interrupted: boolean;
  /** The objective that could not be met any more, when the run was stopped for that. */
  readonly hopeless?: string;
  /** Workers that were lost on the way; absent when all came to the end. */
  readonly missing?: readonly MissingPart[];
  readonly counts: LoadCounts;
  /** By request name, busiest first. Bounded: names beyond the limit are merged as `(other)`. */
  readonly requests: readonly RequestResult[];
  /** All requests together. */
  readonly total: RequestTimes;
  /** One entry per second of measured time. */
  readonly series: readonly LoadSecond[];
  readonly checks: readonly CheckResult[];
  /** What the script recorded itself; absent when nothing. */
  readonly custom?: readonly CustomReport[];
  /** Why the script's `teardown` failed, when it did. */
  readonly teardownError?: string;
  /** The parts of the run whose figures were asked for; absent when there are none. */
  readonly slices?: readonly SliceResult[];
  /** How the run stands to its objectives; absent when it has none. */
  readonly objectives?: readonly ObjectiveOutcome[];
  readonly generator: GeneratorHealth;
  /** What the target's name resolved to, once, before the start. */
  readonly resolved?: ResolvedTarget;
  /** The first few errors that tasks threw. */
  readonly taskErrorSamples?: readonly TaskErrorSample[];
}

/**
 * A part of the run whose figures are not in the result, because its worker died, blocked or went
 * silent. What it sent after `atMs` is unknown: it is in no count.
 */
export interface MissingPart {
  readonly worker: number;
  /** Name of the worker's machine, when it ran on another one. */
  readonly machine?: string;
  /** The worker's part of all users and arrivals, 0..1. */
  readonly share: number;
  readonly reason: string;
  /** Offset from the start of the measured time up to which its figures are in the result; 0 for none. */
  readonly atMs: number;
}

/** One error a task threw. */
export interface TaskErrorSample {
  /** `shopper / view product` */
  readonly task: string;
  /** `TypeError: Cannot read properties of undefined` */
  readonly message: string;
  /** Where in the script; absent when the error does not tell. */
  readonly file?: string;
  readonly line?: number;
}

/** `started = succeeded + failed + aborted`, always. */
export interface LoadCounts {
  readonly started: number;
  /** A reply arrived whole, whatever its status below 400. */
  readonly succeeded: number;
  /** Status 400 and above, or an error on the wire. */
  readonly failed: number;
  /** In flight when the run ended. */
  readonly aborted: number;
  /** Requests of ramp-up and warm-up, in none of the figures. */
  readonly warmup: number;
  /** Tasks that threw; their requests are counted above. */
  readonly taskErrors: number;
}

/**
 * The times of each request, as histograms (base64, microseconds). Replies count whatever their
 * status, and time-outs with the time waited; requests that failed otherwise have no such time.
 */
export interface RequestTimes {
  /** Intended start to last byte. */
  readonly responseTime: string;
  /** Actual send to last byte. A request that opens its connection is sent when it begins to. */
  readonly serviceTime: string;
}

export interface RequestResult extends RequestTimes {
  /** `GET /products/:id` */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly count: number;
  readonly failed: number;
  /** Replies by status code; `0` stands for no reply. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Errors on the wire by kind. */
  readonly errors: Readonly<Record<string, number>>;
  /** The same errors told apart further, `connect ECONNREFUSED`. Bounded, the rest is `(other)`. */
  readonly errorDetails?: Readonly<Record<string, number>>;
  /** Of heads and bodies, as they came over the wire. */
  readonly receivedBytes: number;
}

export interface LoadSecond {
  /** Offset from the start of the measured time. */
  readonly atMs: number;
  /** Requests that ended within the second; those that end after the measured time are in none. */
  readonly done: number;
  readonly failed: number;
  /** Requests under way, or arrivals due and not over, at the end of the second. */
  readonly inFlight: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly maxMs: number;
}

/** A second of the series with all its response times. */
export interface MeasuredSecond {
  readonly second: LoadSecond;
  /** Its begin, milliseconds since 1970. */
  readonly fromEpochMs: number;
  /** Microseconds, by the end of the requests. */
  readonly responseTime: Histogram;
}

/** Figures of a part of the run. */
export interface SliceResult extends Pick<LoadSlice, 'name' | 'request'> {
  /** Intended starts, milliseconds of measured time. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly count: number;
  readonly failed: number;
  /** Base64, microseconds, as in `RequestTimes`. */
  readonly responseTime: string;
}

export interface CheckResult {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
}

/** Addresses that accept connections; new connections take them in turn. */
export interface ResolvedTarget {
  readonly addresses: readonly string[];
  /** Time the resolver took. */
  readonly dnsMs: number;
}

/** How well the generator itself did: the evidence for the verdict. */
export interface GeneratorHealth {
  readonly workers: number;
  /**
   * Actual send minus intended start (base64, microseconds), as far as the generator is to blame:
   * the wait of an arrival for a free user, and of a later step for an earlier reply, is left out.
   */
  readonly lag: string;
  /** How long arrivals waited for a free user (base64, microseconds). Empty in the closed model. */
  readonly userWait?: string;
  /** CPU time of the busiest worker thread over the measured time, 0..1 of one core. */
  readonly busiestWorkerCpuShare: number;
  /** CPU time of all workers divided by requests sent, microseconds. */
  readonly cpuPerRequestUs: number;
  readonly socketsOpened: number;
  /** Begin of a connection until it was accepted (base64, microseconds); ramp-up included. */
  readonly connectTime?: string;
  /** From there until TLS was agreed on (base64, microseconds); empty without TLS. */
  readonly tlsTime?: string;
  /** Requests whose connection could not be opened or broke. */
  readonly socketErrors: number;
  /** Arrivals that never found a free user before the run ended. */
  readonly unstartedArrivals: number;
}

/** Live figures while the run goes on, a few times a second. */
export interface LoadProgress {
  readonly phase: 'ramp-up' | 'warm-up' | 'measuring' | 'finishing';
  readonly elapsedMs: number;
  readonly plannedMs: number;
  /** Requests of the measured time so far. */
  readonly done: number;
  readonly failed: number;
  /** Requests ended in about the last second, in every phase. */
  readonly ratePerSecond: number;
  readonly inFlight: number;
  /** Response times of the last whole second of measured time; 0 before it. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** Of the worker that is worst off, over the measured time so far. */
  readonly generatorLagP99Ms: number;
  /** Of the busiest worker over the measured time so far, 0..1 of one core. */
  readonly generatorCpuShare: number;
}
