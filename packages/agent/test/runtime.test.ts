import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RuntimeSample } from '../src/protocol.ts';
import { startApp, type App } from './support/child-app.ts';
import { Hub } from './support/socket-hub.ts';

let hub: Hub;
let app: App;

beforeAll(async () => {
  hub = await new Hub().open();
  app = await startApp('hardy.ts', { hubPath: hub.path });
});
afterAll(async () => {
  await app.stop();
  await hub.close();
});

test('describes the process once a second', async () => {
  await hub.begin();
  const { sample: first } = await hub.following('sample');
  const { sample: second } = await hub.following('sample');
  expect(second.atEpochMs).toBeGreaterThan(first.atEpochMs);
  for (const sample of [first, second]) expectPlausible(sample);
  const { runtime } = await hub.collect();
  expect(runtime.slice(0, 2)).toEqual([first, second]);
});

test('a thread that is kept busy shows in the sample', async () => {
  const busy = hub.following('sample', ({ sample }) => sample.loopUtilization > 0.3);
  const { sample } = await spinUntil(busy);
  expect(sample.cpuShare).toBeGreaterThan(0);
  expect(sample.loopDelayMaxMs).toBeGreaterThan(0);
});

test('takes a CPU profile on demand, while the app goes on', async () => {
  const id = hub.nextId();
  hub.send({ type: 'profile', id, durationMs: 1_000, intervalUs: 500 });
  hub.send({ type: 'profile', id: id + 1_000, durationMs: 300, intervalUs: 500 });
  // One at a time.
  expect((await hub.next('failed')).id).toBe(id + 1_000);
  const answer = hub.next('cpu-profile', (message) => message.id === id);
  const { profile } = await spinUntil(answer);
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  expect(profile.samples.length).toBeGreaterThan(10);
  expect(profile.timeDeltas).toHaveLength(profile.samples.length);
  expect(profile.samples.every((sample) => nodes.has(sample))).toBe(true);
  expect(profile.endTime).toBeGreaterThan(profile.startTime);
  const functions = profile.samples.map((sample) => nodes.get(sample)?.callFrame);
  const spinning = functions.find((frame) => frame?.functionName === 'spinForTheProfiler');
  expect(spinning?.url).toContain('hardy.ts');
});

/** Keeps the app busy until then. */
async function spinUntil<Event>(event: Promise<Event>): Promise<Event> {
  const pending = Symbol('pending');
  for (;;) {
    expect((await app.get('/spin')).status).toBe(200);
    const come = await Promise.race([event, Promise.resolve(pending)]);
    if (typeof come !== 'symbol') return come;
  }
}

function expectPlausible(sample: RuntimeSample): void {
  for (const value of Object.values(sample)) expect(value).toBeGreaterThanOrEqual(0);
  expect(sample.loopUtilization).toBeLessThanOrEqual(1);
  expect(sample.rssBytes).toBeGreaterThan(sample.heapUsedBytes / 2);
  expect(sample.heapUsedBytes).toBeGreaterThan(1_000_000);
}
