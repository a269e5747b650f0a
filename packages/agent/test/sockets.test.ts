import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AgentSnapshot } from '../src/protocol.ts';
import { lineOf, startApp, type App } from './support/child-app.ts';
import { Hub } from './support/socket-hub.ts';

const fixture = 'sockets.ts';
const answerAfterMs = 10;
/** Of a service nobody runs any more; a port that was free a moment ago may be another's now. */
const closedPort = 1;
const sharedKey = Buffer.alloc(16, 1);

let hub: Hub;
let app: App;
let peer: Server;
let mail: Server;
let port: number;
let mailPort: number;

/** Greets, answers each line after a while, and keeps silent when told to. */
function serve(socket: Socket): void {
  socket.on('error', () => {});
  socket.on('data', (line) => {
    if (line.toString().startsWith('SILENCE')) return;
    setTimeout(() => socket.write('250 ok\r\n'), answerAfterMs);
    if (!line.toString().startsWith('STARTTLS')) return;
    socket.removeAllListeners('data');
    // Node's types leave the shared key out of a socket's options.
    const options = { isServer: true, ciphers: 'PSK', pskCallback: () => sharedKey };
    serve(new TLSSocket(socket, options));
  });
}

beforeAll(async () => {
  peer = createServer((socket) => {
    socket.write('220 ready\r\n');
    serve(socket);
  }).listen(0, '127.0.0.1');
  mail = createServer((socket) => {
    socket.write('220 ready\r\n');
    createInterface({ input: socket }).on('line', (line) => {
      if (line === 'DATA') socket.write('354 go on\r\n');
      else if (line === '.' || /^(?:EHLO|MAIL|RCPT|QUIT)/.test(line)) socket.write('250 ok\r\n');
    });
  }).listen(0, '127.0.0.1');
  await Promise.all([peer, mail].map((server) => once(server, 'listening')));
  port = (peer.address() as AddressInfo).port;
  mailPort = (mail.address() as AddressInfo).port;
  hub = await new Hub().open();
  app = await startApp(fixture, {
    hubPath: hub.path,
    env: {
      PEER_PORT: String(port),
      MAIL_PORT: String(mailPort),
      CLOSED_PORT: String(closedPort),
    },
  });
});
afterAll(async () => {
  await app.stop();
  await hub.close();
  peer.close();
  mail.close();
});

async function watch(path: string): Promise<AgentSnapshot> {
  await hub.begin();
  await app.get(path);
  return hub.collect();
}

test('each exchange on a connection that was there before is a call', async () => {
  const { calls, routes } = await watch('/commands');
  expect(calls).toMatchObject([
    {
      kind: 'socket',
      peer: `127.0.0.1:${port}`,
      callSite: { line: lineOf(fixture, 'kept.write(`') },
      count: 3,
      requests: 1,
      connects: 0,
      errors: 0,
    },
  ]);
  // Timers of the peer may fire up to a millisecond early.
  expect(calls[0]?.wallSumUs).toBeGreaterThanOrEqual(3 * (answerAfterMs - 1) * 1_000);
  expect(routes[0]?.time.socket).toBeGreaterThanOrEqual(3 * (answerAfterMs - 1) * 1_000);
});

test('what is never answered was no wait', async () => {
  const { calls, routes, traces } = await watch('/unanswered');
  // The greeting was waited for, the answer that never came was not.
  expect(calls).toMatchObject([{ count: 1, connects: 1, errors: 0 }]);
  expect(traces[0]?.spans).toHaveLength(1);
  expect(routes[0]?.time.other).toBeGreaterThan(routes[0]?.time.socket ?? 0);
});

test('a connection that is refused is a failed call', async () => {
  const { calls } = await watch('/refused');
  expect(calls).toMatchObject([
    { kind: 'socket', peer: `127.0.0.1:${closedPort}`, count: 1, errors: 1 },
  ]);
});

test('mail sent with nodemailer comes from where it was sent', async () => {
  const { calls } = await watch('/mail');
  expect(calls).toMatchObject([
    {
      peer: `127.0.0.1:${mailPort}`,
      callSite: { line: lineOf(fixture, "subject: 'Order'"), functionName: 'sendOrder' },
      count: 1,
      connects: 1,
      errors: 0,
    },
  ]);
});

test('what is done once the mail is sent comes from its own place', async () => {
  const { calls } = await watch('/mail-with-callback');
  const places = calls.map(({ peer, callSite }) => [peer, callSite?.line]);
  expect(places).toEqual([
    [`127.0.0.1:${mailPort}`, lineOf(fixture, "to: 'ada@test', text")],
    [`127.0.0.1:${port}`, lineOf(fixture, "kept.write('DONE")],
  ]);
});

test('a connection upgraded to TLS stays the same call', async () => {
  const { calls } = await watch('/upgraded');
  expect(calls).toMatchObject([
    { kind: 'socket', peer: `127.0.0.1:${port}`, count: 1, connects: 1, errors: 0 },
  ]);
  // Two answers of the peer, one before and one after the upgrade.
  expect(calls[0]?.wallSumUs).toBeGreaterThanOrEqual(2 * (answerAfterMs - 1) * 1_000);
});
