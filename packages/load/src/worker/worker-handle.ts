import type { HookName } from './run-hook.ts';
import type { WorkerReport, WorkerTick } from '../measure/worker-report.ts';

/** What a worker tells of its script once it is imported. */
export interface ScriptFacts {
  /** Names of all tasks by id. */
  readonly taskNames: readonly string[];
  /** The hooks it has. */
  readonly hooks: readonly HookName[];
}

/** One worker, a thread here or a process on another machine, as whoever leads the run sees it. */
export interface WorkerHandle {
  readonly index: number;
  /** Name of its machine, when that is another one. */
  readonly machine?: string;
  readonly ready: Promise<ScriptFacts>;
  readonly done: Promise<WorkerReport>;
  /** When it last said something, by `performance.now()`. */
  readonly heardMs: number;
  /** What it measured up to some moment of the run; undefined before the first such report. */
  readonly lastReport: WorkerReport | undefined;
  /** Starts the run at this time of this machine's clock; `data` is what `setup` returned. */
  start(atEpochMs: number, data: unknown): void;
  /** Changes the number of users of the whole run. */
  setUsers(users: number): void;
  stop(): void;
  /** Ends the wait for it, and sees to it that it sends nothing any more. */
  fail(error: Error): void;
  /** The error of a worker that was silent for too long. `task` is the one it was last at. */
  silentError(silentMs: number, patienceMs: number, task: string | undefined): Error;
  terminate(): Promise<void>;
}

/** Hears where a worker is. */
export type TickListener = (tick: WorkerTick) => void;
