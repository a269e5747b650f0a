import type { Command } from './command.ts';

/** `amdahl report`: a recording once more, as text, HTML, Markdown or JSON. */
export const reportCommand: Command = {
  name: 'report',
  summary: 'report on a recording again; needs neither service nor database',
  arguments: [{ name: 'recording', description: 'folder that `amdahl run` wrote', required: true }],
  options: ['html', 'markdown', 'json'],
  examples: [
    {
      command: 'amdahl report .amdahl/2026-11-23T09-30-00-000',
      explanation: 'print the report',
    },
    {
      command: 'amdahl report .amdahl/2026-11-23T09-30-00-000 --html report.html',
      explanation: 'write it as one HTML file as well',
    },
  ],
  action: async (invocation) => (await import('./report-action.ts')).reportAction(invocation),
};
