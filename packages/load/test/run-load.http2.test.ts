import { once } from 'node:events';
import * as http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import * as tls from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { selfSigned } from './support/certificate.ts';
import { httpServer } from './support/http-server.ts';
import { checkedRun, Enough, getRequests, requestNamed, script } from './support/run.ts';

type Handle = (request: http2.Http2ServerRequest, response: http2.Http2ServerResponse) => void;

const certificate = selfSigned();

/** A real HTTP/2 server, with TLS or without; closed when the test is over. */
async function http2Server(secure: boolean, handle: Handle): Promise<string> {
  const server = secure
    ? http2.createSecureServer(certificate, handle)
    : http2.createServer(handle);
  const sessions = new Set<http2.ServerHttp2Session>();
  server.on('session', (session) => {
    sessions.add(session);
    session.on('error', () => undefined);
    session.on('close', () => sessions.delete(session));
  });
  server.on('sessionError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  return `${secure ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test.each([true, false])('drives users over HTTP/2, TLS %s', async (secure) => {
  const enough = new Enough(20);
  const bodies: string[] = [];
  const versions = new Set<string>();
  const baseUrl = await http2Server(secure, (request, response) => {
    versions.add(request.httpVersion);
    let body = '';
    request.on('data', (piece) => (body += String(piece)));
    request.on('end', () => {
      if (request.url === '/login') {
        response.setHeader('Set-Cookie', 'name=ada');
        response.writeHead(302, { location: '/home' }).end();
        return;
      }
      bodies.push(`${request.headers.cookie} ${String(request.headers['x-kind'])} ${body}`);
      response.end(`${request.method} ${body}`);
      if (request.url === '/over') enough.saw();
    });
  });
  const result = await checkedRun({
    baseUrl,
    http2: true,
    redirects: 5,
    tls: { insecure: true },
    workers: 2,
    scenario: script('over-http2.ts'),
    profile: { model: 'closed', users: 4, duration: '1h' },
    signal: enough.signal,
  });
  expect(versions).toEqual(new Set(['2.0']));
  expect(result.taskErrorSamples).toEqual([]);
  expect(result.checks.filter((check) => check.failed > 0)).toEqual([]);
  expect(result.checks).toHaveLength(3);
  expect(bodies).toContain('name=ada visitor grün');
  // Each user keeps one connection, whatever it sends together.
  expect(result.generator.socketsOpened).toBe(4);
  expect(requestNamed(result, 'GET /home').statuses).toHaveProperty('200');
});

test('shares connections where their number is limited', async () => {
  const enough = new Enough(50);
  const baseUrl = await http2Server(false, (_, response) => {
    enough.saw();
    response.end();
  });
  const result = await checkedRun({
    baseUrl,
    http2: true,
    maxConnections: 2,
    scenario: getRequests('/'),
    profile: { model: 'closed', users: 10, duration: '1h' },
    signal: enough.signal,
  });
  expect(result.generator.socketsOpened).toBe(2);
  expect(result.counts.failed).toBe(0);
});

const faults: Record<string, { answer: Handle; kind: string }> = {
  'a stream reset': {
    answer: (request) => request.stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR),
    kind: 'reset',
  },
  'a connection cut': { answer: (request) => request.socket.destroy(), kind: 'reset' },
  'half a reply': {
    answer: (request, response) => {
      response.writeHead(200, { 'content-length': 10 });
      response.write('half', () => request.stream.close(http2.constants.NGHTTP2_CANCEL));
    },
    kind: 'reset',
  },
};

test.each(Object.entries(faults))('counts %s, and goes on', async (_, { answer, kind }) => {
  const enough = new Enough(30);
  let number = 0;
  const baseUrl = await http2Server(false, (request, response) => {
    enough.saw();
    number += 1;
    if (number % 3 === 0) answer(request, response);
    else response.end();
  });
  const result = await checkedRun({
    baseUrl,
    http2: true,
    scenario: getRequests('/'),
    profile: { model: 'closed', users: 2, duration: '1h' },
    signal: enough.signal,
  });
  const { errors, failed, count } = requestNamed(result, 'GET /');
  expect(failed).toBeGreaterThan(0);
  expect(count).toBeGreaterThan(failed);
  expect(errors).toEqual({ [kind]: failed });
});

test('fails with a server that speaks HTTP/1.1 only', async () => {
  const baseUrl = await httpServer((_, response) => void response.end());
  const result = await checkedRun({
    baseUrl,
    http2: true,
    scenario: getRequests('/'),
    profile: { model: 'closed', users: 1, duration: 300 },
  });
  expect(result.counts.succeeded).toBe(0);
  expect(result.counts.failed).toBeGreaterThan(0);
});

test('says so when a server does not agree on HTTP/2 over TLS', async () => {
  const server = tls.createServer(certificate, (socket) => {
    socket.on('error', () => undefined).resume();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const result = await checkedRun({
    baseUrl: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    http2: true,
    tls: { insecure: true },
    scenario: getRequests('/'),
    profile: { model: 'closed', users: 1, duration: 300 },
  });
  const { failed, errorDetails } = requestNamed(result, 'GET /');
  expect(errorDetails).toEqual({ 'connect no-http2': failed });
});

test('ends a request over HTTP/2 at its deadline', async () => {
  const enough = new Enough(2);
  const baseUrl = await http2Server(false, (request, response) => {
    if (request.url === '/silent') enough.saw();
    else response.end();
  });
  const result = await checkedRun({
    baseUrl,
    http2: true,
    scenario: script('impatient.ts'),
    profile: { model: 'closed', users: 1, duration: '1h' },
    signal: enough.signal,
  });
  expect(requestNamed(result, 'GET /silent').errors).toEqual({ timeout: 1 });
});
