import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import type { ResponsesArtifact, SampledResponse } from '../../src/artifacts/responses.ts';
import type { Route } from '../../src/artifacts/routes.ts';
import { responsesGatherer } from '../../src/gather/responses.ts';
import { gatherContext, targetAt } from '../fixtures/gather-context.ts';

let server: Server | undefined;

afterEach(async () => {
  if (server === undefined) return;
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
  server = undefined;
});

const routeTo = (path: string, method = 'GET'): Route => ({
  name: `${method} ${path}`,
  method,
  pattern: path,
  examples: [path],
  foundBy: 'link',
});

async function sample(
  routes: readonly Route[],
  listener: RequestListener,
): Promise<readonly SampledResponse[]> {
  const url = await listen(listener);
  const artifact = await gather(url, routes);
  return (artifact as ResponsesArtifact).responses;
}

async function listen(listener: RequestListener): Promise<string> {
  server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function gather(url: string, routes: readonly Route[]): Promise<unknown> {
  return responsesGatherer.gather(
    gatherContext({
      target: targetAt(url),
      artifacts: {
        routes: {
          status: 'ok',
          value: { source: 'discovered', script: null, routes, leftOut: [] },
        },
      },
    }),
  );
}

const text = 'kettle '.repeat(1_000);

test('a text is really compressed, and found repeatable', async () => {
  const [response] = await sample([routeTo('/api')], (request, reply) => {
    expect(request.headers['accept-encoding']).toBe('gzip, br');
    reply.setHeader('content-type', 'application/json');
    reply.end(text);
  });
  expect(response).toMatchObject({
    route: 'GET /api',
    kind: 'api',
    status: 200,
    sentBytes: 7_000,
    decodedBytes: 7_000,
    gzipBytes: gzipSync(text, { level: 6 }).length,
    brotliBytes: expect.any(Number),
    repeatable: true,
    revalidatedStatus: null,
    resources: [],
  });
  expect(response?.brotliBytes).toBeLessThan(200);
});

test('a reply that comes compressed is told by both sizes', async () => {
  const [response] = await sample([routeTo('/')], (_, reply) => {
    reply.setHeader('content-type', 'text/html; charset=utf-8');
    reply.setHeader('content-encoding', 'gzip');
    reply.end(gzipSync(text));
  });
  expect(response).toMatchObject({
    kind: 'page',
    sentBytes: gzipSync(text).length,
    decodedBytes: 7_000,
  });
});

test('what changes from request to request is not repeatable', async () => {
  let requests = 0;
  const [response] = await sample([routeTo('/')], (_, reply) => reply.end(String((requests += 1))));
  expect(response?.repeatable).toBe(false);
});

describe('validators', () => {
  test.each([
    ['an entity tag', { etag: '"v1"' }, 'if-none-match', '"v1"'],
    [
      'a date',
      { 'last-modified': 'Mon, 23 Nov 2026 00:00:00 GMT' },
      'if-modified-since',
      'Mon, 23 Nov 2026 00:00:00 GMT',
    ],
  ])('%s is sent back', async (_, headers, condition, value) => {
    const [response] = await sample([routeTo('/')], (request, reply) => {
      reply.writeHead(request.headers[condition] === value ? 304 : 200, headers).end();
    });
    expect(response?.revalidatedStatus).toBe(304);
  });
});

test.each([
  ['an image', 'image/png', text, 'image'],
  ['a short text', 'text/plain', 'short', 'api'],
  ['a compressed font', 'font/woff2', text, 'font'],
])('%s is not worth compressing', async (_, type, body, kind) => {
  const [response] = await sample([routeTo('/')], (_, reply) => {
    reply.setHeader('content-type', type);
    reply.end(body);
  });
  expect(response).toMatchObject({ kind, gzipBytes: null, brotliBytes: null });
});

test('what a page pulls in from the same origin is sampled once', async () => {
  const requested: (string | undefined)[] = [];
  const responses = await sample([routeTo('/'), routeTo('/b')], (request, reply) => {
    requested.push(request.url);
    if (request.url?.startsWith('/s.css') === true) {
      reply.setHeader('content-type', 'text/css');
      reply.end(text);
      return;
    }
    reply.setHeader('content-type', 'text/html');
    reply.end(
      '<head><link rel="stylesheet" href="/s.css?v=1"><script src="http://127.0.0.1:1/x.js"></script></head>',
    );
  });
  expect(responses.map(({ route, kind, resources }) => [route, kind, resources.length])).toEqual([
    ['GET /', 'page', 2],
    ['GET /b', 'page', 2],
    ['GET /s.css', 'style', 0],
  ]);
  expect(requested.filter((url) => url === '/s.css?v=1')).toHaveLength(2);
});

test('only routes that answer GET are asked', async () => {
  const methods: (string | undefined)[] = [];
  await sample([routeTo('/a', 'POST'), routeTo('/b')], (request, reply) => {
    methods.push(`${request.method} ${request.url}`);
    reply.end();
  });
  expect(methods).toEqual(['GET /b', 'GET /b']);
});

test('one bad route costs no other', async () => {
  const responses = await sample([routeTo('/bad'), routeTo('/good')], (request, reply) => {
    if (request.url === '/bad') request.socket.destroy();
    else reply.end('x');
  });
  expect(responses.map(({ route }) => route)).toEqual(['GET /good']);
});

test('a service that is gone is an error', async () => {
  await expect(gather('http://127.0.0.1:1', [routeTo('/')])).rejects.toMatchObject({
    code: 'AMDAHL_GATHER_NO_REPLY',
  });
});

test('no route, no reply', async () => {
  expect(await gather('http://127.0.0.1:1', [])).toEqual({ absent: expect.any(String) });
});
