import {
  constants,
  monitorEventLoopDelay,
  performance,
  PerformanceObserver,
  type PerformanceEntry,
} from 'node:perf_hooks';
import { addOwnCpuMs } from './guard.ts';
import type { RuntimeSample } from './protocol.ts';

const sampleEveryMs = 1_000;
/** How often the loop's delay is measured. The timer's own interval is no delay. */
const delayResolutionMs = 10;
/** Samples kept: an hour. */
const maxSamples = 3_600;

/** Describes the process once a second. Keeps no process alive. */
export class RuntimeSampler {
  readonly #onSample: (sample: RuntimeSample) => void;
  readonly #activeRequests: () => number;
  readonly #delays = monitorEventLoopDelay({ resolution: delayResolutionMs });
  #samples: RuntimeSample[] = [];
  #utilization = performance.eventLoopUtilization();
  #cpu = process.cpuUsage();
  #sampledAt = performance.now();
  #gcMs = 0;
  #gcCount = 0;
  #heapAfterGcBytes = 0;

  constructor(activeRequests: () => number, onSample: (sample: RuntimeSample) => void) {
    this.#activeRequests = activeRequests;
    this.#onSample = onSample;
  }

  start(): void {
    this.#delays.enable();
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) this.#noteGc(entry);
    }).observe({ entryTypes: ['gc'] });
    setInterval(() => this.#sample(), sampleEveryMs).unref();
  }

  get samples(): readonly RuntimeSample[] {
    return this.#samples;
  }

  /** Forgets the samples so far. */
  clear(): void {
    this.#samples = [];
  }

  #noteGc(entry: PerformanceEntry): void {
    this.#gcMs += entry.duration;
    this.#gcCount += 1;
    const { kind } = (entry as { readonly detail?: { readonly kind?: number } }).detail ?? {};
    if (kind === constants.NODE_PERFORMANCE_GC_MAJOR) {
      this.#heapAfterGcBytes = process.memoryUsage().heapUsed;
    }
  }

  #sample(): void {
    const now = performance.now();
    const utilization = performance.eventLoopUtilization();
    const cpu = process.cpuUsage(this.#cpu);
    const memory = process.memoryUsage();
    const sample: RuntimeSample = {
      atEpochMs: Date.now(),
      loopDelayMeanMs: this.#delayMs(this.#delays.mean),
      loopDelayP99Ms: this.#delayMs(this.#delays.percentile(99)),
      loopDelayMaxMs: this.#delayMs(this.#delays.max),
      loopUtilization: performance.eventLoopUtilization(utilization, this.#utilization).utilization,
      cpuShare: (cpu.user + cpu.system) / 1_000 / (now - this.#sampledAt),
      gcMs: this.#gcMs,
      gcCount: this.#gcCount,
      rssBytes: memory.rss,
      heapUsedBytes: memory.heapUsed,
      heapAfterGcBytes: this.#heapAfterGcBytes,
      activeRequests: this.#activeRequests(),
    };
    this.#utilization = utilization;
    this.#cpu = process.cpuUsage();
    this.#sampledAt = now;
    this.#gcMs = 0;
    this.#gcCount = 0;
    // A reset forgets when the last measurement was. The monitor's own timer is due in the same turn
    // as this one and may come after it; only then has it seen what delayed both.
    setImmediate(() => this.#delays.reset()).unref();
    if (this.#samples.length >= maxSamples) this.#samples.shift();
    this.#samples.push(sample);
    this.#onSample(sample);
    addOwnCpuMs(performance.now() - now);
  }

  /** Nanoseconds between two measurements as milliseconds of delay; 0 before the first. */
  #delayMs(intervalNs: number): number {
    const delayMs = intervalNs / 1_000_000 - delayResolutionMs;
    return Number.isFinite(delayMs) ? Math.max(0, delayMs) : 0;
  }
}
