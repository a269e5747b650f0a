import { cpus } from 'node:os';
import { expect, test } from 'vitest';
import type { AgentArtifact } from '../../src/artifacts/artifacts.ts';
import { agentGatherer } from '../../src/gather/agent.ts';
import { noAgents } from '../../src/target/agent-hub.ts';
import { agentOf } from '../fixtures/agent.ts';
import { defaultOptions } from '../fixtures/default-options.ts';
import { gatherContext } from '../fixtures/gather-context.ts';

/** Keeps a processor busy until the system has counted it. */
function computeUntilCounted(): void {
  const usedMs = (): number => cpus().reduce((sum, { times }) => sum + times.user + times.sys, 0);
  const before = usedMs();
  while (usedMs() < before + 50);
}

test('beside what the app did stands how busy its machine was', async () => {
  const { processes } = agentOf({});
  const agents = { ...noAgents, collect: () => Promise.resolve(processes) };
  const begun = await agentGatherer.gather(gatherContext({ agents }));
  if (typeof begun !== 'function') throw new Error('it watches until it is asked');
  computeUntilCounted();
  const watched = (await begun()) as AgentArtifact;
  expect(watched.processes).toBe(processes);
  expect(watched.machineBusyShare).toBeGreaterThan(0);
  expect(watched.machineBusyShare).toBeLessThanOrEqual(1);
});

test('without an agent there is nothing', async () => {
  const options = { ...defaultOptions(), agent: false };
  expect(await agentGatherer.gather(gatherContext({ options }))).toHaveProperty('absent');
});
