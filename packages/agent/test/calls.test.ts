import { once } from 'node:events';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AgentSnapshot } from '../src/protocol.ts';
import { fixturePath, lineOf, startApp, type App } from './support/child-app.ts';
import { Hub } from './support/socket-hub.ts';

const fixture = 'downstream.ts';

let hub: Hub;
let app: App;
let peer: HttpServer;
let mail: Server;
let peerUrl: string;
let mailPort: number;

beforeAll(async () => {
  peer = createHttpServer((request, response) => {
    response.statusCode = request.url === '/broken' ? 503 : 200;
    response.end('heard');
  });
  mail = createServer((socket) => {
    socket.write('220 ready\r\n');
    createInterface({ input: socket }).on('line', (line) => socket.write(`250 ${line}\r\n`));
  });
  [peerUrl, mailPort] = [`http://127.0.0.1:${await listen(peer)}`, await listen(mail)];
  hub = await new Hub().open();
  app = await startApp(fixture, {
    hubPath: hub.path,
    env: { PEER_URL: peerUrl, MAIL_PORT: String(mailPort) },
  });
});
afterAll(async () => {
  await app.stop();
  await hub.close();
  peer.closeAllConnections();
  peer.close();
  mail.close();
});

async function listen(server: HttpServer | Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function watch(
  path: string,
  headers?: Readonly<Record<string, string>>,
): Promise<AgentSnapshot & { readonly body: string }> {
  await hub.begin();
  const { body } = await app.get(path, headers);
  return { ...(await hub.collect()), body };
}

test('fetch: the peer with ids replaced, and the place that called it', async () => {
  const { calls, traces, routes } = await watch('/fetch');
  expect(calls).toMatchObject([
    {
      kind: 'http',
      peer: `GET ${peerUrl}/hooks/:id`,
      route: 'GET /fetch',
      callSite: { file: fixturePath(fixture), line: lineOf(fixture, '/hooks/17?quiet=1') },
      count: 1,
      requests: 1,
      errors: 0,
    },
    { callSite: { line: lineOf(fixture, 'fetch(`${peerUrl}/hooks/18`)') }, count: 1 },
  ]);
  expect(traces[0]?.spans.map(({ kind }) => kind)).toEqual(['http', 'http']);
  expect(routes[0]?.time.http).toBeGreaterThan(0);
});

test('the http client: calls from one place are one entry, a connection kept is opened once', async () => {
  const { calls } = await watch('/http');
  expect(calls).toMatchObject([
    {
      kind: 'http',
      peer: `GET ${peerUrl}/hooks/:id`,
      callSite: { line: lineOf(fixture, 'const request = get('), functionName: 'callWithHttp' },
      count: 2,
      requests: 1,
      connects: 1,
      errors: 0,
    },
  ]);
});

test('a peer that fails, and one that is not there, are errors', async () => {
  const failing = await watch('/failing');
  expect(failing.body).toBe('503');
  expect(failing.calls).toMatchObject([{ peer: `GET ${peerUrl}/broken`, count: 1, errors: 1 }]);
  expect(failing.traces[0]?.spans[0]?.error).toBe('status 503');
  const refused = await watch('/refused');
  expect(refused.body).toBe('"ECONNREFUSED"');
  expect(refused.calls).toMatchObject([{ count: 1, errors: 1 }]);
});

test('a conversation over a socket opened for it is one call', async () => {
  const { calls, traces, routes, body } = await watch('/mail');
  expect(JSON.parse(body)).toBe('220 ready,250 HELO shop,250 MAIL a@b,250 QUIT');
  expect(calls).toMatchObject([
    {
      kind: 'socket',
      peer: `127.0.0.1:${mailPort}`,
      route: 'GET /mail',
      callSite: { line: lineOf(fixture, 'connect(mailPort'), functionName: 'sendMail' },
      count: 1,
      connects: 1,
      errors: 0,
    },
  ]);
  expect(traces[0]?.spans).toHaveLength(1);
  expect(routes[0]?.time.socket).toBeGreaterThan(0);
});

test('a busy thread is computing, a timer is neither that nor a wait', async () => {
  const { routes: computing } = await watch('/computing');
  expect(computing[0]?.time.compute).toBeGreaterThanOrEqual(30_000);
  expect(computing[0]?.time).toMatchObject({ database: 0, pool: 0, http: 0, socket: 0 });
  const { routes: idling } = await watch('/idling');
  expect(idling[0]?.time.other).toBeGreaterThan(0);
  expect(idling[0]?.time).toMatchObject({ database: 0, pool: 0, http: 0, socket: 0 });
});

test('a trace keeps the id that the caller sent, else gets one of its own', async () => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const sent = await watch('/computing', { traceparent: `00-${traceId}-00f067aa0ba902b7-01` });
  expect(sent.traces[0]?.traceId).toBe(traceId);
  const malformed = await watch('/computing', { traceparent: '00-xyz-1-01' });
  expect(malformed.traces[0]?.traceId).toMatch(/^[\da-f]{32}$/);
});
