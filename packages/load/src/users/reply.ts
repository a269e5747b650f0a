import {
  brotliDecompressSync,
  gunzipSync,
  inflateRawSync,
  inflateSync,
  zstdDecompressSync,
} from 'node:zlib';
import type { Exchange } from '../http/exchange.ts';
import type { Reply } from '../script.ts';

/** Bytes a decoded body may have: a small reply must not be able to fill the memory. */
const maxDecodedBytes = 256 * 1024 * 1024;

/** A reply as a script sees it. Headers and body are read from the bytes when asked for. */
export class WireReply implements Reply {
  readonly status: number;
  readonly serviceTimeMs: number;
  readonly error?: string;
  readonly errorDetail?: string;
  readonly #head: string;
  readonly #body: string;
  #headers: Readonly<Record<string, string>> | undefined;

  constructor(exchange: Exchange) {
    this.status = exchange.error === undefined ? exchange.status : 0;
    this.serviceTimeMs = exchange.doneMs - exchange.sentMs;
    if (exchange.error !== undefined) this.error = exchange.error;
    if (exchange.errorDetail !== undefined) this.errorDetail = exchange.errorDetail;
    this.#head = exchange.head;
    this.#body = exchange.body;
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 400;
  }

  get headers(): Readonly<Record<string, string>> {
    return (this.#headers ??= headersOf(this.#head));
  }

  text(): string {
    // ASCII reads the same in both encodings.
    const plain = !this.#encoded && !/[\u0080-\u00ff]/.test(this.#body);
    return plain ? this.#body : this.bytes().toString('utf8');
  }

  json<T = unknown>(): T {
    return JSON.parse(this.text()) as T;
  }

  bytes(): Buffer {
    const body = Buffer.from(this.#body, 'latin1');
    if (!this.#encoded || body.length === 0) return body;
    const codings = (this.headers['content-encoding'] ?? '').toLowerCase().split(',');
    return codings.reduceRight<Buffer>((bytes, coding) => decoded(bytes, coding.trim()), body);
  }

  get #encoded(): boolean {
    return 'content-encoding' in this.headers;
  }
}

/** Field lines as lower-case names with trimmed values; those of equal names joined by commas. */
export function headersOf(head: string): Record<string, string> {
  const headers: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const line of head.replace(/\r\n[ \t]+/g, ' ').split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  }
  return headers;
}

function decoded(body: Buffer, coding: string): Buffer {
  const limits = { maxOutputLength: maxDecodedBytes };
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return gunzipSync(body, limits);
    case 'deflate':
      // RFC 9110 means zlib's format; some servers leave its header out, and browsers take both.
      return hasZlibHeader(body) ? inflateSync(body, limits) : inflateRawSync(body, limits);
    case 'br':
      return brotliDecompressSync(body, limits);
    case 'zstd':
      return zstdDecompressSync(body, limits);
    default:
      return body;
  }
}

/** RFC 1950, section 2.2: method 8, and a check that makes the first two bytes a multiple of 31. */
function hasZlibHeader(body: Buffer): boolean {
  return body.length >= 2 && ((body[0] ?? 0) & 0x0f) === 8 && body.readUInt16BE(0) % 31 === 0;
}
