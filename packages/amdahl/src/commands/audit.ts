import type { Command } from './command.ts';

/** `amdahl audit`: how each audit ended on a recording. */
export const auditCommand: Command = {
  name: 'audit',
  summary: 'run the audits of this version on a recording and list how each one ended',
  arguments: [{ name: 'recording', description: 'folder that `amdahl run` wrote', required: true }],
  options: ['json'],
  examples: [
    {
      command: 'amdahl audit .amdahl/2026-11-23T09-30-00-000',
      explanation: 'one line an audit: found, passed, or why it could not be measured',
    },
  ],
  action: async (invocation) => (await import('./audit-action.ts')).auditAction(invocation),
};
