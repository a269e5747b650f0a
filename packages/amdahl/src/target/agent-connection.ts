import type { Socket } from 'node:net';
import type { AgentMessage, ProcessFacts, WorkbenchMessage } from '@amdahl/agent/protocol';

/** A CPU profile of a minute is some tens of MiB; nothing the agent says is longer. */
const maxLineBytes = 128 * 1024 * 1024;

type Answer = Extract<AgentMessage, { readonly id: number }>;

/**
 * The workbench's end of one process's connection. Whatever arrives is only believed as far as it
 * is checked: lines that are no message are skipped, a line without end closes the connection.
 */
export class AgentConnection {
  readonly #socket: Socket;
  readonly #onMessage: (message: AgentMessage) => void;
  readonly #waiting = new Map<number, (answer: Answer | null) => void>();
  #chunks: Buffer[] = [];
  #bufferedBytes = 0;
  #process: ProcessFacts | null = null;
  #lastId = 0;

  constructor(socket: Socket, onMessage: (message: AgentMessage) => void) {
    this.#socket = socket;
    this.#onMessage = onMessage;
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      for (const settle of this.#waiting.values()) settle(null);
    });
  }

  /** Null until the process said hello. */
  get process(): ProcessFacts | null {
    return this.#process;
  }

  send(message: WorkbenchMessage): void {
    if (this.#process !== null && this.#socket.writable) {
      this.#socket.write(`${JSON.stringify(message)}\n`);
    }
  }

  /** Resolves with the answer; with null when there is none in time, it failed or the process died. */
  ask(message: (id: number) => WorkbenchMessage, timeoutMs: number): Promise<Answer | null> {
    if (this.#process === null || !this.#socket.writable) return Promise.resolve(null);
    const id = (this.#lastId += 1);
    return new Promise((resolve) => {
      const settle = (answer: Answer | null): void => {
        clearTimeout(timer);
        this.#waiting.delete(id);
        resolve(answer?.type === 'failed' ? null : answer);
      };
      const timer = setTimeout(() => settle(null), timeoutMs);
      this.#waiting.set(id, settle);
      this.send(message(id));
    });
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      this.#chunks.push(chunk.subarray(from, end));
      this.#receive(Buffer.concat(this.#chunks).toString('utf8'));
      this.#chunks = [];
      this.#bufferedBytes = 0;
      from = end + 1;
    }
    if (from === chunk.length) return;
    this.#chunks.push(chunk.subarray(from));
    this.#bufferedBytes += chunk.length - from;
    if (this.#bufferedBytes > maxLineBytes) this.#socket.destroy();
  }

  #receive(line: string): void {
    const message = parseMessage(line);
    if (message === null) return;
    if (message.type === 'hello') this.#process = message.process;
    if ('id' in message) this.#waiting.get(message.id)?.(message);
    this.#onMessage(message);
  }
}

/** Fields by which a message is told from garbage; null for anything else. */
function parseMessage(line: string): AgentMessage | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  const message = value as { readonly [Field in string]?: unknown } | null;
  const isObject = (field: string): boolean =>
    typeof message?.[field] === 'object' && message[field] !== null;
  const known =
    (message?.['type'] === 'hello' &&
      isObject('process') &&
      typeof (message['process'] as { pid?: unknown }).pid === 'number') ||
    (message?.['type'] === 'sample' && isObject('sample')) ||
    (message?.['type'] === 'listening' && typeof message['port'] === 'number') ||
    (typeof message?.['id'] === 'number' &&
      ((message['type'] === 'snapshot' && isObject('snapshot')) ||
        (message['type'] === 'cpu-profile' && isObject('profile')) ||
        message['type'] === 'failed'));
  return known ? (message as unknown as AgentMessage) : null;
}
