import type { Socket } from 'node:net';

const ignored = new WeakSet<Socket>();
let ignoringOpened = false;

/** A socket that another instrument, or the agent, answers for: it is no call of its own. */
export function ignoreSocket(socket: Socket): void {
  ignored.add(socket);
}

/** The sockets that the running code opens, until it returns, are another instrument's. */
export function ignoreSocketsOpenedNow(): void {
  ignoringOpened = true;
  queueMicrotask(() => (ignoringOpened = false));
}

export function isIgnored(socket: Socket): boolean {
  return ignored.has(socket);
}

/** Whether a socket opened at this moment is another instrument's. */
export function isOpenedForOthers(): boolean {
  return ignoringOpened;
}
