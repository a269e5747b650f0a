import type { Command } from './command.ts';

/** `amdahl init`: a first load script. */
export const initCommand: Command = {
  name: 'init',
  summary: 'write a first load script from a URL, a HAR file, an OpenAPI document, k6 or Locust',
  arguments: [
    { name: 'source', description: 'URL or file to begin with', required: true },
    { name: 'script', description: 'file to write, users.ts if left out', required: false },
  ],
  options: ['from', 'force', 'json'],
  examples: [
    {
      command: 'amdahl init http://127.0.0.1:3000/',
      explanation: 'look around at a service that runs',
    },
    { command: 'amdahl init visit.har users.ts', explanation: 'a visit a browser recorded' },
    { command: 'amdahl init openapi.yaml', explanation: 'a task for each operation' },
  ],
  action: async (invocation) => (await import('./init-action.ts')).initAction(invocation),
};
