import { expect, onTestFinished, test } from 'vitest';
import { createServer, type RequestListener } from 'node:http';
import * as https from 'node:https';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { selfSigned } from './support/certificate.ts';
import { checkedRun, Enough, histogram, requestNamed, script } from './support/run.ts';

const certificate = selfSigned();

/** A chat that greets, echoes, keeps silent and leaves when asked to. */
async function chatServer(
  over: () => void,
  { isSecure = false, silent = (): void => undefined } = {},
): Promise<string> {
  const greet: RequestListener = (_, response) => {
    response.setHeader('Set-Cookie', 'name=ada');
    response.end();
  };
  const server = isSecure ? https.createServer(certificate, greet) : createServer(greet);
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    if (request.url === '/refused') {
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
    } else if (request.url === '/plain') {
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    } else {
      sockets.handleUpgrade(request, socket, head, (chat) => {
        chat.send(`${request.headers.cookie} ${String(request.headers['x-kind'])}`);
        chat.on('message', (data, isBinary) => {
          const text = (data as Buffer).toString();
          if (text === 'leave') chat.terminate();
          else if (text === 'silence') silent();
          else chat.send(data, { binary: isBinary });
          if (text === 'over') over();
        });
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const chat of sockets.clients) chat.terminate();
    server.closeAllConnections();
    server.close();
  });
  return `http${isSecure ? 's' : ''}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test.each([
  ['plainly', false],
  ['over TLS', true],
])('talks over WebSockets %s and counts handshakes and round trips', async (_, isSecure) => {
  const enough = new Enough(6);
  const result = await checkedRun({
    baseUrl: await chatServer(() => enough.saw(), { isSecure }),
    tls: { ca: certificate.cert },
    scenario: script('chatting.ts'),
    profile: { model: 'closed', users: 2, duration: '1h' },
    signal: enough.signal,
  });
  expect(result.taskErrorSamples).toEqual([]);
  expect(result.checks.filter((check) => check.failed > 0)).toEqual([]);
  expect(result.checks).toHaveLength(10);
  const connects = requestNamed(result, 'WS /chat connect');
  expect(connects.statuses).toEqual({ 101: connects.count });
  const messages = requestNamed(result, 'WS /chat message');
  // Two answers, a time-out and a broken socket a visit; the greeting is a push.
  expect(messages.errors).toMatchObject({ timeout: expect.any(Number), reset: expect.any(Number) });
  expect(messages.statuses['200']).toBeGreaterThanOrEqual(8);
  expect(histogram(messages.responseTime).count).toBeGreaterThan(0);
  // Two messages come for one that was sent.
  const opened = requestNamed(result, 'WS /open connect').count;
  expect(requestNamed(result, 'WS /open message').count).toBeLessThanOrEqual(opened);
  expect(requestNamed(result, 'WS /no connect').statuses).toHaveProperty('403');
  expect(requestNamed(result, 'WS /plain connect').errorDetails).toHaveProperty([
    'protocol no-upgrade',
  ]);
  expect(result.generator.socketsOpened).toBeGreaterThanOrEqual(connects.count);
});

test('leaves what is on its way at the end of the run to the aborted', async () => {
  const enough = new Enough(3);
  const result = await checkedRun({
    baseUrl: await chatServer(() => undefined, { silent: () => enough.saw() }),
    scenario: script('waiting-chat.ts'),
    profile: { model: 'closed', users: 3, duration: '1h' },
    // By then all of them wait for a message that never comes.
    signal: enough.signal,
  });
  expect(result.counts.aborted).toBe(3);
  expect(requestNamed(result, 'WS /chat connect').count).toBe(3);
});
