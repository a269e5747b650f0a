import type { Command } from './command.ts';

/** `amdahl load`: the load generator alone. */
export const loadCommand: Command = {
  name: 'load',
  summary: 'drive a load script at a running service and print what the users met',
  arguments: [
    { name: 'script', description: 'load script in TypeScript or JavaScript', required: false },
  ],
  options: [
    'url',
    'users',
    'rate',
    'duration',
    'warmup',
    'rampUp',
    'shape',
    'workers',
    'machines',
    'seed',
    'objectives',
    'abortEarly',
    'selfTest',
    'redirects',
    'http2',
    'connections',
    'insecure',
    'ca',
    'cert',
    'key',
    'ui',
    'csv',
    'hdr',
    'html',
    'junit',
    'markdown',
    'prometheus',
    'otlp',
    'json',
  ],
  examples: [
    {
      command: 'amdahl load users.ts --url http://127.0.0.1:3000/ --users 50 --duration 1m',
      explanation: 'fifty users for a minute',
    },
    {
      command: 'amdahl load users.ts --url http://127.0.0.1:3000/ --rate 200',
      explanation: '200 tasks started per second, whatever the replies do',
    },
    {
      command:
        "amdahl load users.ts --url http://127.0.0.1:3000/ --shape breakpoint --objective 'p95 < 200ms'",
      explanation: 'the highest rate the service bears',
    },
  ],
  action: async (invocation) => (await import('./load-action.ts')).loadAction(invocation),
};
