import type { Command } from './command.ts';

/** `amdahl sql explain`: a plan as a tree, and what is wrong with it. */
export const sqlExplainCommand: Command = {
  name: 'sql explain',
  summary: 'show the plan of one statement as a tree and say what is wrong with it',
  arguments: [
    {
      name: 'input',
      description:
        'a statement, a file with a statement or a plan (TEXT, JSON or an auto_explain entry), or - for standard input',
      required: true,
    },
  ],
  options: ['database', 'analyze', 'param', 'timeout', 'html', 'markdown', 'json'],
  examples: [
    {
      command: 'amdahl sql explain plan.txt',
      explanation: 'read a plan that EXPLAIN printed; needs no database',
    },
    {
      command: 'amdahl sql explain "SELECT * FROM orders WHERE user_id = $1" --param 42',
      explanation: 'plan a statement in the database of AMDAHL_DATABASE, without executing it',
    },
    {
      command: 'amdahl sql explain slow.sql --db $DATABASE_URL --analyze --timeout 5s',
      explanation: 'execute a SELECT once, read only, and show where its time goes',
    },
  ],
  action: async (invocation) =>
    (await import('./sql-explain-action.ts')).sqlExplainAction(invocation),
};
