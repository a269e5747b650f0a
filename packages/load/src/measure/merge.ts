import { Histogram, mergeHistograms } from '@amdahl/metrics';
import type {
  CheckResult,
  GeneratorHealth,
  LoadCounts,
  LoadResult,
  LoadSecond,
  RequestResult,
  SliceResult,
} from '../result.ts';
import type { CustomReport } from './custom-metrics.ts';
import { maxRequestNames, maxTaskErrorSamples } from './recorder.ts';
import { otherName } from './request-stats.ts';
import type { LoadSlice } from './slices.ts';
import type { RequestReport, SecondReport, WorkerReport } from './worker-report.ts';

/** The part of a result that the workers' reports hold. */
export type MergedReports = Pick<
  LoadResult,
  | 'counts'
  | 'measuredMs'
  | 'requests'
  | 'total'
  | 'checks'
  | 'generator'
  | 'taskErrorSamples'
  | 'custom'
>;

/** One result of all workers' shares. */
export function mergeReports(reports: readonly WorkerReport[]): MergedReports {
  const requests = mergeRequests(reports.flatMap((report) => report.requests));
  const measuredMs = Math.max(0, ...reports.map((report) => report.measuredMs));
  const custom = mergeCustom(reports.flatMap((report) => report.custom));
  const counts = sumRecords(reports.map((report) => ({ ...report.counts })));
  return {
    counts: counts as unknown as LoadCounts,
    measuredMs,
    requests,
    total: {
      responseTime: mergeHistograms(requests.map((request) => request.responseTime)).toBase64(),
      serviceTime: mergeHistograms(requests.map((request) => request.serviceTime)).toBase64(),
    },
    checks: mergeChecks(reports.flatMap((report) => report.checks)),
    generator: mergeHealth(reports, counts['started'] ?? 0),
    ...(custom.length === 0 ? {} : { custom }),
    taskErrorSamples: reports
      .flatMap((report) => report.taskErrorSamples)
      .slice(0, maxTaskErrorSamples),
  };
}

/** The slices of all workers, the last of them to the end of what was measured. */
export function mergeSlices(
  specs: readonly LoadSlice[],
  reports: readonly WorkerReport[],
  measuredMs: number,
): readonly SliceResult[] {
  return specs.map(({ name, request, fromMs = 0, toMs = measuredMs }, index) => {
    const same = reports.flatMap((report) => report.slices[index] ?? []);
    return {
      name,
      ...(request === undefined ? {} : { request }),
      fromMs: Math.min(fromMs, measuredMs),
      toMs: Math.min(toMs, measuredMs),
      count: sum(same.map((slice) => slice.count)),
      failed: sum(same.map((slice) => slice.failed)),
      responseTime: mergeHistograms(same.map((slice) => slice.responseTime)).toBase64(),
    };
  });
}

/** Busiest first; the least busy ones beyond the limit become `(other)`. */
function mergeRequests(reports: readonly RequestReport[]): RequestResult[] {
  const merged = [...groupBy(reports, (report) => `${report.method} ${report.path}`)]
    .map(([name, same]) => mergeRequest(name, same))
    .sort((a, b) => b.count - a.count);
  if (merged.length <= maxRequestNames) return merged;
  const other = merged.filter((request) => request.path === otherName);
  const named = merged.filter((request) => request.path !== otherName);
  const rest = [...named.splice(maxRequestNames), ...other];
  return [...named, mergeRequest(`* ${otherName}`, rest)];
}

function mergeRequest(name: string, same: readonly Omit<RequestResult, 'name'>[]): RequestResult {
  const [method = '', path = ''] = name.split(/ (.*)/s);
  return {
    name,
    method,
    path,
    count: sum(same.map((request) => request.count)),
    failed: sum(same.map((request) => request.failed)),
    statuses: sumRecords(same.map((request) => request.statuses)),
    errors: sumRecords(same.map((request) => request.errors)),
    errorDetails: sumRecords(same.map((request) => request.errorDetails ?? {})),
    receivedBytes: sum(same.map((request) => request.receivedBytes)),
    responseTime: mergeHistograms(same.map((request) => request.responseTime)).toBase64(),
    serviceTime: mergeHistograms(same.map((request) => request.serviceTime)).toBase64(),
  };
}

function mergeCustom(reports: readonly CustomReport[]): CustomReport[] {
  const groups = groupBy(reports, ({ kind, name }) => `${kind} ${name}`);
  return [...groups.values()].map((same) => {
    const { name, kind } = same[0] as CustomReport;
    return {
      name,
      kind,
      count: sum(same.map((report) => report.count)),
      total: sum(same.map((report) => report.total)),
      values:
        kind === 'counter' ? '' : mergeHistograms(same.map(({ values }) => values)).toBase64(),
    };
  });
}

function mergeChecks(checks: readonly CheckResult[]): CheckResult[] {
  return [...groupBy(checks, (check) => check.name)].map(([name, same]) => ({
    name,
    passed: sum(same.map((check) => check.passed)),
    failed: sum(same.map((check) => check.failed)),
  }));
}

function mergeHealth(reports: readonly WorkerReport[], started: number): GeneratorHealth {
  const cpuUs = sum(reports.map((report) => report.cpuUs));
  const shares = reports.map((report) => report.cpuUs / 1_000 / (report.measuredMs || Infinity));
  return {
    workers: reports.length,
    lag: mergeHistograms(reports.map((report) => report.lag)).toBase64(),
    userWait: mergeHistograms(reports.map((report) => report.userWait)).toBase64(),
    busiestWorkerCpuShare: Math.max(0, ...shares),
    cpuPerRequestUs: started === 0 ? 0 : cpuUs / started,
    socketsOpened: sum(reports.map((report) => report.socketsOpened)),
    connectTime: mergeHistograms(reports.map((report) => report.connectTime)).toBase64(),
    tlsTime: mergeHistograms(reports.map((report) => report.tlsTime)).toBase64(),
    socketErrors: sum(reports.map((report) => report.socketErrors)),
    unstartedArrivals: sum(reports.map((report) => report.unstartedArrivals)),
  };
}

/** The series of a run, put together second by second as the workers' parts arrive. */
export class SeriesMerger {
  /** Workers whose parts are waited for. */
  readonly #awaited: Set<number>;
  /** By second and worker. */
  readonly #parts = new Map<number, Map<number, SecondReport>>();
  /** Those of seconds that are whole, as long as they go beyond some worker's last report. */
  readonly #merged = new Map<number, Map<number, SecondReport>>();
  /** By worker, up to when its last report reaches. */
  readonly #reportedMs = new Map<number, number>();
  readonly seconds: LoadSecond[] = [];
  readonly #onSecond: (second: LoadSecond, responseTime: Histogram) => void;

  /** `onSecond` hears of each second once it is whole. */
  constructor(
    workers: number,
    onSecond: (second: LoadSecond, responseTime: Histogram) => void = (): void => undefined,
  ) {
    this.#onSecond = onSecond;
    this.#awaited = new Set(Array.from({ length: workers }, (_, index) => index));
  }

  add(worker: number, second: SecondReport): void {
    const parts = this.#parts.get(second.index) ?? new Map<number, SecondReport>();
    this.#parts.set(second.index, parts.set(worker, second));
    this.#mergeIfWhole(second.index, parts);
  }

  /** Whatever becomes of this worker, its figures are known up to then. */
  reported(worker: number, untilMs: number): void {
    this.#reportedMs.set(worker, untilMs);
    const reportedMs = [...this.#awaited].map((each) => this.#reportedMs.get(each) ?? 0);
    const byAllMs = Math.min(...reportedMs);
    for (const index of this.#merged.keys()) {
      if (endMs(index) <= byAllMs) this.#merged.delete(index);
    }
  }

  /**
   * No more parts of this worker come. Those that its last report covers stay; the others are taken
   * back, so that the series counts what the figures of the run do.
   */
  lose(worker: number): void {
    this.#awaited.delete(worker);
    const untilMs = this.#reportedMs.get(worker) ?? 0;
    for (const [index, parts] of this.#merged) {
      if (endMs(index) <= untilMs || !parts.delete(worker)) continue;
      const at = this.seconds.findIndex(({ atMs }) => atMs === index * 1_000);
      this.seconds[at] = secondOf(index, [...parts.values()]).second;
    }
    for (const [index, parts] of this.#parts) {
      if (endMs(index) > untilMs) parts.delete(worker);
      if (parts.size === 0) this.#parts.delete(index);
      else this.#mergeIfWhole(index, parts);
    }
  }

  /** Merges also the seconds that not all workers measured, at the end of an interrupted run. */
  finish(): readonly LoadSecond[] {
    for (const [index, parts] of this.#parts) this.#merge(index, parts);
    return this.seconds.sort((a, b) => a.atMs - b.atMs);
  }

  #mergeIfWhole(index: number, parts: Map<number, SecondReport>): void {
    for (const worker of this.#awaited) if (!parts.has(worker)) return;
    this.#merge(index, parts);
  }

  #merge(index: number, parts: Map<number, SecondReport>): void {
    this.#parts.delete(index);
    this.#merged.set(index, parts);
    const { second, times } = secondOf(index, [...parts.values()]);
    this.seconds.push(second);
    this.#onSecond(second, times);
  }
}

function endMs(index: number): number {
  return (index + 1) * 1_000;
}

function secondOf(
  index: number,
  parts: readonly SecondReport[],
): { readonly second: LoadSecond; readonly times: Histogram } {
  const times = new Histogram();
  for (const { responseTime } of parts) {
    if (responseTime !== '') times.add(Histogram.fromBase64(responseTime));
  }
  const second: LoadSecond = {
    atMs: index * 1_000,
    done: sum(parts.map((part) => part.done)),
    failed: sum(parts.map((part) => part.failed)),
    inFlight: sum(parts.map((part) => part.inFlight)),
    p50Ms: times.valueAtPercentile(50) / 1_000,
    p95Ms: times.valueAtPercentile(95) / 1_000,
    maxMs: times.max / 1_000,
  };
  return { second, times };
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  return Map.groupBy(items, keyOf);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function sumRecords(records: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const record of records) {
    for (const [key, number] of Object.entries(record)) total[key] = (total[key] ?? 0) + number;
  }
  return total;
}
