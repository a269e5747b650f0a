import type { Command } from './command.ts';

/** `amdahl worker`: lends this machine to load runs led from elsewhere. */
export const workerCommand: Command = {
  name: 'worker',
  summary: 'wait at a Redis for shares of load runs, and perform them from this machine',
  arguments: [
    { name: 'redis', description: 'Redis URL, as `amdahl load --workers` has it', required: true },
  ],
  options: ['once'],
  examples: [
    {
      command: 'amdahl worker redis://10.0.0.5:6379/0',
      explanation: 'one worker, one core; start one for each core to lend',
    },
  ],
  action: async (invocation) => (await import('./worker-action.ts')).workerAction(invocation),
};
