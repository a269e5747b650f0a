import { loadErrors } from '../load-errors.ts';
import type { RequestOptions } from '../script.ts';
import { authorizationHeader } from './authorization.ts';
import type { Endpoint } from './endpoint.ts';
import type { RedirectFault } from './redirect.ts';
import type { TraceContext } from './trace-context.ts';

/** Value of `User-Agent` unless the script sets its own. */
const userAgent = 'amdahl-load';

/** A path that needs no URL parser: of this origin, without fragment or characters to be encoded. */
const plainPath = /^\/(?!\/)[!$-;=?-[\]_a-z~]*$/;
const badHeaderName = /[^!#$%&'*+\-.^_`|~0-9A-Za-z]|^$/;
const badHeaderValue = /[^\t\u0020-\u007e\u0080-\u00ff]/;
/** Headers that say where the message ends: the composer's own. */
const framingHeaders: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding']);
const methodsWithBody: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

type Headers = Readonly<Record<string, string>>;

/** Writes requests. The headers every request of one kind of user carries are made into text once. */
export class RequestComposer {
  readonly #baseUrl: string;
  readonly #origin: string;
  readonly #hostHeader: string;
  readonly #headers: Headers;
  readonly #commonText: string;
  readonly #carriesCookie: boolean;
  readonly #trace: TraceContext | undefined;

  /** @throws `AMDAHL_LOAD_BAD_REQUEST` when a header cannot be sent. */
  constructor(baseUrl: string, endpoint: Endpoint, headers: Headers = {}, trace?: TraceContext) {
    this.#baseUrl = baseUrl;
    this.#origin = new URL(baseUrl).origin;
    this.#hostHeader = endpoint.hostHeader;
    this.#headers = headers;
    const names = lowerNames(headers);
    this.#commonText = this.#headersText(headers, names);
    this.#carriesCookie = names.has('cookie');
    this.#trace = names.has('traceparent') ? undefined : trace;
  }

  /**
   * The path and query to ask for, resolved against the base URL.
   *
   * @throws `AMDAHL_LOAD_BAD_REQUEST` when the result is of another origin.
   */
  target(path: string): string {
    if (plainPath.test(path)) return path;
    const target = this.#within(path, this.#baseUrl);
    if (target !== undefined) return target;
    throw loadErrors.create('AMDAHL_LOAD_BAD_REQUEST', {
      expected: `a path, or a URL of ${this.#origin}`,
      found: `"${path}"`,
      next: 'Give each origin a run of its own.',
    });
  }

  /** The path and query a redirect of this request leads to, or what keeps it from being followed. */
  redirected(location: string, fromTarget: string): { target: string } | { fault: RedirectFault } {
    const target = this.#within(location, this.#origin + fromTarget);
    if (target !== undefined) return { target };
    const valid = URL.canParse(location, this.#baseUrl);
    return { fault: valid ? 'redirect-to-other-origin' : 'bad-location' };
  }

  #within(path: string, base: string): string | undefined {
    const url = URL.parse(path, base);
    return url?.origin === this.#origin ? url.pathname + url.search : undefined;
  }

  /**
   * Headers of a WebSocket's handshake: the kind's, its own over them, cookies and trace context.
   *
   * @throws `AMDAHL_LOAD_BAD_REQUEST` when one of them cannot be sent.
   */
  handshakeHeaders(cookie: string, own: Headers = {}): Headers {
    const headers = this.#overridden(own);
    const names = lowerNames(headers);
    for (const header of Object.entries(headers)) headerLine(header);
    return {
      ...(names.has('user-agent') ? {} : { 'User-Agent': userAgent }),
      ...(names.has('cookie') || cookie === '' ? {} : { Cookie: cookie }),
      ...(names.has('traceparent') || this.#trace === undefined
        ? {}
        : { traceparent: this.#trace.next() }),
      ...headers,
    };
  }

  /** The text of a request without body, up to the end of a `traceparent` or cookie to come. */
  prefix(method: string, target: string): string {
    return `${method} ${target} HTTP/1.1\r\n${this.#commonText}`;
  }

  /** Ends a prefix: the whole request. */
  complete(prefix: string, cookie: string): string {
    return endOf(prefix, this.#carriesCookie ? '' : cookie, this.#trace);
  }

  /**
   * The whole request.
   *
   * @throws `AMDAHL_LOAD_BAD_REQUEST` when a header cannot be sent.
   */
  compose(
    method: string,
    target: string,
    cookie: string,
    options: RequestOptions,
  ): string | Buffer {
    const body = bodyOf(options);
    if (
      body === undefined &&
      options.headers === undefined &&
      options.auth === undefined &&
      !methodsWithBody.has(method)
    ) {
      return this.complete(this.prefix(method, target), cookie);
    }
    const own =
      options.auth === undefined
        ? options.headers
        : { ...options.headers, Authorization: authorizationHeader(options.auth) };
    const headers = own === undefined ? this.#headers : this.#overridden(own);
    const names = lowerNames(headers);
    let text = `${method} ${target} HTTP/1.1\r\n`;
    text += headers === this.#headers ? this.#commonText : this.#headersText(headers, names);
    if (body !== undefined && body.type !== '' && !names.has('content-type')) {
      text += `Content-Type: ${body.type}\r\n`;
    }
    const bytes = body?.bytes ?? '';
    if (body !== undefined || methodsWithBody.has(method)) {
      text += `Content-Length: ${Buffer.byteLength(bytes)}\r\n`;
    }
    const trace = names.has('traceparent') ? undefined : this.#trace;
    const head = endOf(text, names.has('cookie') ? '' : cookie, trace);
    // Text that is ASCII throughout leaves as it is, in the write of the head.
    if (typeof bytes === 'string' && isAscii(bytes)) return head + bytes;
    return Buffer.concat([
      Buffer.from(head, 'latin1'),
      typeof bytes === 'string' ? Buffer.from(bytes) : bytes,
    ]);
  }

  /** The kind's headers with those of one request over them. */
  #overridden(headers: Headers): Headers {
    const names = lowerNames(headers);
    const kept = Object.entries(this.#headers).filter(([name]) => !names.has(name.toLowerCase()));
    return { ...Object.fromEntries(kept), ...headers };
  }

  #headersText(headers: Headers, names: ReadonlySet<string>): string {
    const all = {
      ...(names.has('host') ? {} : { Host: this.#hostHeader }),
      ...(names.has('user-agent') ? {} : { 'User-Agent': userAgent }),
      ...(names.has('accept') ? {} : { Accept: '*/*' }),
      ...headers,
    };
    return Object.entries(all).map(headerLine).join('');
  }
}

function endOf(start: string, cookie: string, trace: TraceContext | undefined): string {
  let text = start;
  if (cookie !== '') text += `Cookie: ${cookie}\r\n`;
  if (trace !== undefined) text += `traceparent: ${trace.next()}\r\n`;
  return `${text}\r\n`;
}

function lowerNames(headers: Headers): ReadonlySet<string> {
  return new Set(Object.keys(headers).map((name) => name.toLowerCase()));
}

function headerLine([name, value]: readonly [string, string]): string {
  if (badHeaderName.test(name) || badHeaderValue.test(value)) {
    throw loadErrors.create('AMDAHL_LOAD_BAD_REQUEST', {
      expected: 'a header of one line, its name a token and its value Latin-1 text',
      found: JSON.stringify({ [name]: value }),
      next: 'Encode the value, or leave the header out.',
    });
  }
  if (framingHeaders.has(name.toLowerCase())) {
    throw loadErrors.create('AMDAHL_LOAD_BAD_REQUEST', {
      expected: 'headers that leave the length of the message to the load generator',
      found: JSON.stringify({ [name]: value }),
      next: 'Leave the header out; it follows from the body.',
    });
  }
  return `${name}: ${value}\r\n`;
}

interface Body {
  readonly bytes: string | Uint8Array;
  /** Value of `Content-Type`; empty when it cannot be told. */
  readonly type: string;
}

function bodyOf(options: RequestOptions): Body | undefined {
  if (options.json !== undefined) {
    return { bytes: JSON.stringify(options.json) ?? 'null', type: 'application/json' };
  }
  if (options.form !== undefined) {
    const fields = Object.entries(options.form).map(([name, value]): [string, string] => [
      name,
      String(value),
    ]);
    return {
      bytes: new URLSearchParams(fields).toString(),
      type: 'application/x-www-form-urlencoded',
    };
  }
  if (options.body === undefined) return undefined;
  const type = typeof options.body === 'string' ? 'text/plain;charset=UTF-8' : '';
  return { bytes: options.body, type };
}

function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}
