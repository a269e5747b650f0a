import { connect, type Socket } from 'node:net';
import { ignoreSocket } from './instruments/ignored-sockets.ts';
import type { AgentMessage, WorkbenchMessage } from './protocol.ts';

const reconnectAfterMs = 1_000;
/** A longer line is no message of ours. */
const maxLineLength = 1_000_000;
/** Unread output above which samples are left out: the workbench does not keep up, or hangs. */
const maxUnsentBytes = 1_000_000;

/**
 * The line to the workbench. Connects again when it breaks, keeps no process alive, and ignores
 * whatever it does not understand.
 */
export class HubConnection {
  readonly #path: string;
  readonly #onConnect: () => void;
  readonly #onMessage: (message: WorkbenchMessage) => void;
  #socket: Socket | null = null;
  #line = '';

  constructor(path: string, onConnect: () => void, onMessage: (message: WorkbenchMessage) => void) {
    this.#path = path;
    this.#onConnect = onConnect;
    this.#onMessage = onMessage;
  }

  open(): void {
    const socket = connect(this.#path);
    ignoreSocket(socket);
    socket.unref();
    socket.setEncoding('utf8');
    socket.on('connect', () => {
      this.#socket = socket;
      this.#line = '';
      this.#onConnect();
    });
    socket.on('data', (text: string) => this.#read(text));
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#socket = null;
      setTimeout(() => this.open(), reconnectAfterMs).unref();
    });
  }

  /** Sends, or forgets, when there is nobody to send to. */
  send(message: AgentMessage): void {
    const socket = this.#socket;
    if (socket === null || !socket.writable) return;
    if (message.type === 'sample' && socket.writableLength > maxUnsentBytes) return;
    socket.write(`${JSON.stringify(message)}\n`);
  }

  #read(text: string): void {
    const lines = (this.#line + text).split('\n');
    const rest = lines.pop() ?? '';
    this.#line = rest.length > maxLineLength ? '' : rest;
    for (const line of lines) {
      const message = parsed(line);
      if (message !== null) this.#onMessage(message);
    }
  }
}

function parsed(line: string): WorkbenchMessage | null {
  try {
    const message: unknown = JSON.parse(line);
    return typeof message === 'object' && message !== null ? (message as WorkbenchMessage) : null;
  } catch {
    return null;
  }
}
