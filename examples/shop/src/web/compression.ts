import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import type { Fixes } from '../switches.ts';

/** Below this the headers outweigh what is saved. */
const minimumBytes = 1024;

const compressible = /^(?:text\/|application\/(?:json|javascript)|image\/svg)/;

const compressBrotli = promisify(brotliCompress);
const compressGzip = promisify(gzip);

/**
 * Compresses textual replies for clients that take it, in zlib's own threads. With the sin on,
 * replies go out as they are.
 */
export function registerCompression(app: FastifyInstance, fixes: Fixes): void {
  if (!fixes.has('compression')) return;
  app.addHook('onSend', async (request, reply, payload) => {
    if (!(typeof payload === 'string' || Buffer.isBuffer(payload))) return payload;
    if (!compressible.test(String(reply.getHeader('content-type')))) return payload;
    reply.header('vary', 'accept-encoding');
    if (payload.length < minimumBytes || reply.hasHeader('content-encoding')) return payload;
    const accepted = acceptedEncodings(request.headers['accept-encoding']);
    const encoding = encodings.find((name) => accepted.has(name));
    if (encoding === undefined) return payload;
    reply.header('content-encoding', encoding).removeHeader('content-length');
    return typeof payload === 'string' ? compress[encoding](payload) : once(encoding, payload);
  });
}

/** Best first. */
const encodings = ['br', 'gzip'] as const;
type Encoding = (typeof encodings)[number];

/** Brotli at quality 4 is about as fast as gzip at 6, and smaller. */
const compress: Readonly<Record<Encoding, (content: string | Buffer) => Promise<Buffer>>> = {
  br: (content) => compressBrotli(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
  gzip: (content) => compressGzip(content, { level: 6 }),
};

const compressedAssets: Readonly<Record<Encoding, WeakMap<Buffer, Promise<Buffer>>>> = {
  br: new WeakMap(),
  gzip: new WeakMap(),
};

/** Pages are strings and made for each request; buffers are assets, always the same ones. */
function once(encoding: Encoding, asset: Buffer): Promise<Buffer> {
  const known = compressedAssets[encoding].get(asset);
  if (known !== undefined) return known;
  const compressed = compress[encoding](asset);
  compressedAssets[encoding].set(asset, compressed);
  return compressed;
}

function acceptedEncodings(header: string | string[] | undefined): ReadonlySet<string> {
  const entries = String(header ?? '')
    .split(',')
    .map((entry) => entry.trim().split(';'))
    .filter(([, quality]) => !/^\s*q=0(?:\.0*)?\s*$/.test(quality ?? ''));
  return new Set(entries.map(([name]) => name ?? ''));
}
