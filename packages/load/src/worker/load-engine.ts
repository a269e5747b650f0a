import { Alarms } from '../alarms.ts';
import { createConnectionContext, type ConnectionContext } from '../http/connection-context.ts';
import { createTransports, type Transports } from '../http/transports.ts';
import { Recorder } from '../measure/recorder.ts';
import { SliceMeter } from '../measure/slices.ts';
import type { LoadCounts } from '../result.ts';
import type { SecondReport, WorkerReport, WorkerTick } from '../measure/worker-report.ts';
import { seededRandom } from '@amdahl/metrics';
import { arrivalTimes } from '../schedule/arrivals.ts';
import type { LoadedScript } from '../script-file.ts';
import { ClosedModel } from '../users/closed-model.ts';
import type { CreateUser, Model } from '../users/model.ts';
import { OpenModel } from '../users/open-model.ts';
import type { SharedData } from '../users/script-user.ts';
import type { UserContext } from '../users/session.ts';
import { requestsUsers, scriptUsers } from './create-users.ts';
import type { WorkerAssignment } from './messages.ts';
import { threadCpuUs } from './thread-cpu.ts';

/**
 * Replies to requests of the measured time are awaited this long after its end, so that the slow
 * ones, which are still on their way then, are not left out of the percentiles.
 */
const drainMs = 10_000;
/** How often it is looked whether the last reply arrived. */
const drainLookMs = 5;
/** Forks of the run's seed below 0 are no user's. */
const scheduleFork = -1;

/** One worker's share of a run, from start to report. */
export class LoadEngine {
  readonly #assignment: WorkerAssignment;
  readonly #nowMs: () => number;
  readonly #alarms: Alarms;
  readonly #connections: ConnectionContext;
  readonly #transports: Transports;
  readonly #recorder = new Recorder();
  readonly #shared: SharedData = { data: undefined };
  readonly #model: Model;
  readonly #seconds: SecondReport[] = [];
  readonly #report = Promise.withResolvers<WorkerReport>();
  #nextSecondMs = Infinity;
  #cpuAtStartUs = 0;
  #cpuAtEndUs = 0;
  #finished = false;

  /**
   * `noteTask` hears the id of each task whenever its code is about to run.
   *
   * @throws `AMDAHL_LOAD_BAD_REQUEST` when a request of the scenario cannot be sent.
   */
  constructor(
    assignment: WorkerAssignment,
    script: LoadedScript,
    noteTask: (taskId: number) => void,
    nowMs: () => number = () => performance.now(),
  ) {
    this.#assignment = assignment;
    this.#nowMs = nowMs;
    const { plan, endpoint, client, share, slices } = assignment;
    // Users who think may do so a millisecond longer; a schedule is kept.
    this.#alarms = new Alarms(nowMs, { precise: plan.model === 'open' });
    if (slices.length > 0) this.#recorder.slices = new SliceMeter(slices);
    this.#connections = createConnectionContext(endpoint, this.#alarms, nowMs, share.index);
    const { maxConnections } = client;
    const limit =
      maxConnections === undefined
        ? undefined
        : Math.ceil((maxConnections - share.index) / share.of);
    this.#transports = createTransports(this.#connections, client.http2, limit);
    const context: UserContext = {
      connections: this.#connections,
      openTransport: this.#transports.forUser,
      recorder: this.#recorder,
      alarms: this.#alarms,
      nowMs,
      scheduled: plan.model === 'open',
    };
    const { scenario } = assignment;
    const createUser =
      scenario.kind === 'requests'
        ? requestsUsers(assignment, context, scenario.requests, scenario.thinkTimeMs)
        : scriptUsers(assignment, { ...context, shared: this.#shared }, script, noteTask);
    this.#model = this.#createModel(context, createUser);
  }

  /**
   * Starts at a time of the worker's clock and resolves when the run is over. `data` is what the
   * script's `setup` returned.
   */
  run(startMs: number, data?: unknown): Promise<WorkerReport> {
    this.#shared.data = data;
    const { plan } = this.#assignment;
    const { time } = this.#recorder;
    time.fromMs = startMs + plan.rampUpMs + plan.warmupMs;
    time.toMs = time.fromMs + plan.measuredMs;
    this.#alarms.at(time.fromMs, () => this.#startMeasuring());
    this.#alarms.at(time.toMs, () => this.#endMeasuring());
    if (plan.model === 'closed') {
      for (const { atMs, users } of plan.changes) {
        this.#alarms.at(time.fromMs + atMs, () => this.#model.setUsers(users));
      }
    }
    this.#model.start(startMs);
    return this.#report.promise;
  }

  /** Drives this many users of the whole run from now on. */
  setUsers(users: number): void {
    if (!this.#finished) this.#model.setUsers(users);
  }

  /** Ends the run at once; the report holds what was measured. */
  stop(): void {
    const { time } = this.#recorder;
    const nowMs = this.#nowMs();
    if (this.#cpuAtEndUs === 0) this.#cpuAtEndUs = this.#cpuNowUs();
    time.toMs = Math.min(time.toMs, nowMs);
    time.fromMs = Math.min(time.fromMs, time.toMs);
    this.#finish();
  }

  /** Where the run is; the seconds in it are handed out once. */
  tick(): WorkerTick {
    const { succeeded, failed, warmup } = this.#recorder.counts;
    const done = succeeded + failed;
    const inFlight = this.#finished ? 0 : this.#model.inFlight(this.#nowMs());
    return {
      done,
      failed,
      ended: done + warmup,
      inFlight,
      lagP99Us: this.#recorder.lag.valueAtPercentile(99),
      cpuShare: this.#cpuShare(),
      seconds: this.#seconds.splice(0),
      slices: this.#recorder.slices?.tallies() ?? [],
    };
  }

  /** CPU time of the thread, without what it spent on waiting for the next arrival. */
  #cpuNowUs(): number {
    return threadCpuUs() - this.#alarms.loopedMs * 1_000;
  }

  /** 0 before the measured time. */
  #cpuShare(): number {
    const { fromMs, toMs } = this.#recorder.time;
    const measuredMs = Math.min(this.#nowMs(), toMs) - fromMs;
    if (this.#cpuAtStartUs === 0 || !(measuredMs > 0)) return 0;
    const nowUs = this.#cpuAtEndUs === 0 ? this.#cpuNowUs() : this.#cpuAtEndUs;
    return Math.max(0, nowUs - this.#cpuAtStartUs) / 1_000 / measuredMs;
  }

  #startMeasuring(): void {
    this.#cpuAtStartUs = this.#cpuNowUs();
    this.#awaitSecond(this.#recorder.time.fromMs);
  }

  #awaitSecond(startMs: number): void {
    this.#nextSecondMs = startMs + 1_000;
    if (this.#nextSecondMs > this.#recorder.time.toMs) return;
    this.#alarms.at(this.#nextSecondMs, (nowMs) => {
      this.#seconds.push(this.#recorder.endSecond(this.#model.inFlight(nowMs)));
      if (this.#assignment.plan.model === 'open') this.#recorder.learnUsualTimes();
      this.#awaitSecond(this.#nextSecondMs);
    });
  }

  #endMeasuring(): void {
    this.#cpuAtEndUs = this.#cpuNowUs();
    this.#drain(this.#recorder.time.toMs + drainMs);
  }

  #drain(untilMs: number): void {
    const nowMs = this.#nowMs();
    const idle = this.#recorder.countedInFlight === 0 && this.#model.isExhausted(nowMs);
    if (idle || nowMs >= untilMs) this.#finish();
    else this.#alarms.at(nowMs + drainLookMs, () => this.#drain(untilMs));
  }

  #finish(): void {
    if (this.#finished) return;
    this.#finished = true;
    const recorder = this.#recorder;
    const nowMs = this.#nowMs();
    const unstartedArrivals = this.#model.unstartedArrivals(nowMs);
    const { fromMs, toMs } = recorder.time;
    // What is left of the measured time: its last second, whole when its end did not ring before the run's.
    if (toMs > this.#nextSecondMs - 1_000 && toMs <= this.#nextSecondMs) {
      this.#seconds.push(recorder.endSecond(this.#model.inFlight(nowMs)));
    }
    recorder.abort();
    this.#alarms.clear();
    this.#model.abandon();
    this.#transports.close();
    this.#report.resolve(
      this.#reportOf(recorder.counts, toMs - fromMs, this.#cpuAtEndUs, unstartedArrivals),
    );
  }

  /**
   * What a report would hold if the worker were lost now: requests under way count as aborted, and
   * arrivals that wait as not yet due. Undefined outside the measured time.
   */
  snapshot(): WorkerReport | undefined {
    const { time, counts, countedInFlight } = this.#recorder;
    const measuredMs = Math.min(this.#nowMs(), time.toMs) - time.fromMs;
    if (this.#finished || !(measuredMs > 0)) return undefined;
    const cpuUs = this.#cpuAtEndUs === 0 ? this.#cpuNowUs() : this.#cpuAtEndUs;
    return this.#reportOf({ ...counts, aborted: countedInFlight }, measuredMs, cpuUs, 0);
  }

  #reportOf(
    counts: LoadCounts,
    measuredMs: number,
    cpuNowUs: number,
    unstartedArrivals: number,
  ): WorkerReport {
    const recorder = this.#recorder;
    return {
      counts,
      measuredMs,
      requests: recorder.requestReports(),
      checks: recorder.checkResults(),
      lag: recorder.lag.toBase64(),
      userWait: recorder.userWait.toBase64(),
      cpuUs: this.#cpuAtStartUs === 0 ? 0 : Math.max(0, cpuNowUs - this.#cpuAtStartUs),
      socketsOpened: this.#connections.socketsOpened,
      connectTime: this.#connections.connectTime.toBase64(),
      tlsTime: this.#connections.tlsTime.toBase64(),
      socketErrors: recorder.socketErrors,
      unstartedArrivals,
      taskErrorSamples: recorder.taskErrorSamples,
      slices: recorder.slices?.reports() ?? [],
      custom: recorder.custom.reports(),
    };
  }

  #createModel(context: UserContext, createUser: CreateUser): Model {
    const { plan, share, seed } = this.#assignment;
    if (plan.model === 'closed') return new ClosedModel(context, plan, share, createUser);
    const schedule = (): Iterator<number, void> =>
      arrivalTimes(plan, seededRandom(seed).fork(scheduleFork), share);
    return new OpenModel(context, plan.maxUsers, share, schedule, createUser);
  }
}
