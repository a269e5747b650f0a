import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import {
  agentSocketVariable,
  protocolVersion,
  type AgentMessage,
  type AgentSnapshot,
  type ProcessFacts,
  type RuntimeSample,
  type WorkbenchMessage,
} from '@amdahl/agent/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AgentHub } from '../../src/target/agent-hub.ts';
import { startAgentHub } from '../../src/target/agent-hub-server.ts';

let hub: AgentHub;
let agents: TestAgent[];

beforeEach(async () => {
  hub = await startAgentHub();
  agents = [];
});

afterEach(async () => {
  for (const agent of agents) agent.die();
  await hub.close();
});

/** An app's process as the hub sees it: speaks the protocol over the hub's real socket. */
class TestAgent {
  readonly facts: ProcessFacts;
  /** Types of the messages the hub sent, in order. */
  readonly heard: WorkbenchMessage['type'][] = [];
  readonly #socket: Socket;

  constructor(pid: number, socket: Socket) {
    this.facts = {
      pid,
      parentPid: 1,
      nodeVersion: 'v24.0.0',
      argv: [],
      cwd: '/',
      cpuCount: 2,
      watched: {},
    };
    this.#socket = socket;
    createInterface(socket).on('line', (line) => {
      const message = JSON.parse(line) as WorkbenchMessage;
      this.heard.push(message.type);
      this.answer(message);
    });
    socket.on('error', () => undefined);
  }

  /** What it does with a message; replaced where a test wants something else. */
  answer: (message: WorkbenchMessage) => void = (message) => {
    if (message.type === 'collect') {
      this.say({ type: 'snapshot', id: message.id, snapshot: snapshotOf(this.facts, 5) });
    }
    if (message.type === 'profile') {
      this.say({
        type: 'cpu-profile',
        id: message.id,
        profile: { nodes: [], startTime: 0, endTime: 1, samples: [], timeDeltas: [] },
      });
    }
  };

  say(message: AgentMessage): void {
    this.write(`${JSON.stringify(message)}\n`);
  }

  write(bytes: string | Uint8Array): void {
    this.#socket.write(bytes);
  }

  die(): void {
    this.#socket.destroy();
  }
}

function snapshotOf(process: ProcessFacts, windowMs: number): AgentSnapshot {
  return {
    process,
    windowMs,
    routes: [],
    statements: [],
    calls: [],
    traces: [],
    runtime: [],
    dropped: {},
    ownCpuUs: 0,
  };
}

function socketPath(): string {
  return hub.environment[agentSocketVariable] as string;
}

async function connectAgent(pid: number): Promise<TestAgent> {
  const socket = connect(socketPath());
  await once(socket, 'connect');
  const agent = new TestAgent(pid, socket);
  agents.push(agent);
  agent.say({ type: 'hello', protocol: protocolVersion, process: agent.facts });
  await expect.poll(() => hub.processes().map((process) => process.pid)).toContain(pid);
  return agent;
}

const sample: RuntimeSample = {
  atEpochMs: 1,
  loopDelayMeanMs: 0,
  loopDelayP99Ms: 0,
  loopDelayMaxMs: 0,
  loopUtilization: 0.5,
  cpuShare: 0.5,
  gcMs: 0,
  gcCount: 0,
  rssBytes: 1,
  heapUsedBytes: 1,
  heapAfterGcBytes: 0,
  activeRequests: 0,
};

test('the environment loads the agent into every node process, unbuilt when it is unbuilt', () => {
  expect(hub.environment['NODE_OPTIONS']).toMatch(
    /^--conditions=@amdahl\/source --import file:\/\/\S+\/agent\/src\/index\.ts$/,
  );
});

test('every process is counted, begun and collected', async () => {
  const one = await connectAgent(101);
  const other = await connectAgent(102);
  hub.begin();
  const snapshots = await hub.collect();
  expect(new Set(snapshots.map((snapshot) => snapshot.process.pid))).toEqual(new Set([101, 102]));
  expect(one.heard).toEqual(['begin', 'collect']);
  expect(other.heard).toEqual(['begin', 'collect']);
});

test('a process that comes later is begun as it comes', async () => {
  hub.begin();
  const late = await connectAgent(103);
  await expect.poll(() => late.heard).toEqual(['begin']);
});

test('a process that died is known by what it sent last', async () => {
  await hub.close();
  hub = await startAgentHub(20);
  const mortal = await connectAgent(104);
  hub.begin();
  // Fetched by the hub itself, without anybody asking.
  await expect.poll(() => mortal.heard).toContain('collect');
  mortal.die();
  await expect.poll(() => hub.processes()).toEqual([]);
  expect(await hub.collect()).toMatchObject([{ process: { pid: 104 }, windowMs: 5 }]);

  hub.begin();
  expect(await hub.collect()).toEqual([]);
});

test('a process that does not answer holds up nobody', async () => {
  const silent = await connectAgent(105);
  silent.answer = () => undefined;
  await connectAgent(106);
  hub.begin();
  const snapshots = await hub.collect(2_000);
  expect(snapshots.map(({ process }) => process.pid)).toEqual([106]);
});

test('a process that failed to answer is left out', async () => {
  const failing = await connectAgent(107);
  failing.answer = (message) => {
    if ('id' in message) failing.say({ type: 'failed', id: message.id, message: 'no profiler' });
  };
  await connectAgent(108);
  const profiles = await hub.profile(1, 1_000);
  expect(profiles.map(({ pid }) => pid)).toEqual([108]);
});

test('samples and ports are told by process', async () => {
  const seen: (readonly [number, number])[] = [];
  hub.onSample((pid, { loopUtilization }) => seen.push([pid, loopUtilization]));
  const agent = await connectAgent(109);
  agent.say({ type: 'sample', sample });
  agent.say({ type: 'listening', host: '127.0.0.1', port: 3456 });
  await expect.poll(() => hub.listening()).toEqual([{ pid: 109, host: '127.0.0.1', port: 3456 }]);
  expect(seen).toEqual([[109, 0.5]]);
});

describe('garbage on the socket', () => {
  test.each([
    ['no JSON', 'GET / HTTP/1.1\r\n\r\n\n'],
    ['JSON that is no message', '7\nnull\n[]\n"hello"\n{}\n{"type":"hello"}\n{"type":"later"}\n'],
    ['a message with fields of the wrong kind', '{"type":"hello","process":{"pid":"x"}}\n'],
    ['bytes that are no text', '\u0000\uFFFF\n\n\n'],
  ])('%s is skipped', async (_, garbage) => {
    const agent = await connectAgent(110);
    agent.write(garbage);
    hub.begin();
    expect(await hub.collect()).toMatchObject([{ process: { pid: 110 } }]);
  });

  test('an answer nobody asked for is skipped', async () => {
    const agent = await connectAgent(111);
    agent.say({ type: 'snapshot', id: 99, snapshot: snapshotOf(agent.facts, 77) });
    hub.begin();
    expect(await hub.collect()).toMatchObject([{ windowMs: 5 }]);
  });

  test('a line cut in pieces is one message', async () => {
    const agent = await connectAgent(112);
    const line = JSON.stringify({ type: 'listening', host: 'é', port: 1 });
    for (const byte of Buffer.from(`${line}\n`)) agent.write(Uint8Array.of(byte));
    await expect.poll(() => hub.listening()).toMatchObject([{ host: 'é' }]);
  });
});

test('nothing is left when it is closed', async () => {
  const folder = dirname(socketPath());
  expect(existsSync(folder)).toBe(true);
  await connectAgent(113);
  await hub.close();
  expect(existsSync(folder)).toBe(false);
});
