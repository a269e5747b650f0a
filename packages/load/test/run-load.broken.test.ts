import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { onRequests, rawServer, reply } from './support/raw-server.ts';
import { checkedRun, Enough, getRequests, requestNamed } from './support/run.ts';

/** Writes the text byte by byte, each in a packet of its own. */
function dribble(socket: Socket, text: string, at: number = 0): void {
  if (at === text.length) return;
  socket.write(text.charAt(at), 'latin1', () => setImmediate(dribble, socket, text, at + 1));
}

const early = '100 Continue,103 Early Hints'
  .split(',')
  .map((status) => `HTTP/1.1 ${status}\r\nLink: </a>\r\n\r\n`)
  .join('');
const twice = `${reply('fine')}${reply('too much')}`;

/** Servers that are odd and no more: every request has its reply. */
const odd: Record<string, (socket: Socket) => void> = {
  'byte by byte': (socket) => dribble(socket, reply('fine')),
  'after many interim replies': (socket) => socket.write(early.repeat(20) + reply('fine')),
  'with another reply nobody asked for': (socket) => socket.write(twice),
  'with more body than announced': (socket) => socket.write(`${reply('fine')}and more`),
};

test.each(Object.entries(odd))('takes replies that come %s', async (_, answer) => {
  const enough = new Enough(20);
  const { url } = await rawServer((socket) =>
    onRequests(socket, () => {
      enough.saw();
      answer(socket);
    }),
  );
  const result = await checkedRun({
    baseUrl: url,
    scenario: getRequests('/'),
    profile: { model: 'closed', users: 2, duration: '1h' },
    signal: enough.signal,
  });
  const { statuses, count, failed } = requestNamed(result, 'GET /');
  expect(failed).toBe(0);
  expect(statuses).toEqual({ 200: count });
});

test('counts each request once with a server that replies before it is asked', async () => {
  const enough = new Enough(20);
  const { url } = await rawServer((socket) => {
    socket.write(reply('early'));
    onRequests(socket, () => {
      enough.saw();
      socket.write(reply('in time'));
    });
  });
  const result = await checkedRun({
    baseUrl: url,
    scenario: getRequests('/'),
    profile: { model: 'closed', users: 2, duration: '1h' },
    signal: enough.signal,
  });
  expect(result.counts.succeeded + result.counts.failed).toBeGreaterThan(0);
});

test('gives up at the deadline on a body shorter than announced', async () => {
  const enough = new Enough(2);
  const { url } = await rawServer((socket) =>
    onRequests(socket, () => {
      enough.saw();
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort');
    }),
  );
  const result = await checkedRun({
    baseUrl: url,
    scenario: { kind: 'script', file: new URL('scripts/impatient.ts', import.meta.url).pathname },
    profile: { model: 'closed', users: 1, duration: '1h' },
    signal: enough.signal,
  });
  const { errors } = requestNamed(result, 'GET /silent');
  expect(errors).toEqual({ timeout: 1 });
});
