import type { Gatherer } from './gatherer.ts';

/** What the agents saw during the measured window. */
export const agentGatherer: Gatherer<'agent'> = {
  artifact: 'agent',
  phase: 'during',
  label: 'watching the app from inside',
  gather: ({ agents, options }) => {
    if (!options.agent) return Promise.resolve({ absent: 'the agent was left out (--no-agent)' });
    agents.begin();
    return Promise.resolve(async () => {
      const processes = await agents.collect();
      return processes.length > 0
        ? { processes }
        : {
            absent:
              options.app === null
                ? 'the service was not started by Amdahl, so it carries no agent'
                : 'no process of the app loaded the agent: it runs on Node 22.18 or newer only',
          };
    });
  },
};
