/** A load script before it is written: what was found in a source. */
export interface ScriptDraft {
  readonly users: readonly UserDraft[];
  /** Where the source's service answers, if it says so. */
  readonly baseUrl: string | null;
  /** Flags for `amdahl load` that say what the source said about its load. */
  readonly flags: readonly string[];
  /** What could not be carried over, a line each. */
  readonly notes: readonly string[];
}

export interface UserDraft {
  readonly name: string;
  readonly weight: number;
  /** As code, `uniform('1s', '5s')`; null for none. */
  readonly thinkTime: string | null;
  /** Name of the environment variable with a bearer token; null for none. */
  readonly tokenVariable: string | null;
  /** Done once when a user starts. */
  readonly start: readonly StepDraft[];
  readonly tasks: readonly TaskDraft[];
}

export interface TaskDraft {
  readonly name: string;
  readonly weight: number;
  readonly steps: readonly StepDraft[];
  /** Why it is written as a comment only; null for a task that runs. */
  readonly disabled: string | null;
}

/** A request, or a pause before the next one. */
export type StepDraft = RequestDraft | { readonly kind: 'pause'; readonly code: string };

export interface RequestDraft {
  readonly kind: 'request';
  readonly method: string;
  /** One of these is drawn each time. */
  readonly paths: readonly string[];
  /** `/products/:id`, when it is another than the path. */
  readonly name: string | null;
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Expected of the reply. */
  readonly checks: readonly { readonly name: string; readonly status: number }[];
}

/** A request without a body of which nothing is expected. */
export function request(
  method: string,
  paths: readonly string[],
  more: Partial<RequestDraft> = {},
): RequestDraft {
  return { kind: 'request', method, paths, name: null, checks: [], ...more };
}

/** A user of an ordinary kind. */
export function visitor(tasks: readonly TaskDraft[], more: Partial<UserDraft> = {}): UserDraft {
  return {
    name: 'visitor',
    weight: 1,
    thinkTime: "uniform('1s', '5s')",
    tokenVariable: null,
    start: [],
    tasks,
    ...more,
  };
}
