import { loadErrors } from '../load-errors.ts';
import type { RequestComposer } from '../http/request-composer.ts';
import type { Recorder } from '../measure/recorder.ts';
import type { RequestStats } from '../measure/request-stats.ts';
import type { HttpClient, Reply, RequestOptions } from '../script.ts';
import { WireReply } from './reply.ts';
import { defaultTimeoutMs, UserExchange, type Session } from './session.ts';

const methodToken = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const noOptions: RequestOptions = {};

/** What the client tells the user it belongs to. */
export interface ClientListener {
  /** A reply arrived; the task's code runs next. */
  replied(): void;
  /** The task asked for a request after the end of the run: it will never be answered. */
  parked(): void;
}

/** The requests of one user's script. */
export class ScriptClient implements HttpClient {
  /** Requests asked for and not settled. */
  inFlight = 0;
  readonly #session: Session;
  readonly #composer: RequestComposer;
  readonly #recorder: Recorder;
  readonly #listener: ClientListener;

  constructor(
    session: Session,
    composer: RequestComposer,
    recorder: Recorder,
    listener: ClientListener,
  ) {
    this.#session = session;
    this.#composer = composer;
    this.#recorder = recorder;
    this.#listener = listener;
  }

  get(path: string, options?: RequestOptions): Promise<Reply> {
    return this.#send('GET', path, options);
  }

  head(path: string, options?: RequestOptions): Promise<Reply> {
    return this.#send('HEAD', path, options);
  }

  post(path: string, options?: RequestOptions): Promise<Reply> {
    return this.#send('POST', path, options);
  }

  put(path: string, options?: RequestOptions): Promise<Reply> {
    return this.#send('PUT', path, options);
  }

  patch(path: string, options?: RequestOptions): Promise<Reply> {
    return this.#send('PATCH', path, options);
  }

  delete(path: string, options?: RequestOptions): Promise<Reply> {
    return this.#send('DELETE', path, options);
  }

  request(method: string, path: string, options?: RequestOptions): Promise<Reply> {
    if (methodToken.test(method)) return this.#send(method.toUpperCase(), path, options);
    return Promise.reject(
      loadErrors.create('AMDAHL_LOAD_BAD_REQUEST', {
        expected: 'a method such as GET',
        found: JSON.stringify(method),
        next: 'Correct the method.',
      }),
    );
  }

  /** The exchange's reply has arrived, or it failed. */
  settled(exchange: ScriptExchange, resolve: (reply: Reply) => void): void {
    this.inFlight -= 1;
    resolve(new WireReply(exchange));
    this.#listener.replied();
  }

  #send(method: string, path: string, options: RequestOptions = noOptions): Promise<Reply> {
    return new Promise((resolve) => {
      const session = this.#session;
      const target = this.#composer.target(path);
      const wire = this.#composer.compose(method, target, session.cookieHeader(target), options);
      const stats = this.#recorder.stats(method, options.name ?? withoutQuery(target));
      const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
      const exchange = new ScriptExchange(
        this,
        resolve,
        session,
        stats,
        method,
        target,
        wire,
        timeoutMs,
      );
      this.inFlight += 1;
      if (!session.send(exchange)) this.#listener.parked();
    });
  }
}

class ScriptExchange extends UserExchange {
  readonly #client: ScriptClient;
  readonly #resolve: (reply: Reply) => void;

  constructor(
    client: ScriptClient,
    resolve: (reply: Reply) => void,
    session: Session,
    stats: RequestStats,
    method: string,
    target: string,
    wire: string | Buffer,
    timeoutMs: number,
  ) {
    super(session, stats, method, target, wire, timeoutMs, true);
    this.#client = client;
    this.#resolve = resolve;
  }

  protected override over(): void {
    this.#client.settled(this, this.#resolve);
  }
}

function withoutQuery(target: string): string {
  const query = target.indexOf('?');
  return query < 0 ? target : target.slice(0, query);
}
