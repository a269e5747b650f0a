import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { AgentMessage, AgentSnapshot, WorkbenchMessage } from '../../src/protocol.ts';

type MessageOf<Type extends AgentMessage['type']> = Extract<AgentMessage, { type: Type }>;

/** The workbench's end of the agents' line: a Unix socket that keeps what it hears. */
export class Hub {
  readonly path: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'amdahl-agent-hub-'));
  #server: Server | null = null;
  #sockets = new Set<Socket>();
  #heard: AgentMessage[] = [];
  #waiting: ((message: AgentMessage) => void)[] = [];
  #lastId = 0;

  constructor() {
    this.path = join(this.#folder, 'hub.sock');
  }

  async open(): Promise<this> {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => {});
      createInterface({ input: socket }).on('line', (line) => this.#hear(line));
    }).listen(this.path);
    await once(this.#server, 'listening');
    return this;
  }

  /** Cuts all connections and goes away, the socket's file too. */
  async vanish(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    this.#server = null;
    this.#heard = [];
    const closed = once(server, 'close');
    server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async close(): Promise<void> {
    await this.vanish();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** The first message of this type that passes, heard already or to come. */
  next<Type extends AgentMessage['type']>(
    type: Type,
    accept: (message: MessageOf<Type>) => boolean = () => true,
  ): Promise<MessageOf<Type>> {
    const heard = this.#heard.find((message) => fits(message, type, accept));
    return heard === undefined ? this.following(type, accept) : Promise.resolve(heard as never);
  }

  /** The first message of this type that comes from here on. */
  following<Type extends AgentMessage['type']>(
    type: Type,
    accept: (message: MessageOf<Type>) => boolean = () => true,
  ): Promise<MessageOf<Type>> {
    return new Promise((resolve) => {
      const hear = (message: AgentMessage): void => {
        if (!fits(message, type, accept)) return;
        this.#waiting = this.#waiting.filter((other) => other !== hear);
        resolve(message);
      };
      this.#waiting.push(hear);
    });
  }

  send(message: WorkbenchMessage): void {
    this.sendRaw(`${JSON.stringify(message)}\n`);
  }

  sendRaw(bytes: string | Buffer): void {
    for (const socket of this.#sockets) socket.write(bytes);
  }

  /** Begins a window, and waits until it has begun. */
  async begin(): Promise<void> {
    this.send({ type: 'begin' });
    await this.collect();
  }

  async collect(): Promise<AgentSnapshot> {
    const id = this.nextId();
    this.send({ type: 'collect', id });
    return (await this.next('snapshot', (message) => message.id === id)).snapshot;
  }

  /** Asks again until what the app is still finishing has been counted. */
  async collectOnce(isComplete: (snapshot: AgentSnapshot) => boolean): Promise<AgentSnapshot> {
    for (;;) {
      const snapshot = await this.collect();
      if (isComplete(snapshot)) return snapshot;
    }
  }

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  #hear(line: string): void {
    const message = JSON.parse(line) as AgentMessage;
    this.#heard.push(message);
    for (const hear of this.#waiting) hear(message);
  }
}

function fits<Type extends AgentMessage['type']>(
  message: AgentMessage,
  type: Type,
  accept: (message: MessageOf<Type>) => boolean,
): message is MessageOf<Type> {
  return message.type === type && accept(message as MessageOf<Type>);
}
