import type { Command } from './command.ts';

/** `amdahl prove`: A against B. */
export const proveCommand: Command = {
  name: 'prove',
  summary: 'measure A against B in turns and say whether B is faster, slower or the same',
  arguments: [],
  options: [
    'a',
    'b',
    'app',
    'aEnv',
    'bEnv',
    'url',
    'aUrl',
    'bUrl',
    'script',
    'visit',
    'users',
    'rate',
    'duration',
    'warmup',
    'rounds',
    'margin',
    'route',
    'recording',
    'finding',
    'cwd',
    'env',
    'readyPath',
    'readyTimeout',
    'exclude',
    'workers',
    'seed',
    'out',
    'config',
    'json',
  ],
  examples: [
    {
      command:
        'amdahl prove --app "node server.js" --url http://127.0.0.1:3000/ --b-env FEATURE_CACHE=1',
      explanation: 'one app, with and without a switch',
    },
    {
      command: 'amdahl prove --a "node old.js" --b "node new.js" --url http://127.0.0.1:3000/',
      explanation: 'two commands, started in turns at the same URL',
    },
    {
      command: 'amdahl prove --a-url http://127.0.0.1:3000/ --b-url http://127.0.0.1:3001/',
      explanation: 'two services that already run',
    },
  ],
  action: async (invocation) => (await import('./prove-action.ts')).proveAction(invocation),
};
