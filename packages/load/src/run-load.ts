import type { RemoteWorkers } from './cluster/machines.ts';
import { coordinate } from './coordinate.ts';
import type { TlsOptions } from './http/client-options.ts';
import type { LoadControl } from './load-control.ts';
import type { LoadSlice } from './measure/slices.ts';
import type { LoadObjective } from './objectives/objective.ts';
import type { LoadProfile } from './profile.ts';
import type { LoadProgress, LoadResult, MeasuredSecond } from './result.ts';
import { systemLimits } from './worker/watch.ts';

/** What the users do: a script file (it is loaded in every worker thread), or plain requests. */
export type LoadScenario =
  | { readonly kind: 'script'; readonly file: string }
  | {
      readonly kind: 'requests';
      readonly requests: readonly RequestSpec[];
      readonly thinkTimeMs: number;
    };

/** One request a user may draw, when there is no script. */
export interface RequestSpec {
  readonly name: string;
  readonly method: string;
  /** One of these is drawn each time. */
  readonly paths: readonly string[];
  readonly weight: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface LoadOptions {
  /** `http://127.0.0.1:3000`; paths of the scenario are resolved against it. */
  readonly baseUrl: string;
  readonly scenario: LoadScenario;
  readonly profile: LoadProfile;
  /** Worker threads, or workers on other machines. @default 1 */
  readonly workers?: number | RemoteWorkers;
  /** @default 1 */
  readonly seed?: number;
  /** Redirects a script's request follows at most unless it says otherwise. @default 0 */
  readonly redirects?: number;
  /** Speaks HTTP/2: over TLS where the server agrees, without TLS from the first byte. @default false */
  readonly http2?: boolean;
  /**
   * Connections of the whole run at once, shared by all users; a request waits for one, and the wait
   * counts in its response time. @default each user has its own
   */
  readonly maxConnections?: number;
  readonly tls?: TlsOptions;
  /** Sent with each request: a W3C `traceparent`, so that an agent can join both sides. @default true */
  readonly traceContext?: boolean;
  /** Parts of the run whose figures are wanted apart, such as the phases of a shape. */
  readonly slices?: readonly LoadSlice[];
  /** Conditions the run has to meet; the result says how it stands to each. */
  readonly objectives?: readonly LoadObjective[];
  /** Stops the run once one of the objectives cannot be met any more. @default false */
  readonly abortEarly?: boolean;
  /** Changes the number of users while the run goes on. */
  readonly control?: LoadControl;
  /** Ends the run early; the result says `interrupted` and keeps what was measured. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: LoadProgress) => void;
  /** Told of each second of measured time once all workers have sent it; nothing of it is kept. */
  readonly onSecond?: (second: MeasuredSecond) => void;
}

/**
 * Runs the load and resolves with its result, also when interrupted.
 *
 * @throws `AMDAHL_LOAD_*` when the options describe no run, the script cannot be loaded, the target
 * cannot be reached at all, or every worker dies or blocks. When only some do, the result names what
 * is `missing`.
 */
export function runLoad(options: LoadOptions): Promise<LoadResult> {
  return coordinate(options, systemLimits);
}
