import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import {
  agentSocketVariable,
  type AgentMessage,
  type AgentSnapshot,
  type RuntimeSample,
} from '@amdahl/agent/protocol';
import { AgentConnection } from './agent-connection.ts';
import type { AgentHub, ListeningApp } from './agent-hub.ts';
import { cleanUpOnExit } from './clean-up-on-exit.ts';
import { guardProcess } from './process-guard.ts';

/** Longest path a Unix socket may have on every platform (`sun_path` of macOS is 104 bytes). */
const maxSocketPathLength = 100;
const collectTimeoutMs = 10_000;
/** Beyond the profile's own length: time to write out and send it. */
const profileTimeoutMs = 15_000;
/**
 * Aggregates are fetched now and then, so that those of a process that dies are not lost. Each fetch
 * costs the app a little, so the pauses double: whenever it dies, about half its window is here.
 */
const firstFetchMs = 5_000;
const longestFetchPauseMs = 60_000;

/**
 * Opens the socket the app's agents connect to.
 *
 * @param firstFetchAfterMs from the beginning of a window until its first fetch
 * @throws Error when no socket can be opened in the temporary folder
 */
export async function startAgentHub(firstFetchAfterMs: number = firstFetchMs): Promise<AgentHub> {
  const place = socketPlace();
  const hub = new AgentHubServer(place.path, place.remove, firstFetchAfterMs);
  try {
    await hub.listen();
  } catch (error) {
    await hub.close();
    throw error;
  }
  return hub;
}

class AgentHubServer implements AgentHub {
  readonly environment: Readonly<Record<string, string>>;
  readonly #server: Server;
  readonly #socketPath: string;
  readonly #removeSocket: () => void;
  readonly #firstFetchAfterMs: number;
  readonly #connections = new Set<AgentConnection>();
  readonly #sampleListeners: ((pid: number, sample: RuntimeSample) => void)[] = [];
  readonly #listening: ListeningApp[] = [];
  /** The last aggregates of the window by process id, of living and dead processes. */
  readonly #lastSnapshots = new Map<number, AgentSnapshot>();
  #windowOpen = false;
  #fetchTimer: NodeJS.Timeout | undefined;

  constructor(socketPath: string, removeSocket: () => void, firstFetchAfterMs: number) {
    this.#firstFetchAfterMs = firstFetchAfterMs;
    this.#socketPath = socketPath;
    this.#removeSocket = removeSocket;
    this.environment = agentEnvironment(socketPath);
    this.#server = createServer((socket) => this.#accept(socket));
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#socketPath, () => {
        this.#server.off('error', reject);
        this.#server.on('error', () => undefined);
        resolve();
      });
    });
  }

  processes(): ReturnType<AgentHub['processes']> {
    return [...this.#connections].flatMap(({ process }) => (process === null ? [] : [process]));
  }

  listening(): readonly ListeningApp[] {
    return [...this.#listening];
  }

  onSample(listener: (pid: number, sample: RuntimeSample) => void): void {
    this.#sampleListeners.push(listener);
  }

  begin(): void {
    this.#lastSnapshots.clear();
    this.#windowOpen = true;
    for (const connection of this.#connections) connection.send({ type: 'begin' });
    this.#fetchAfter(this.#firstFetchAfterMs);
  }

  async collect(timeoutMs: number = collectTimeoutMs): Promise<readonly AgentSnapshot[]> {
    clearTimeout(this.#fetchTimer);
    await this.#fetchAll(timeoutMs);
    return [...this.#lastSnapshots.values()];
  }

  async profile(durationMs: number, intervalUs: number): ReturnType<AgentHub['profile']> {
    const profiles = await Promise.all(
      [...this.#connections].map(async (connection) => {
        const reply = await connection.ask(
          (id) => ({ type: 'profile', id, durationMs, intervalUs }),
          durationMs + profileTimeoutMs,
        );
        return reply?.type === 'cpu-profile' && connection.process !== null
          ? [{ pid: connection.process.pid, profile: reply.profile }]
          : [];
      }),
    );
    return profiles.flat();
  }

  async close(): Promise<void> {
    clearTimeout(this.#fetchTimer);
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const connection of this.#connections) connection.destroy();
    await closed;
    this.#removeSocket();
  }

  #accept(socket: Socket): void {
    const connection = new AgentConnection(socket, (message) => this.#receive(connection, message));
    this.#connections.add(connection);
    socket.on('close', () => this.#connections.delete(connection));
  }

  #receive(connection: AgentConnection, message: AgentMessage): void {
    if (message.type === 'hello' && this.#windowOpen) connection.send({ type: 'begin' });
    const pid = connection.process?.pid;
    if (pid === undefined) return;
    if (message.type === 'sample') {
      for (const listener of this.#sampleListeners) listener(pid, message.sample);
    } else if (message.type === 'listening') {
      this.#listening.push({ pid, host: message.host, port: message.port });
    }
  }

  #fetchAfter(pauseMs: number): void {
    clearTimeout(this.#fetchTimer);
    this.#fetchTimer = setTimeout(() => {
      void this.#fetchAll(pauseMs);
      this.#fetchAfter(Math.min(2 * pauseMs, longestFetchPauseMs));
    }, pauseMs).unref();
  }

  async #fetchAll(timeoutMs: number): Promise<void> {
    await Promise.all(
      [...this.#connections].map(async (connection) => {
        const reply = await connection.ask((id) => ({ type: 'collect', id }), timeoutMs);
        if (reply?.type === 'snapshot' && connection.process !== null) {
          this.#lastSnapshots.set(connection.process.pid, reply.snapshot);
        }
      }),
    );
  }
}

/** What puts the agent into every Node process of the app and tells it where to connect. */
function agentEnvironment(socketPath: string): Readonly<Record<string, string>> {
  const agent = import.meta.resolve('@amdahl/agent');
  const options = [`--import ${agent}`];
  // The agent unbuilt imports its own packages, which must then be found unbuilt too.
  if (agent.endsWith('.ts')) options.unshift('--conditions=@amdahl/source');
  return { [agentSocketVariable]: socketPath, NODE_OPTIONS: options.join(' ') };
}

function socketPlace(): { readonly path: string; readonly remove: () => void } {
  if (process.platform === 'win32') {
    return { path: `\\\\.\\pipe\\amdahl-${randomUUID()}`, remove: () => undefined };
  }
  const inTemporary = join(tmpdir(), 'amdahl-agents-XXXXXX', 'agents.sock');
  const parent = inTemporary.length <= maxSocketPathLength ? tmpdir() : '/tmp';
  const directory = mkdtempSync(join(parent, 'amdahl-agents-'));
  const remove = (): void => rmSync(directory, { recursive: true, force: true });
  const forget = cleanUpOnExit(remove);
  // Guards this process itself: when it is killed, the folder goes too.
  const guard = guardProcess({ pid: process.pid, temporaryDirectory: directory });
  return {
    path: join(directory, 'agents.sock'),
    remove: () => {
      remove();
      forget();
      guard.release();
    },
  };
}
