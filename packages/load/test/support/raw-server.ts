import { once } from 'node:events';
import * as net from 'node:net';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A server that speaks bytes, so that it can be broken in any way. */
export interface RawServer {
  readonly port: number;
  readonly url: string;
  /** Connections accepted so far. */
  readonly accepted: () => number;
  /** Refuses connections from now on and breaks those there are. */
  readonly vanish: () => void;
}

/** Answers each connection; closed, with all its connections, when the test is over. */
export async function rawServer(answer: (socket: net.Socket) => void): Promise<RawServer> {
  const sockets = new Set<net.Socket>();
  let accepted = 0;
  const server = net.createServer((socket) => {
    accepted += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    answer(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const vanish = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  const closed = once(server, 'close');
  onTestFinished(async () => {
    vanish();
    await closed;
  });
  const { port } = server.address() as AddressInfo;
  return { port, url: `http://127.0.0.1:${port}`, accepted: () => accepted, vanish };
}

/** Calls back with the text of each request that came without body, and its number from 0. */
export function onRequests(
  socket: net.Socket,
  handle: (text: string, number: number) => void,
): void {
  let text = '';
  let number = 0;
  socket.on('data', (bytes) => {
    text += bytes.toString('latin1');
    for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
      const request = text.slice(0, end + 4);
      text = text.slice(end + 4);
      handle(request, number);
      number += 1;
    }
  });
}

/** A whole reply with this body. */
export function reply(body: string, ...headers: readonly string[]): string {
  const lines = ['HTTP/1.1 200 OK', `Content-Length: ${Buffer.byteLength(body)}`, ...headers];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}

/** A port on which nothing listens. */
export async function refusingPort(): Promise<number> {
  const server = net.createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
