import type { SerialisedError } from '@amdahl/metrics';
import type { ClientOptions } from '../http/client-options.ts';
import type { Endpoint } from '../http/endpoint.ts';
import type { LoadSlice } from '../measure/slices.ts';
import type { WorkerReport, WorkerTick } from '../measure/worker-report.ts';
import type { LoadScenario } from '../run-load.ts';
import type { LoadPlan } from '../schedule/plan.ts';
import type { Share } from '../users/model.ts';
import type { ScriptFacts } from './worker-handle.ts';

/** All a worker needs to compute its share of the run by itself. Plain values. */
export interface WorkerAssignment {
  readonly baseUrl: string;
  readonly endpoint: Endpoint;
  readonly client: ClientOptions;
  readonly scenario: LoadScenario;
  readonly plan: LoadPlan;
  /** Parts of the run whose figures are kept apart. */
  readonly slices: readonly LoadSlice[];
  readonly share: Share;
  readonly seed: number;
  /** First half of all trace ids, sixteen hexadecimal digits; undefined for no trace context. */
  readonly traceRunId: string | undefined;
  /** One number a worker: the id of the task it runs. Shared memory, readable when it is blocked. */
  readonly taskNotes: SharedArrayBuffer;
}

export type MessageToWorker =
  /** Starts at this time of day, the same in all workers. */
  | { readonly type: 'start'; readonly atEpochMs: number; readonly data: unknown }
  /** There are this many users in the whole run from now on. */
  | { readonly type: 'users'; readonly users: number }
  /** Ends at once. */
  | { readonly type: 'stop' };

export type MessageFromWorker =
  /** The script is loaded, the requests are prepared. */
  | { readonly type: 'ready'; readonly script: ScriptFacts }
  /** `report` is what it measured up to now, sent now and then in case the worker gets lost. */
  | { readonly type: 'tick'; readonly tick: WorkerTick; readonly report?: WorkerReport }
  | { readonly type: 'done'; readonly tick: WorkerTick; readonly report: WorkerReport }
  | { readonly type: 'failed'; readonly error: SerialisedError };

/** How often a worker says where it is. */
export const tickIntervalMs = 250;
