import type { WorkerOptions } from 'node:worker_threads';

const runsFromSource: boolean = import.meta.url.endsWith('.ts');
/** Makes the packages of this repository resolve to their sources. */
const sourceCondition = '--conditions=@amdahl/source';

/** The module of this folder a thread begins with, by its name without extension. */
export function workerEntry(name: string): URL {
  return new URL(`./${name}.${runsFromSource ? 'ts' : 'js'}`, import.meta.url);
}

/** Options of a thread that imports a script. */
export function workerOptions(workerData: unknown): WorkerOptions {
  return {
    workerData,
    // What scripts print must not mix with results on standard output.
    stdout: true,
    ...(runsFromSource ? { execArgv: [...process.execArgv, sourceCondition] } : {}),
  };
}
