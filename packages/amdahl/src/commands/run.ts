import type { Command } from './command.ts';

/** `amdahl run`: measure, audit, rank, report. */
export const runCommand: Command = {
  name: 'run',
  summary: 'measure a service under load and say which single fix would buy the most',
  arguments: [],
  options: [
    'app',
    'url',
    'database',
    'replicas',
    'databaseLog',
    'script',
    'users',
    'rate',
    'duration',
    'warmup',
    'rampUp',
    'objectives',
    'cwd',
    'env',
    'readyPath',
    'readyTimeout',
    'exclude',
    'agent',
    'analyze',
    'mask',
    'cpuProfile',
    'workers',
    'seed',
    'out',
    'config',
    'html',
    'markdown',
    'json',
  ],
  examples: [
    {
      command: 'amdahl run --app "node server.js" --url http://127.0.0.1:3000/ --db $DATABASE_URL',
      explanation: 'start the app, find its routes, measure them, look into its database',
    },
    {
      command: 'amdahl run --url http://127.0.0.1:3000/ --script users.ts --users 50',
      explanation: 'drive fifty scripted users at a service that already runs',
    },
    {
      command: 'amdahl run',
      explanation: 'with everything said in amdahl.config.ts',
    },
  ],
  action: async (invocation) => (await import('./run-action.ts')).runAction(invocation),
};
