import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Fixes } from '../switches.ts';

/**
 * Gives replies what browsers and shared caches need: an entity tag to ask again with, and how long
 * they may be used without asking. Pages are private and always asked for; assets set their own
 * lifetime. With the sin on, replies carry neither.
 */
export function registerHttpCache(app: FastifyInstance, fixes: Fixes): void {
  if (!fixes.has('http-cache')) return;
  app.addHook('onSend', async (request, reply, payload) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return payload;
    if (reply.statusCode !== 200 || !(typeof payload === 'string' || Buffer.isBuffer(payload))) {
      return payload;
    }
    if (!reply.hasHeader('etag')) reply.header('etag', entityTag(payload));
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'private, no-cache');
    if (!matches(request.headers['if-none-match'], String(reply.getHeader('etag')))) return payload;
    reply.code(304).removeHeader('content-type').removeHeader('content-length');
    return null;
  });
}

/** Weak, because the same content may travel compressed or not. */
function entityTag(content: string | Uint8Array): string {
  return `W/"${createHash('sha1').update(content).digest('base64url')}"`;
}

function matches(condition: string | undefined, tag: string): boolean {
  if (condition === undefined) return false;
  return condition.split(',').some((candidate) => candidate.trim() === tag);
}
