import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import type { HttpReply } from '../target/http-get.ts';

const decoders: Readonly<Record<string, (body: Buffer) => Promise<Buffer>>> = {
  gzip: promisify<Buffer, Buffer>(zlib.gunzip),
  'x-gzip': promisify<Buffer, Buffer>(zlib.gunzip),
  br: promisify<Buffer, Buffer>(zlib.brotliDecompress),
  deflate: promisify<Buffer, Buffer>(zlib.inflate),
};

/**
 * The body without its content codings.
 *
 * @throws Error when a coding is unknown or the body does not follow it
 */
export async function decodedBody(reply: HttpReply): Promise<Buffer> {
  const codings = (reply.headers['content-encoding'] ?? '')
    .split(',')
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== '' && coding !== 'identity');
  let body = reply.body;
  for (const coding of codings.toReversed()) {
    const decode = decoders[coding];
    if (decode === undefined) throw new Error(`content coding "${coding}" is unknown`);
    body = await decode(body);
  }
  return body;
}

/** `text/html` of `text/html; charset=utf-8`; empty when the reply names no type. */
export function mediaType(reply: HttpReply): string {
  return (reply.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}
