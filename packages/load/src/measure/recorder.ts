import { Histogram } from '@amdahl/metrics';
import type { Exchange } from '../http/exchange.ts';
import type { CheckResult, LoadCounts, TaskErrorSample } from '../result.ts';
import { CustomMetrics } from './custom-metrics.ts';
import { increment, otherName, RequestStats } from './request-stats.ts';
import type { SliceMeter } from './slices.ts';
import type { RequestReport, SecondReport } from './worker-report.ts';

/** Distinct request names kept, over all methods; enough for every route of a large service. */
export const maxRequestNames = 500;
const maxCheckNames = 200;
export const maxTaskErrorSamples = 10;
/**
 * The percentile of a name's service times that counts as its usual time. Lower, and the ordinary
 * spread of one step would be charged to the next; higher, and a stall would pass as usual.
 */
const usualPercentile = 90;

/** A request as the recorder sees it: an exchange with its times. */
export interface RecordedExchange extends Exchange {
  readonly stats: RequestStats;
  /** When the schedule wanted it sent. */
  readonly intendedMs: number;
  /** When the generator could have sent it: `intendedMs`, or the end of a wait for a free user. */
  readyMs: number;
  /** Whether it belongs to the measured time. */
  counted: boolean;
}

/**
 * The measured time on the worker's clock: in the future until the run starts. Its end moves to the
 * present when the run is interrupted.
 */
export interface MeasuredTime {
  fromMs: number;
  toMs: number;
}

/**
 * What one worker measures, in memory bounded by the number of names. A request belongs to the
 * measured time when its intended start does; replies that arrive after its end still count, and
 * `started = succeeded + failed + aborted` holds once `abort` was called.
 */
export class Recorder {
  readonly time: MeasuredTime = { fromMs: Infinity, toMs: Infinity };
  /** Requests under way, warm-up included. */
  inFlight = 0;
  /** Those of the measured time. */
  countedInFlight = 0;
  readonly lag: Histogram = new Histogram();
  readonly userWait: Histogram = new Histogram();
  readonly taskErrorSamples: TaskErrorSample[] = [];
  /** What the script records itself. */
  readonly custom: CustomMetrics = new CustomMetrics();
  /** Parts of the run kept apart, if any are. */
  slices: SliceMeter | undefined = undefined;
  socketErrors = 0;

  #started = 0;
  #succeeded = 0;
  #failed = 0;
  #aborted = 0;
  #warmup = 0;
  #taskErrors = 0;
  #names = 0;
  readonly #requests = new Map<string, Map<string, RequestStats>>();
  readonly #checks = new Map<string, { passed: number; failed: number }>();
  #second = { index: 0, done: 0, failed: 0 };
  readonly #secondTimes = new Histogram();

  /** The figures of a request name; those of `(other)` once there are too many names. */
  stats(method: string, path: string): RequestStats {
    const known = this.#requests.get(method)?.get(path);
    if (known !== undefined) return known;
    if (this.#names >= maxRequestNames && path !== otherName) return this.stats('*', otherName);
    const stats = new RequestStats(method, path);
    const paths = this.#requests.get(method) ?? new Map<string, RequestStats>();
    this.#requests.set(method, paths.set(path, stats));
    this.#names += 1;
    return stats;
  }

  /** Whether a request intended for this time comes too late to be sent. */
  isOver(intendedMs: number): boolean {
    return intendedMs >= this.time.toMs;
  }

  /** A request is about to be sent. */
  begin(exchange: RecordedExchange): void {
    exchange.counted = exchange.intendedMs >= this.time.fromMs;
    this.inFlight += 1;
    if (!exchange.counted) return;
    this.#started += 1;
    this.countedInFlight += 1;
  }

  /** A request is over. */
  end(exchange: RecordedExchange): void {
    this.inFlight -= 1;
    if (!exchange.counted) {
      this.#warmup += 1;
      return;
    }
    this.countedInFlight -= 1;
    const { stats, status, error, doneMs, sentMs } = exchange;
    const failed = error !== undefined || status >= 400;
    stats.count += 1;
    stats.receivedBytes += exchange.receivedBytes;
    increment(stats.statuses, error === undefined ? status : 0);
    if (failed) {
      this.#failed += 1;
      stats.failed += 1;
    } else {
      this.#succeeded += 1;
    }
    if (error !== undefined) {
      stats.countError(error, exchange.errorDetail);
      if (error === 'connect' || error === 'reset') this.socketErrors += 1;
    }
    this.lag.record((sentMs - exchange.readyMs) * 1_000);
    const inSeries = doneMs < this.time.toMs;
    if (inSeries) {
      this.#second.done += 1;
      if (failed) this.#second.failed += 1;
    }
    const responseTimeUs = (doneMs - exchange.intendedMs) * 1_000;
    // A time-out took at least this long; the other failures say nothing about a reply's time.
    const timed = error === undefined || error === 'timeout';
    this.slices?.record({
      stats,
      intendedMs: exchange.intendedMs - this.time.fromMs,
      failed,
      responseTimeUs: timed ? responseTimeUs : undefined,
    });
    if (!timed) return;
    stats.responseTime.record(responseTimeUs);
    stats.serviceTime.record((doneMs - sentMs) * 1_000);
    if (inSeries) this.#secondTimes.record(responseTimeUs);
  }

  check(name: string, passed: boolean): void {
    let check = this.#checks.get(name);
    if (check === undefined) {
      if (this.#checks.size >= maxCheckNames && name !== otherName) {
        this.check(otherName, passed);
        return;
      }
      check = { passed: 0, failed: 0 };
      this.#checks.set(name, check);
    }
    if (passed) check.passed += 1;
    else check.failed += 1;
  }

  taskError(sample: TaskErrorSample): void {
    this.#taskErrors += 1;
    if (this.taskErrorSamples.length < maxTaskErrorSamples) this.taskErrorSamples.push(sample);
  }

  /** Ends the current second of the series. */
  endSecond(inFlight: number): SecondReport {
    const times = this.#secondTimes;
    const second: SecondReport = {
      ...this.#second,
      inFlight,
      responseTime: times.count === 0 ? '' : times.toBase64(),
    };
    this.#second = { index: second.index + 1, done: 0, failed: 0 };
    times.reset();
    return second;
  }

  /** Learns from the replies so far what each name usually takes. */
  learnUsualTimes(): void {
    for (const stats of this.#eachStats()) {
      if (stats.serviceTime.count === 0) continue;
      stats.usualMs = stats.serviceTime.valueAtPercentile(usualPercentile) / 1_000;
    }
  }

  /** Gives up on the requests still under way. */
  abort(): void {
    this.#aborted += this.countedInFlight;
    this.countedInFlight = 0;
    this.inFlight = 0;
  }

  get counts(): LoadCounts {
    return {
      started: this.#started,
      succeeded: this.#succeeded,
      failed: this.#failed,
      aborted: this.#aborted,
      warmup: this.#warmup,
      taskErrors: this.#taskErrors,
    };
  }

  requestReports(): RequestReport[] {
    return [...this.#eachStats()]
      .filter((stats) => stats.count > 0)
      .map((stats) => ({
        method: stats.method,
        path: stats.path,
        count: stats.count,
        failed: stats.failed,
        statuses: Object.fromEntries(stats.statuses),
        errors: Object.fromEntries(stats.errors),
        errorDetails: Object.fromEntries(stats.errorDetails),
        receivedBytes: stats.receivedBytes,
        responseTime: stats.responseTime.toBase64(),
        serviceTime: stats.serviceTime.toBase64(),
      }));
  }

  checkResults(): CheckResult[] {
    return [...this.#checks].map(([name, counts]) => ({ name, ...counts }));
  }

  *#eachStats(): Generator<RequestStats> {
    for (const paths of this.#requests.values()) yield* paths.values();
  }
}
