/**
 * What the agent and the workbench say to each other.
 *
 * The workbench listens on a Unix domain socket (a named pipe on Windows) and starts the app with
 * its path in `AMDAHL_AGENT_SOCKET`. Each process of the app connects, says `hello`, and answers
 * requests. Messages are JSON, one a line. An unknown message is ignored, so that either side may
 * be one version ahead. Times are microseconds unless a name says otherwise; histograms are
 * `Histogram.toBase64` of `@amdahl/metrics`, in microseconds.
 */
export const protocolVersion = 1;

/** Environment variable with the socket's path. Without it the agent only serves its own API. */
export const agentSocketVariable = 'AMDAHL_AGENT_SOCKET';

export type AgentMessage =
  | { readonly type: 'hello'; readonly protocol: number; readonly process: ProcessFacts }
  /** Sent by itself, once a second. */
  | { readonly type: 'sample'; readonly sample: RuntimeSample }
  /** Sent by itself when the app starts listening. */
  | { readonly type: 'listening'; readonly port: number; readonly host: string }
  | { readonly type: 'snapshot'; readonly id: number; readonly snapshot: AgentSnapshot }
  | { readonly type: 'cpu-profile'; readonly id: number; readonly profile: CpuProfile }
  | { readonly type: 'failed'; readonly id: number; readonly message: string };

export type WorkbenchMessage =
  /** Forgets all aggregates and starts a window. */
  | { readonly type: 'begin' }
  /** Asks for the aggregates since `begin`; the window goes on. */
  | { readonly type: 'collect'; readonly id: number }
  /** Runs the CPU profiler for this long, then answers with the profile. */
  | {
      readonly type: 'profile';
      readonly id: number;
      readonly durationMs: number;
      readonly intervalUs: number;
    };

export interface ProcessFacts {
  readonly pid: number;
  readonly parentPid: number;
  readonly nodeVersion: string;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly cpuCount: number;
  /** Libraries the agent found and watches, such as `fastify`, `pg`, with their versions. */
  readonly watched: Readonly<Record<string, string>>;
}

/** Everything of one window in one process. Bounded whatever the traffic. */
export interface AgentSnapshot {
  readonly process: ProcessFacts;
  readonly windowMs: number;
  readonly routes: readonly RouteAggregate[];
  readonly statements: readonly StatementAggregate[];
  readonly calls: readonly CallAggregate[];
  /** Whole traces of the slowest requests of each route, and a few drawn at random. */
  readonly traces: readonly Trace[];
  readonly runtime: readonly RuntimeSample[];
  /** What the bounds made the agent leave out, by kind: `routes`, `statements`, `traces`, `spans`. */
  readonly dropped: Readonly<Record<string, number>>;
  /** The agent's own CPU time in this window, as far as it can be told, microseconds. */
  readonly ownCpuUs: number;
}

/** Requests the app served on one route. */
export interface RouteAggregate {
  readonly method: string;
  /** The route's pattern as the framework knows it, `/products/:id`; else a path with ids replaced. */
  readonly route: string;
  readonly count: number;
  /** Replies with status 500 and above. */
  readonly errors: number;
  /** From the request's arrival to the end of its reply. */
  readonly duration: string;
  readonly responseBytes: number;
  /** Sums over all requests of this route; `total` is the sum of durations. */
  readonly time: TimeBudget;
  readonly statements: number;
  /** Database connections opened while serving. */
  readonly connects: number;
}

/**
 * Where the wall time of requests went, microseconds. Time covered by several waits at once counts
 * once, in the order of the fields; the parts sum to `total`.
 */
export interface TimeBudget {
  readonly total: number;
  /** A statement runs in the database. */
  readonly database: number;
  /** Waiting for a free connection of a pool, or for a new one to open. */
  readonly pool: number;
  /** Waiting for another HTTP service. */
  readonly http: number;
  /** Waiting for some other socket: mail, cache, queue. */
  readonly socket: number;
  /** None of the above while the event loop was busy with this or any other request: computing. */
  readonly compute: number;
  /** None of the above and the loop idle: timers, files, work the agent cannot see. */
  readonly other: number;
}

/** One statement shape, run from one place in the code, while serving one route. */
export interface StatementAggregate {
  readonly system: 'postgresql';
  /** The text with its `$n`, as the app sent it; literals in it replaced by `?`. Cut at 10,000 characters. */
  readonly text: string;
  /** One text exactly as sent, for EXPLAIN: literals kept. */
  readonly exampleText: string;
  /** Up to five parameter lists as they were sent, JSON values, long strings cut. */
  readonly exampleParameters: readonly (readonly unknown[])[];
  /** `GET /orders/:id`, or `(none)` outside a request. */
  readonly route: string;
  readonly callSite: CodeFrame | null;
  readonly count: number;
  /** Requests in which it ran at least once. */
  readonly requests: number;
  /** The most it ran in one request. */
  readonly maxPerRequest: number;
  /** Estimated number of different parameter lists over the whole window. */
  readonly distinctParameters: number;
  /** Mean number of different parameter lists within one request. */
  readonly distinctParametersPerRequest: number;
  /** Share of executions whose result had the same rows as the last one with the same parameters, 0..1; null when never repeated. */
  readonly repeatedResultShare: number | null;
  readonly duration: string;
  readonly durationSumUs: number;
  /**
   * Wall time covered by this statement's executions within requests, overlaps counted once: what
   * the requests waited for it.
   */
  readonly wallSumUs: number;
  readonly rows: number;
  /** Bytes of the result rows as received. */
  readonly bytes: number;
  /** Names of the columns it returned. */
  readonly columns: readonly string[];
  readonly errors: number;
}

/** Calls to one peer that is no SQL database: an HTTP service, a mail server, any other socket. */
export interface CallAggregate {
  readonly kind: 'http' | 'socket';
  /** `POST http://127.0.0.1:8025/hooks/:id`, or `127.0.0.1:25` for a socket. */
  readonly peer: string;
  readonly route: string;
  readonly callSite: CodeFrame | null;
  readonly count: number;
  readonly requests: number;
  readonly duration: string;
  readonly durationSumUs: number;
  readonly wallSumUs: number;
  readonly errors: number;
  /** Connections opened: as many as calls when none is reused. */
  readonly connects: number;
}

/** A place in the app's own code: the nearest frame outside node_modules and Node itself. */
export interface CodeFrame {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly functionName: string;
  /** The package the frame calls that does the work, `drizzle-orm`; absent when it is the driver itself. */
  readonly via?: string;
}

/** One request, whole. */
export interface Trace {
  /** W3C trace id the load sent, else one of the agent's own. */
  readonly traceId: string;
  readonly route: string;
  readonly url: string;
  readonly status: number;
  readonly startedAtEpochMs: number;
  readonly durationUs: number;
  /** `slowest` of its route or a `random` one. */
  readonly kind: 'slowest' | 'random';
  readonly spans: readonly Span[];
}

export interface Span {
  /** Index in its trace. */
  readonly id: number;
  readonly kind: 'statement' | 'pool' | 'connect' | 'http' | 'socket';
  /** Statement shape, peer, or pool. */
  readonly name: string;
  readonly startUs: number;
  readonly durationUs: number;
  readonly callSite: CodeFrame | null;
  /**
   * Spans whose results this one's parameters came from, as far as values tell: a value first seen
   * in their rows. Empty means nothing seen ties it to an earlier one.
   */
  readonly needs: readonly number[];
  readonly rows?: number;
  /** Equal for executions of one statement with the same values, be they parameters or literals. */
  readonly parameters?: number;
  /** Equal for results with the same rows, as far as the first of them tell. Absent until answered. */
  readonly result?: number;
  /** Equal for statements on the same connection of the process. Absent where the driver hides it. */
  readonly connection?: number;
  /** For each parameter that was a value of an earlier result: which result's, and of what column. */
  readonly sources?: readonly ValueSource[];
  readonly error?: string;
}

/** Where the value of a parameter was first seen. */
export interface ValueSource {
  /** 1 for `$1`; 0 for a literal of a statement without parameters. */
  readonly parameter: number;
  /** Index of the span in whose rows the value was. */
  readonly span: number;
  readonly column: string;
}

/** One second of the process. */
export interface RuntimeSample {
  /** Milliseconds since 1970. */
  readonly atEpochMs: number;
  /** Event-loop delay in this second, milliseconds. */
  readonly loopDelayMeanMs: number;
  readonly loopDelayP99Ms: number;
  readonly loopDelayMaxMs: number;
  /** 0..1 */
  readonly loopUtilization: number;
  /** CPU time of all threads, 1 = one core busy. */
  readonly cpuShare: number;
  readonly gcMs: number;
  readonly gcCount: number;
  readonly rssBytes: number;
  readonly heapUsedBytes: number;
  /** Heap in use right after the last major collection, 0 before the first. */
  readonly heapAfterGcBytes: number;
  readonly activeRequests: number;
}

/** V8's CPU profile, as the inspector's `Profiler.stop` returns it. */
export interface CpuProfile {
  readonly nodes: readonly CpuProfileNode[];
  /** Microseconds, the process's own clock. */
  readonly startTime: number;
  readonly endTime: number;
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

export interface CpuProfileNode {
  readonly id: number;
  readonly callFrame: {
    readonly functionName: string;
    readonly scriptId: string;
    readonly url: string;
    readonly lineNumber: number;
    readonly columnNumber: number;
  };
  readonly hitCount?: number;
  readonly children?: readonly number[];
}
