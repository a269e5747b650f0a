import * as http from 'node:http';
import * as https from 'node:https';

/** A reply, its body exactly as it came over the wire: still compressed. */
export interface HttpReply {
  readonly url: string;
  readonly status: number;
  /** Lower-case names; repeated headers joined with `, `, `set-cookie` with a line feed. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface HttpGetOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** From the call to the last byte. @default 10 s */
  readonly timeoutMs?: number;
  /** A longer body is an error. @default 32 MiB */
  readonly maxBodyBytes?: number;
  readonly signal?: AbortSignal;
}

const defaultTimeoutMs = 10_000;
const defaultMaxBodyBytes = 32 * 1024 * 1024;

/**
 * One GET on a connection of its own, redirects not followed, nothing decoded. Rejects with Node's
 * own error when no whole reply arrives.
 */
export function httpGet(url: string, options: HttpGetOptions = {}): Promise<HttpReply> {
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  const maxBodyBytes = options.maxBodyBytes ?? defaultMaxBodyBytes;
  const limits = [AbortSignal.timeout(Math.ceil(timeoutMs))];
  if (options.signal !== undefined) limits.push(options.signal);
  const { promise, resolve, reject } = Promise.withResolvers<HttpReply>();
  const get = new URL(url).protocol === 'https:' ? https.get : http.get;
  const request = get(
    url,
    { agent: false, headers: { ...options.headers }, signal: AbortSignal.any(limits) },
    (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size > maxBodyBytes) {
          request.destroy(new Error(`the body is longer than ${maxBodyBytes} bytes`));
        }
      });
      response.on('error', reject);
      response.on('end', () => {
        resolve({
          url,
          status: response.statusCode ?? 0,
          headers: flatten(response.headers),
          body: Buffer.concat(chunks, size),
        });
      });
    },
  );
  request.on('error', (error) => {
    reject(
      error.name === 'AbortError' && options.signal?.aborted !== true
        ? new Error(`no whole reply within ${timeoutMs} ms`, { cause: error })
        : error,
    );
  });
  return promise;
}

function flatten(headers: http.IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(name === 'set-cookie' ? '\n' : ', ') : String(value),
    ]),
  );
}
