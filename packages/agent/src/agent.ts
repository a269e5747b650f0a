import { performance } from 'node:perf_hooks';
import { profileCpu } from './cpu-profiler.ts';
import { addOwnCpuMs, Guard, ownCpuUs } from './guard.ts';
import { HubConnection } from './hub-connection.ts';
import { fastify } from './instruments/fastify.ts';
import { hono } from './instruments/hono.ts';
import { httpClient } from './instruments/http-client.ts';
import { httpServer } from './instruments/http-server.ts';
import type { Instrument } from './instruments/instrument.ts';
import { nodemailer } from './instruments/nodemailer.ts';
import { pg } from './instruments/pg/pg.ts';
import { postgresJs } from './instruments/postgres-js.ts';
import { sockets } from './instruments/sockets.ts';
import { undici } from './instruments/undici.ts';
import { watchListening } from './listening.ts';
import { patchModules } from './module-patches.ts';
import { processFacts } from './process-facts.ts';
import {
  agentSocketVariable,
  protocolVersion,
  type AgentMessage,
  type AgentSnapshot,
  type WorkbenchMessage,
} from './protocol.ts';
import { Recorder } from './recorder.ts';
import { RuntimeSampler } from './runtime-sampler.ts';

/** Everything that watches. Instruments of further libraries are added here. */
const instruments: readonly Instrument[] = [
  httpServer,
  fastify,
  hono,
  pg,
  postgresJs,
  httpClient,
  undici,
  sockets,
  nodemailer,
];

/** The agent of one process. */
export class Agent {
  readonly #recorder = new Recorder();
  readonly #guards = new Map<string, Guard>();
  readonly #sampler: RuntimeSampler;
  #watched: Readonly<Record<string, string>> = {};
  #hub: HubConnection | null = null;
  #ownCpuUsBefore = 0;

  constructor() {
    this.#sampler = new RuntimeSampler(
      () => this.#recorder.activeRequests,
      (sample) => this.#send({ type: 'sample', sample }),
    );
  }

  /** Begins to watch. Whatever fails here leaves the app as it would be without. */
  start(): void {
    const patches = instruments.flatMap((instrument) => {
      const guard = this.#guard(instrument.name);
      const install = guard.wrap(() => instrument.install({ recorder: this.#recorder, guard }), []);
      return install();
    });
    const loader = this.#guard('module-loader');
    this.#watched = loader.wrap(() => patchModules(patches, loader), {})();
    const runtime = this.#guard('runtime');
    runtime.wrap(() => this.#sampler.start(), undefined)();
    this.#connect();
  }

  /** Everything counted since `begin`, or since the agent started. */
  snapshot(): AgentSnapshot {
    const startedAt = performance.now();
    const { window } = this.#recorder;
    const snapshot: AgentSnapshot = {
      process: processFacts(this.#watched),
      windowMs: startedAt - window.startedAt,
      routes: window.routes(),
      statements: window.statements(),
      calls: window.calls(),
      traces: window.traces(),
      runtime: this.#sampler.samples,
      dropped: { ...window.dropped(), ...this.#failures() },
      ownCpuUs: Math.round(ownCpuUs() - this.#ownCpuUsBefore),
    };
    addOwnCpuMs(performance.now() - startedAt);
    return snapshot;
  }

  /** Forgets everything counted and starts a window. */
  begin(): void {
    this.#recorder.begin();
    this.#sampler.clear();
    this.#ownCpuUsBefore = ownCpuUs();
  }

  #guard(name: string): Guard {
    const guard = new Guard(name);
    this.#guards.set(name, guard);
    return guard;
  }

  #connect(): void {
    const path = process.env[agentSocketVariable];
    if (path === undefined || path === '') return;
    const guard = this.#guard('hub');
    const hub = new HubConnection(
      path,
      guard.wrap(() => {
        const process = processFacts(this.#watched);
        hub.send({ type: 'hello', protocol: protocolVersion, process });
        for (const { port, address } of listening) {
          hub.send({ type: 'listening', port, host: address });
        }
      }, undefined),
      (message) => this.#answer(message),
    );
    const listening: { readonly port: number; readonly address: string }[] = [];
    watchListening(guard, (address) => {
      listening.push(address);
      hub.send({ type: 'listening', port: address.port, host: address.address });
    });
    this.#hub = hub;
    guard.wrap(() => hub.open(), undefined)();
  }

  #send(message: AgentMessage): void {
    this.#hub?.send(message);
  }

  #answer(message: WorkbenchMessage): void {
    switch (message.type) {
      case 'begin':
        this.begin();
        break;
      case 'collect':
        this.#reply(message.id, () => ({
          type: 'snapshot',
          id: message.id,
          snapshot: this.snapshot(),
        }));
        break;
      case 'profile': {
        const { id, durationMs, intervalUs } = message;
        profileCpu(durationMs, intervalUs).then(
          (profile) => this.#send({ type: 'cpu-profile', id, profile }),
          (error: unknown) => this.#sendFailure(id, error),
        );
        break;
      }
      default:
    }
  }

  #reply(id: number, answer: () => AgentMessage): void {
    try {
      this.#send(answer());
    } catch (error) {
      this.#sendFailure(id, error);
    }
  }

  #sendFailure(id: number, error: unknown): void {
    this.#send({ type: 'failed', id, message: String(error) });
  }

  /** Errors that instruments had, by `failures:<instrument>`. */
  #failures(): Readonly<Record<string, number>> {
    const failures: Record<string, number> = {};
    for (const [name, guard] of this.#guards) {
      if (guard.failures > 0) failures[`failures:${name}`] = guard.failures;
    }
    return failures;
  }
}
