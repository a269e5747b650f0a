import { loadErrors } from '../load-errors.ts';
import { encodeMultipart } from '../http/multipart.ts';
import { isRedirect, nextHop, type RedirectFault } from '../http/redirect.ts';
import type { RequestComposer } from '../http/request-composer.ts';
import type { Recorder } from '../measure/recorder.ts';
import type { RequestStats } from '../measure/request-stats.ts';
import type { HttpClient, Reply, RequestOptions } from '../script.ts';
import { headersOf, WireReply } from './reply.ts';
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
  readonly #redirects: number;

  /** `redirects`: how many a request follows at most unless it says otherwise. */
  constructor(
    session: Session,
    composer: RequestComposer,
    recorder: Recorder,
    listener: ClientListener,
    redirects: number,
  ) {
    this.#session = session;
    this.#composer = composer;
    this.#recorder = recorder;
    this.#listener = listener;
    this.#redirects = redirects;
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

  /** What keeps the redirect an exchange was answered with from being followed. */
  redirectFault(exchange: ScriptExchange): RedirectFault | undefined {
    const location = locationOf(exchange);
    if (location === undefined) return undefined;
    const next = this.#composer.redirected(location, exchange.target);
    if ('fault' in next) return next.fault;
    const tooMany = exchange.redirects === 0 ? 'too-many-redirects' : undefined;
    const { method } = nextHop(exchange.status, exchange.method, location);
    // The same request with other cookies may have another answer.
    if (exchange.setCookies.length > 0) return tooMany;
    for (let hop: ScriptExchange | undefined = exchange; hop !== undefined; hop = hop.previous) {
      const again = hop.target === next.target && hop.method === method;
      if (again && hop.cookie === this.#session.cookieHeader(next.target)) return 'redirect-loop';
    }
    return tooMany;
  }

  /** The exchange's reply has arrived, or it failed. */
  settled(exchange: ScriptExchange): void {
    if (exchange.follows && exchange.error === undefined && isRedirect(exchange.status)) {
      const location = locationOf(exchange);
      if (location !== undefined) {
        this.#follow(exchange, location);
        return;
      }
    }
    this.inFlight -= 1;
    exchange.resolve(new WireReply(exchange));
    this.#listener.replied();
  }

  #send(method: string, path: string, options: RequestOptions = noOptions): Promise<Reply> {
    if (options.multipart !== undefined) return this.#sendMultipart(method, path, options);
    return new Promise((resolve) => {
      const target = this.#composer.target(path);
      const redirects = options.redirects ?? this.#redirects;
      this.#start(method, target, options, redirects, undefined, resolve);
      this.inFlight += 1;
    });
  }

  async #sendMultipart(method: string, path: string, options: RequestOptions): Promise<Reply> {
    // The task is not over while the form is written.
    this.inFlight += 1;
    try {
      const { multipart = {}, ...others } = options;
      const { bytes, type } = await encodeMultipart(multipart);
      const headers = { ...others.headers, 'Content-Type': type };
      return await this.#send(method, path, { ...others, headers, body: bytes });
    } finally {
      this.inFlight -= 1;
      this.#listener.replied();
    }
  }

  #follow(exchange: ScriptExchange, location: string): void {
    const { method, keepsBody } = nextHop(exchange.status, exchange.method, location);
    const next = this.#composer.redirected(location, exchange.target);
    if ('fault' in next) return;
    const options = keepsBody ? exchange.options : withoutBody(exchange.options);
    const { redirects, resolve } = exchange;
    this.#start(method, next.target, options, redirects - 1, exchange, resolve);
  }

  /** Begins a request, or a hop after `previous`. */
  #start(
    method: string,
    target: string,
    options: RequestOptions,
    redirects: number,
    previous: ScriptExchange | undefined,
    resolve: (reply: Reply) => void,
  ): void {
    const session = this.#session;
    const cookie = session.cookieHeader(target);
    const wire = this.#composer.compose(method, target, cookie, options);
    const path = withoutQuery(target);
    const name =
      options.name === undefined || previous === undefined
        ? (options.name ?? path)
        : `${options.name} (redirect)`;
    const exchange = new ScriptExchange(
      this,
      session,
      this.#recorder.stats(method, name),
      method,
      target,
      wire,
      options,
      resolve,
    );
    exchange.cookie = cookie;
    exchange.redirects = redirects;
    exchange.follows = redirects > 0 || previous !== undefined;
    exchange.previous = previous;
    if (!session.send(exchange)) this.#listener.parked();
  }
}

class ScriptExchange extends UserExchange {
  readonly options: RequestOptions;
  readonly resolve: (reply: Reply) => void;
  /** Redirects that may still be followed. */
  redirects = 0;
  /** Whether a redirect is something else than a reply like others. */
  follows = false;
  cookie = '';
  /** The exchange whose redirect led here. */
  previous: ScriptExchange | undefined = undefined;
  readonly #client: ScriptClient;

  constructor(
    client: ScriptClient,
    session: Session,
    stats: RequestStats,
    method: string,
    target: string,
    wire: string | Buffer,
    options: RequestOptions,
    resolve: (reply: Reply) => void,
  ) {
    super(session, stats, method, target, wire, options.timeoutMs ?? defaultTimeoutMs, true);
    this.#client = client;
    this.options = options;
    this.resolve = resolve;
  }

  override settled(): void {
    // Before it is counted: a redirect that leads nowhere is a failure.
    if (this.follows && this.error === undefined && isRedirect(this.status)) {
      const fault = this.#client.redirectFault(this);
      if (fault !== undefined) {
        this.error = 'redirect';
        this.errorDetail = fault;
      }
    }
    super.settled();
  }

  protected override over(): void {
    this.#client.settled(this);
  }
}

function locationOf(exchange: ScriptExchange): string | undefined {
  return headersOf(exchange.head)['location'];
}

/** What a request is sent with once a redirect made it a GET. */
function withoutBody(options: RequestOptions): RequestOptions {
  const { json: _json, form: _form, body: _body, headers = {}, ...others } = options;
  const kept = Object.entries(headers).filter(([name]) => !/^content-/i.test(name));
  return { ...others, headers: Object.fromEntries(kept) };
}

function withoutQuery(target: string): string {
  const query = target.indexOf('?');
  return query < 0 ? target : target.slice(0, query);
}
