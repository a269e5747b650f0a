/**
 * The shape of a load script: who the users are, what they do, how long they pause.
 *
 * ```ts
 * import { defineLoad, uniform, weighted } from '@amdahl/load';
 *
 * export default defineLoad({
 *   users: {
 *     shopper: {
 *       thinkTime: uniform('1s', '5s'),
 *       tasks: {
 *         'view homepage': weighted(3, ({ http }) => http.get('/')),
 *         'view product': ({ http, random }) =>
 *           http.get(`/products/${random.integer(1, 1000)}`, { name: '/products/:id' }),
 *         'create order': async ({ http, check }) => {
 *           const reply = await http.post('/orders', { json: { productId: 1, quantity: 2 } });
 *           check('the order is created', reply.status === 201);
 *         },
 *       },
 *     },
 *   },
 * });
 * ```
 */
import type { ThinkTime } from './think-time.ts';
import type { Random } from '@amdahl/metrics';

/** What a load script exports as its default. */
export interface LoadScript<Data = unknown> {
  /**
   * Runs once before the run, whatever the number of workers and machines; its requests are in no
   * figure. What it returns, plain data as JSON knows it, is `data` of every user.
   */
  readonly setup?: (user: User) => Data | Promise<Data>;
  /** Runs once after the run, also after one that was interrupted. */
  readonly teardown?: (user: User<unknown, Data>) => unknown;
  /** Kinds of user by name. Virtual users are dealt out to the kinds by `weight`. */
  readonly users: Readonly<Record<string, UserKind<unknown, Data>>>;
}

export interface UserKind<State = unknown, Data = unknown> {
  /** Share of the virtual users that are of this kind, relative to the others. @default 1 */
  readonly weight?: number;
  /** Pause between two tasks of one user. @default none */
  readonly thinkTime?: ThinkTime;
  /** Headers each request of this user carries. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent with each request of this user as the `Authorization` header. */
  readonly auth?: Authorization;
  /** Runs once when a user starts: log in, draw an identity. Its result is `state` in every task. */
  readonly start?: (user: User<unknown, Data>) => State | Promise<State>;
  /** Tasks by name; one is drawn by weight at each turn. */
  readonly tasks: Readonly<Record<string, Task<Data> | WeightedTask<Data>>>;
}

/** One thing a user does. The function's promise settles when the task is over. */
export type Task<Data = unknown> = (user: User<unknown, Data>) => unknown;

export interface WeightedTask<Data = unknown> {
  readonly weight: number;
  readonly run: Task<Data>;
}

/** What a task is given. */
export interface User<State = unknown, Data = unknown> {
  /** Index of this virtual user over all workers, from 0. */
  readonly index: number;
  /** Requests of this user; cookies are kept between them. */
  readonly http: HttpClient;
  /** WebSockets of this user, with its headers and cookies. */
  readonly ws: SocketClient;
  /** Seeded randomness of this user: the same seed gives the same run. */
  readonly random: Random;
  /** What `start` returned. */
  readonly state: State;
  /** What the script's `setup` returned. */
  readonly data: Data;
  /** Counts an expectation as met or failed; never throws. Returns `passed`. */
  readonly check: (name: string, passed: boolean) => boolean;
  /** Pauses inside a task. */
  readonly pause: (time: ThinkTime | string | number) => Promise<void>;
  /** Pauses as this kind of user does between two tasks. */
  readonly think: () => Promise<void>;
  /**
   * Times what is done within, pauses included, from when the schedule wanted it to begin. One that
   * throws is not timed.
   */
  readonly group: <Result>(name: string, run: () => Result | Promise<Result>) => Promise<Result>;
  /** Figures of the script's own. */
  readonly metrics: UserMetrics;
}

export interface UserMetrics {
  /** Adds to a counter. */
  readonly count: (name: string, amount?: number) => void;
  /** Records a value of 0 or more, whose percentiles are told. */
  readonly record: (name: string, value: number) => void;
}

export interface HttpClient {
  get(path: string, options?: RequestOptions): Promise<Reply>;
  head(path: string, options?: RequestOptions): Promise<Reply>;
  post(path: string, options?: RequestOptions): Promise<Reply>;
  put(path: string, options?: RequestOptions): Promise<Reply>;
  patch(path: string, options?: RequestOptions): Promise<Reply>;
  delete(path: string, options?: RequestOptions): Promise<Reply>;
  request(method: string, path: string, options?: RequestOptions): Promise<Reply>;
}

export interface SocketClient {
  /**
   * Opens a WebSocket, counted as `WS <name> connect`. One that cannot be opened resolves too, with
   * `open` false and `error` set.
   */
  connect(path: string, options?: SocketOptions): Promise<LoadSocket>;
}

export interface SocketOptions {
  /** Groups sockets in the results. @default the path without its query */
  readonly name?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly protocols?: readonly string[];
  /** From the begin of the connection to the end of the handshake. @default 30 s */
  readonly timeoutMs?: number;
}

export interface LoadSocket {
  readonly open: boolean;
  /** Why it could not be opened or broke: `connect`, `timeout`, `reset`, `protocol`. */
  readonly error?: string;
  readonly errorDetail?: string;
  /** Sends a message. Answers false, and sends nothing, when the socket is not open. */
  send(data: string | Uint8Array): boolean;
  /**
   * The next message. When it answers one that was sent, the time between counts as a request
   * `WS <name> message`. On a time-out or a closed socket it resolves with `error` set.
   */
  receive(options?: { readonly timeoutMs?: number }): Promise<SocketMessage>;
  close(code?: number, reason?: string): void;
}

export interface SocketMessage {
  readonly error?: string;
  readonly errorDetail?: string;
  text(): string;
  /** @throws SyntaxError when it is no JSON */
  json<T = unknown>(): T;
  bytes(): Uint8Array;
}

export interface RequestOptions {
  /** Groups requests in the results: `/products/:id`. @default the path without its query */
  readonly name?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, with its content type. */
  readonly json?: unknown;
  /** Sent as a URL-encoded form. */
  readonly form?: Readonly<Record<string, string | number>>;
  readonly body?: string | Uint8Array;
  /** Sent as `multipart/form-data`: fields and files by name. */
  readonly multipart?: Readonly<Record<string, MultipartField>>;
  /** Sent as the `Authorization` header, instead of the user's own. */
  readonly auth?: Authorization;
  /**
   * Redirects followed at most, each counted as a request of its own. With 0 a redirect is a reply
   * like others. @default `redirects` of the run
   */
  readonly redirects?: number;
  /** From the actual send to the last byte. @default 30 s */
  readonly timeoutMs?: number;
}

/** Basic authentication, or a bearer token. */
export type Authorization =
  | { readonly user: string; readonly password: string }
  | { readonly bearer: string };

/** A field of a multipart form: a value or a file. */
export type MultipartField =
  | string
  | number
  | {
      readonly filename: string;
      /** Media type. @default none */
      readonly type?: string;
      readonly bytes: string | Uint8Array;
    };

/** A reply. A request that fails on the wire resolves too, with `status` 0 and `error` set. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether the status is 2xx or 3xx. */
  readonly ok: boolean;
  /** From the actual send to the last byte. */
  readonly serviceTimeMs: number;
  /**
   * Kind of failure: `connect`, `timeout`, `reset`, `protocol`, or `redirect` for one that cannot be
   * followed; undefined when a reply arrived.
   */
  readonly error?: string;
  /** What went wrong, finer than the kind: `ECONNREFUSED`, `bad-chunk`. */
  readonly errorDetail?: string;
  text(): string;
  /** @throws SyntaxError when the body is no JSON */
  json<T = unknown>(): T;
  bytes(): Uint8Array;
}

/** Types a script and returns it unchanged. */
export function defineLoad<Data = unknown>(script: LoadScript<Data>): LoadScript<Data> {
  return script;
}

/** Types one kind of user whose `start` returns a state. */
export function defineUser<State, Data = unknown>(kind: {
  readonly weight?: number;
  readonly thinkTime?: ThinkTime;
  readonly headers?: Readonly<Record<string, string>>;
  readonly auth?: Authorization;
  readonly start: (user: User<unknown, Data>) => State | Promise<State>;
  readonly tasks: Readonly<
    Record<
      string,
      | ((user: User<State, Data>) => unknown)
      | { readonly weight: number; readonly run: (user: User<State, Data>) => unknown }
    >
  >;
}): UserKind<unknown, Data> {
  return kind as unknown as UserKind<unknown, Data>;
}

/** A task that is drawn `weight` times as often as one of weight 1. */
export function weighted<State = unknown, Data = unknown>(
  weight: number,
  run: (user: User<State, Data>) => unknown,
): { readonly weight: number; readonly run: (user: User<State, Data>) => unknown } {
  return { weight, run };
}

/** One task of several steps: each is done after the one before, with think time between them. */
export function sequence<State = unknown, Data = unknown>(
  ...steps: readonly ((user: User<State, Data>) => unknown)[]
): (user: User<State, Data>) => Promise<void> {
  return async (user) => {
    for (const [index, step] of steps.entries()) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other is what a sequence is
      if (index > 0) await user.think();
      // oxlint-disable-next-line no-await-in-loop -- see above
      await step(user);
    }
  };
}
