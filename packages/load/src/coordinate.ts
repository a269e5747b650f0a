import { randomBytes } from 'node:crypto';
import { Machines } from './cluster/machines.ts';
import { clientOptionsOf, type ClientOptions } from './http/client-options.ts';
import { resolveEndpoint } from './http/resolve-endpoint.ts';
import { loadErrors } from './load-errors.ts';
import { mergeReports, mergeSlices, SeriesMerger } from './measure/merge.ts';
import { ProgressMeter } from './measure/progress-meter.ts';
import { assess, slicesFor } from './objectives/assess.ts';
import { EarlyStop } from './objectives/early-stop.ts';
import type { LoadResult } from './result.ts';
import type { LoadOptions, LoadScenario } from './run-load.ts';
import { mostUsers, planOf, type LoadPlan } from './schedule/plan.ts';
import { Watch, type PatienceLimits } from './worker/watch.ts';
import { collectReports } from './worker/collect-reports.ts';
import { runHook, type HookName } from './worker/run-hook.ts';
import { ThreadWorker } from './worker/thread-worker.ts';
import type { ScriptFacts, TickListener, WorkerHandle } from './worker/worker-handle.ts';

/** From the order to start until the start, so that all workers have heard it. */
const startDelayMs = 50;
/** The same over Redis, whose reads a busy machine may get to late. */
const remoteStartDelayMs = 1_000;
/** More threads than any machine has cores are a slip of the keyboard. */
const maxWorkers = 256;

const noScript: ScriptFacts = { taskNames: [], hooks: [] };

/** Leads one run: hands out the shares, watches the workers, merges what they measured. */
export async function coordinate(
  options: LoadOptions,
  limits: PatienceLimits,
): Promise<LoadResult> {
  const plan = planOf(options.profile);
  const { baseUrl, scenario, objectives = [], slices: parts = [] } = options;
  checkScenario(scenario);
  const slices = [...slicesFor(objectives, parts, plan.measuredMs), ...parts];
  const client = clientOptionsOf(options);
  const seed = options.seed ?? 1;
  const given = options.workers ?? 1;
  const remote = typeof given === 'number' ? undefined : given;
  const workerCount = countWorkers(remote?.machines ?? Number(given), plan, client);
  const endpoint = await resolveEndpoint(options.baseUrl, options.tls);
  const traceRunId = options.traceContext === false ? undefined : randomBytes(8).toString('hex');
  const taskNotes = new SharedArrayBuffer(workerCount * Int32Array.BYTES_PER_ELEMENT);
  let measuringFromEpochMs = 0;
  const series = new SeriesMerger(workerCount, (second, responseTime) => {
    const fromEpochMs = measuringFromEpochMs + second.atMs;
    options.onSecond?.({ second, fromEpochMs, responseTime });
  });
  const meter = new ProgressMeter(workerCount, plan, series.seconds);
  const earlyStop = new EarlyStop(options.abortEarly === true ? objectives : [], slices, plan);
  const signals = [earlyStop.signal, ...(options.signal === undefined ? [] : [options.signal])];
  const signal = AbortSignal.any(signals);
  const assignment = { baseUrl, endpoint, client, scenario, plan, slices, seed, traceRunId };
  let workers: readonly WorkerHandle[] = [];
  const hearReport = (index: number): void =>
    series.reported(index, workers[index]?.lastReport?.measuredMs ?? 0);
  const onTick =
    (index: number): TickListener =>
    (tick) => {
      for (const second of tick.seconds) series.add(index, second);
      if (tick.seconds.length > 0) hearReport(index);
      meter.add(index, tick);
      earlyStop.add(index, tick);
    };
  const machines = remote === undefined ? undefined : await Machines.connect(remote);
  let watch: Watch | undefined;
  try {
    workers =
      machines === undefined || remote === undefined
        ? Array.from({ length: workerCount }, (_, index) => {
            const share = { index, of: workerCount };
            return new ThreadWorker({ ...assignment, taskNotes, share }, onTick(index));
          })
        : await machines.gather(remote, workerCount, assignment, onTick, signal);
    watch = new Watch(workers, limits, new Int32Array(taskNotes));
    const ready = await Promise.all(workers.map((worker) => worker.ready));
    const [{ taskNames, hooks } = noScript] = ready;
    const hook = (name: HookName, data?: unknown, stop?: AbortSignal): Promise<unknown> =>
      scenario.kind === 'script' && hooks.includes(name)
        ? runHook({ file: scenario.file, hook: name, data, baseUrl, endpoint, client, seed }, stop)
        : Promise.resolve();
    watch.pause();
    const data = await hook('setup', undefined, signal);
    watch.resume();
    const delayMs = machines === undefined ? startDelayMs : remoteStartDelayMs;
    const startEpochMs = performance.timeOrigin + performance.now() + delayMs;
    measuringFromEpochMs = startEpochMs + plan.rampUpMs + plan.warmupMs;
    for (const worker of workers) worker.start(startEpochMs, data);
    watch.runStarted(taskNames, signal);
    meter.start(startEpochMs, options.onProgress);
    earlyStop.start(startEpochMs - performance.timeOrigin);
    const userChanges: { readonly atMs: number; readonly users: number }[] = [];
    options.control?.attach((users) => {
      for (const worker of workers) worker.setUsers(users);
      const nowEpochMs = performance.timeOrigin + performance.now();
      userChanges.push({ atMs: Math.round(nowEpochMs - measuringFromEpochMs), users });
    });
    const { reports, missing } = await collectReports(workers, (worker) => {
      hearReport(worker);
      series.lose(worker);
      meter.lose(worker);
    });
    // What was not set up has nothing to be taken down.
    const wasSetUp = data !== undefined || !hooks.includes('setup');
    const teardownError = await (wasSetUp ? hook('teardown', data) : Promise.resolve()).then(
      () => undefined,
      (error: unknown) => (error as Error).message,
    );
    const merged = mergeReports(reports);
    const sliced = mergeSlices(slices, reports, merged.measuredMs);
    return {
      baseUrl,
      profile: options.profile,
      seed,
      ...(userChanges.length === 0 ? {} : { userChanges }),
      startedAtEpochMs: Math.round(measuringFromEpochMs),
      interrupted: watch.stopped,
      ...(earlyStop.hopeless === undefined ? {} : { hopeless: earlyStop.hopeless.text }),
      ...(missing.length === 0 ? {} : { missing }),
      ...(teardownError === undefined ? {} : { teardownError }),
      series: series.finish(),
      resolved: { addresses: endpoint.addresses ?? [endpoint.address], dnsMs: endpoint.dnsMs ?? 0 },
      ...merged,
      ...(sliced.length === 0 ? {} : { slices: sliced }),
      ...(objectives.length === 0 ? {} : { objectives: assess(objectives, sliced, merged.checks) }),
    };
  } finally {
    options.control?.attach(undefined);
    watch?.end();
    meter.end();
    await Promise.all(workers.map((worker) => worker.terminate()));
    await machines?.end();
  }
}

/** Workers beyond the number of users or connections would have nobody to drive. */
function countWorkers(workers: number, plan: LoadPlan, client: ClientOptions): number {
  if (Number.isInteger(workers) && workers >= 1 && workers <= maxWorkers) {
    return Math.min(workers, mostUsers(plan), client.maxConnections ?? Infinity);
  }
  throw bad(`a whole number of workers from 1 to ${maxWorkers}`, `${workers}`);
}

function checkScenario(scenario: LoadScenario): void {
  if (scenario.kind === 'script') return;
  const { requests, thinkTimeMs } = scenario;
  if (requests.length === 0) throw bad('at least one request in the scenario', 'none');
  if (!(Number.isFinite(thinkTimeMs) && thinkTimeMs >= 0)) {
    throw bad('a think time of 0 or more milliseconds', `${thinkTimeMs}`);
  }
  for (const { name, weight, paths } of requests) {
    if (!(Number.isFinite(weight) && weight > 0)) {
      throw bad(`a weight above 0 for the request "${name}"`, `${weight}`);
    }
    if (paths.length === 0) throw bad(`at least one path for the request "${name}"`, 'none');
  }
}

function bad(expected: string, found: string): Error {
  return loadErrors.create('AMDAHL_LOAD_BAD_OPTIONS', {
    expected,
    found,
    next: 'Correct the options of the run.',
  });
}
