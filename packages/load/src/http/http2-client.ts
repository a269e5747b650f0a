import type * as tls from 'node:tls';
import { createRequire } from 'node:module';
import type { Client, Dispatcher } from 'undici';
import type { Alarm } from '../alarms.ts';
import type { ConnectionContext } from './connection-context.ts';
import { dial } from './dial.ts';
import type { Exchange, WireError, WireErrorDetail } from './exchange.ts';
import { maxKeptBodyBytes } from './response-framer.ts';
import type { Transport } from './transport.ts';

type Undici = { readonly Client: typeof Client };

/** Requests on one connection at once; what most servers allow (RFC 9113 recommends 100 or more). */
const maxConcurrentStreams = 100;

/** A connection that could not be opened, told apart from one that broke later. */
class DialError extends Error {
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/**
 * HTTP/2 through undici: one connection, on which requests travel together. Over TLS the server
 * must agree on `h2`; without TLS it is spoken from the first byte (prior knowledge).
 */
export class Http2Client implements Transport {
  readonly #context: ConnectionContext;
  readonly #exchanges = new Set<Http2Exchange>();
  #client: Client | undefined;

  constructor(context: ConnectionContext) {
    this.#context = context;
  }

  send(exchange: Exchange): void {
    const client = (this.#client ??= this.#open());
    const handler = new Http2Exchange(this.#context, exchange, () =>
      this.#exchanges.delete(handler),
    );
    this.#exchanges.add(handler);
    exchange.sentMs = this.#context.nowMs();
    handler.awaitUntil(exchange.sentMs + exchange.timeoutMs);
    client.dispatch({ ...requestOf(exchange.wire), method: exchange.method }, handler);
  }

  abandon(): void {
    for (const exchange of this.#exchanges) exchange.forget();
    this.#exchanges.clear();
    this.#client?.destroy().catch(() => undefined);
    this.#client = undefined;
  }

  #open(): Client {
    const { endpoint } = this.#context;
    // Loaded by the first to need it: runs without HTTP/2 do not pay for it.
    const undici = createRequire(import.meta.url)('undici') as Undici;
    return new undici.Client(`${endpoint.secure ? 'https' : 'http'}://${endpoint.hostHeader}`, {
      allowH2: true,
      pipelining: maxConcurrentStreams,
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: (_options, callback) => this.#connect(callback),
    });
  }

  #connect(callback: (...result: [null, tls.TLSSocket] | [Error, null]) => void): void {
    let settled = false;
    const settle = (code: string | undefined): void => {
      if (settled) return;
      settled = true;
      socket.off('error', failed).off('close', closed);
      if (code === undefined) {
        callback(null, socket);
        return;
      }
      socket.destroy();
      // A socket the system refuses to create fails within this turn of the event loop.
      setImmediate(() => callback(new DialError(code), null));
    };
    const failed = (error: NodeJS.ErrnoException): void => settle(error.code ?? error.message);
    const closed = (): void => settle('closed-while-connecting');
    const opened = (): void => {
      if (!this.#context.endpoint.secure) socket.alpnProtocol = 'h2';
      settle(socket.alpnProtocol === 'h2' ? undefined : 'no-http2');
    };
    const socket = dial(this.#context, opened, { ALPNProtocols: ['h2'] }) as tls.TLSSocket;
    socket.on('error', failed).on('close', closed);
  }
}

/** One exchange, as undici tells of it. */
class Http2Exchange implements Dispatcher.DispatchHandler {
  readonly #context: ConnectionContext;
  readonly #over: () => void;
  #exchange: Exchange | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #deadline: Alarm | undefined;
  #status = 0;
  #receivedBytes = 0;
  #head = '';
  #body = '';
  #setCookies: readonly string[] = [];

  constructor(context: ConnectionContext, exchange: Exchange, over: () => void) {
    this.#context = context;
    this.#exchange = exchange;
    this.#over = over;
  }

  awaitUntil(deadlineMs: number): void {
    this.#deadline = this.#context.alarms.at(deadlineMs, () => {
      this.#deadline = undefined;
      this.#abort('timeout', 'no-reply-in-time');
    });
  }

  /** It will not settle. */
  forget(): void {
    this.#exchange = undefined;
    if (this.#deadline !== undefined) this.#context.alarms.cancel(this.#deadline);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#exchange === undefined) controller.abort(new Error('no longer awaited'));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  ): void {
    if (status < 200) return;
    this.#status = status;
    for (const [name, value = []] of Object.entries(headers)) {
      for (const one of [value].flat()) this.#head += `${name}: ${one}\r\n`;
    }
    this.#setCookies = [headers['set-cookie'] ?? []].flat();
    this.#receivedBytes += this.#head.length;
  }

  onResponseData(_controller: Dispatcher.DispatchController, bytes: Buffer): void {
    this.#receivedBytes += bytes.length;
    if (this.#exchange?.keepReply !== true) return;
    this.#body += bytes.toString('latin1');
    if (this.#body.length > maxKeptBodyBytes) this.#abort('protocol', 'body-too-large');
  }

  onResponseEnd(): void {
    this.#settle(undefined, undefined);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    const code = (error as NodeJS.ErrnoException).code ?? error.message;
    // The next request must not be sent from within: undici is taking its queue apart.
    setImmediate(() => this.#fail(code, error instanceof DialError));
  }

  #fail(code: string, dialing: boolean): void {
    if (dialing) {
      this.#settle('connect', code);
    } else if (code.startsWith('ERR_HTTP2_') && code !== 'ERR_HTTP2_STREAM_ERROR') {
      this.#settle('protocol', code);
    } else {
      const cut = this.#status === 0 ? 'closed-before-reply' : 'closed-within-reply';
      this.#settle('reset', code.startsWith('UND_ERR_') ? cut : code);
    }
  }

  #abort(error: WireError, detail: WireErrorDetail): void {
    this.#settle(error, detail);
    this.#controller?.abort(new Error(detail));
  }

  #settle(error: WireError | undefined, detail: WireErrorDetail | undefined): void {
    const exchange = this.#exchange;
    if (exchange === undefined) return;
    this.forget();
    this.#over();
    exchange.doneMs = this.#context.nowMs();
    exchange.status = error === undefined ? this.#status : 0;
    exchange.receivedBytes = this.#receivedBytes;
    exchange.error = error;
    exchange.errorDetail = detail;
    exchange.setCookies = this.#setCookies;
    if (exchange.keepReply) {
      exchange.head = this.#head;
      exchange.body = this.#body;
    }
    exchange.settled();
  }
}

/** A request as undici takes it, from the text HTTP/1.1 would send. */
function requestOf(
  wire: string | Buffer,
): Pick<Dispatcher.DispatchOptions, 'path' | 'headers' | 'body'> {
  const headEnd = wire.indexOf('\r\n\r\n');
  const head =
    typeof wire === 'string' ? wire.slice(0, headEnd) : wire.toString('latin1', 0, headEnd);
  const [requestLine = '', ...lines] = head.split('\r\n');
  const headers: string[] = [];
  for (const line of lines) {
    const colon = line.indexOf(':');
    headers.push(line.slice(0, colon), line.slice(colon + 2));
  }
  const body = typeof wire === 'string' ? wire.slice(headEnd + 4) : wire.subarray(headEnd + 4);
  return {
    path: requestLine.slice(requestLine.indexOf(' ') + 1, requestLine.lastIndexOf(' ')),
    headers,
    body: body.length === 0 ? null : body,
  };
}
