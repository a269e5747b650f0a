/**
 * `node --import @amdahl/agent app.ts` watches the app from its first line on. With
 * `AMDAHL_AGENT_SOCKET` set the agent reports to the workbench; without, ask `snapshot()`.
 */
import { Agent } from './agent.ts';
import { isWatchable } from './process-facts.ts';
import type { AgentSnapshot } from './protocol.ts';

export type * from './protocol.ts';

/** Copies of this package in one process share the agent that started first. */
const agentSymbol = Symbol.for('amdahl.agent');

const agent = startOnce();

/** Everything the agent counted since it started, or since the workbench began a window. */
export function snapshot(): AgentSnapshot {
  return agent.snapshot();
}

/** Forgets everything counted so far. */
export function begin(): void {
  agent.begin();
}

function startOnce(): Agent {
  const holder = globalThis as { [agentSymbol]?: Agent };
  const running = holder[agentSymbol];
  if (running !== undefined) return running;
  const started = new Agent();
  Object.defineProperty(globalThis, agentSymbol, { value: started });
  if (isWatchable()) started.start();
  return started;
}
