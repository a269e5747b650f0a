import { cpus } from 'node:os';
import type { Gatherer } from './gatherer.ts';

/** What the agents saw during the measured window. */
export const agentGatherer: Gatherer<'agent'> = {
  artifact: 'agent',
  phase: 'during',
  label: 'watching the app from inside',
  gather: ({ agents, options }) => {
    if (!options.agent) return Promise.resolve({ absent: 'the agent was left out (--no-agent)' });
    agents.begin();
    const before = processorTimes();
    return Promise.resolve(async () => {
      const after = processorTimes();
      const processes = await agents.collect();
      return processes.length > 0
        ? { processes, ...busyShareBetween(before, after) }
        : {
            absent:
              options.app === null
                ? 'the service was not started by Amdahl, so it carries no agent'
                : 'no process of the app loaded the agent: it runs on Node 22.18 or newer only',
          };
    });
  },
};

interface ProcessorTimes {
  readonly idleMs: number;
  readonly allMs: number;
}

/** Of all processors since the machine started. */
function processorTimes(): ProcessorTimes {
  let idleMs = 0;
  let allMs = 0;
  for (const { times } of cpus()) {
    idleMs += times.idle;
    allMs += times.user + times.nice + times.sys + times.idle + times.irq;
  }
  return { idleMs, allMs };
}

/** Nothing where the system does not tell, as in some containers. */
function busyShareBetween(
  before: ProcessorTimes,
  after: ProcessorTimes,
): { readonly machineBusyShare?: number } {
  const allMs = after.allMs - before.allMs;
  if (allMs <= 0) return {};
  const idleShare = (after.idleMs - before.idleMs) / allMs;
  return { machineBusyShare: Math.min(1, Math.max(0, 1 - idleShare)) };
}
