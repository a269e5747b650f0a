import { cpus } from 'node:os';
import { listeningProcesses, openFiles, statFields } from './listening-processes.ts';

/** Clock ticks a second in /proc: 100 on every Linux, see `getconf CLK_TCK` and proc(5). */
const ticksPerSecond = 100;
/** Memory pages of /proc/<pid>/stat: 4 KiB on the machines Node is built for. */
const pageBytes = 4_096;
const sampleIntervalMs = 1_000;
const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/;
const defaultPorts: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/** How the processes of the service were at a moment. */
export interface ServiceSample {
  /** Milliseconds since 1970. */
  readonly atEpochMs: number;
  /** Resident memory of all of them. */
  readonly memoryBytes: number;
  /** Files, connections and other descriptors all of them have open. */
  readonly openFiles: number;
  /** CPU time since the sample before, of the busiest of them, 0..1 of one core. */
  readonly busiestCpuShare: number;
  /** CPU time since the sample before, of everything on this machine, 0..1 of all cores. */
  readonly machineCpuShare: number;
}

/** Looks once a second at the processes that listen on the service's port, if they are on this machine. */
export class ServiceWatch {
  readonly samples: ServiceSample[] = [];
  readonly #pids: readonly number[];
  readonly #timer: NodeJS.Timeout;
  #cpuTicks = new Map<number, number>();
  #machine = machineTimes();
  #atMs = performance.now();

  /** @param baseUrl of the service; nothing is watched when it is not on this machine */
  constructor(baseUrl: string) {
    const { hostname, port, protocol } = new URL(baseUrl);
    const here = loopback.test(hostname);
    this.#pids = here ? listeningProcesses(Number(port || defaultPorts[protocol])) : [];
    for (const pid of this.#pids) this.#cpuTicks.set(pid, cpuTicks(pid));
    this.#timer = setInterval(() => this.#sample(), sampleIntervalMs).unref();
  }

  /** Processes watched; 0 when the service runs elsewhere or may not be looked into. */
  get processes(): number {
    return this.#pids.length;
  }

  end(): void {
    clearInterval(this.#timer);
  }

  #sample(): void {
    if (this.#pids.length === 0) return;
    const nowMs = performance.now();
    const seconds = (nowMs - this.#atMs) / 1_000;
    const before = this.#cpuTicks;
    this.#cpuTicks = new Map(this.#pids.map((pid) => [pid, cpuTicks(pid)]));
    const used = [...this.#cpuTicks].map(([pid, ticks]) => ticks - (before.get(pid) ?? ticks));
    const machine = machineTimes();
    const busy = machine.busyMs - this.#machine.busyMs;
    const all = machine.allMs - this.#machine.allMs;
    this.samples.push({
      atEpochMs: performance.timeOrigin + nowMs,
      memoryBytes: sum(this.#pids.map(memoryBytes)),
      openFiles: sum(this.#pids.map((pid) => openFiles(pid).length)),
      busiestCpuShare: Math.max(0, ...used) / ticksPerSecond / seconds,
      machineCpuShare: all > 0 ? busy / all : 0,
    });
    this.#atMs = nowMs;
    this.#machine = machine;
  }
}

function cpuTicks(pid: number): number {
  const fields = statFields(pid) ?? [];
  return Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
}

function memoryBytes(pid: number): number {
  return Number(statFields(pid)?.[21] ?? 0) * pageBytes;
}

function machineTimes(): { readonly busyMs: number; readonly allMs: number } {
  let busyMs = 0;
  let allMs = 0;
  for (const { times } of cpus()) {
    const total = times.user + times.nice + times.sys + times.idle + times.irq;
    allMs += total;
    busyMs += total - times.idle;
  }
  return { busyMs, allMs };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
