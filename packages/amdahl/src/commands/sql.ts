import type { Command } from './command.ts';

/** `amdahl sql`: advice for a PostgreSQL. */
export const sqlCommand: Command = {
  name: 'sql',
  summary: 'say what to change in a PostgreSQL and its statements, and what it would save',
  arguments: [
    {
      name: 'sources',
      description:
        'where statements come from: a recording, log files, .sql files or folders of them, or the word pg_stat_statements, which is also meant when nothing is given',
      required: false,
      variadic: true,
    },
  ],
  options: [
    'database',
    'replicas',
    'migration',
    'indexBudget',
    'maxIndexes',
    'analyze',
    'dialect',
    'mask',
    'check',
    'html',
    'markdown',
    'json',
  ],
  examples: [
    {
      command: 'amdahl sql --db $DATABASE_URL',
      explanation: 'advice for what pg_stat_statements counted, tried in a lab; nothing is written',
    },
    {
      command: 'amdahl sql .amdahl/2026-11-23T09-30-00-000 --migration indexes.sql',
      explanation: 'what a recorded run says about its database, as a migration',
    },
    {
      command: 'amdahl sql postgresql.log --db $DATABASE_URL',
      explanation: 'slow statements, plans of auto_explain, lock waits and deadlocks of a log',
    },
    {
      command: 'amdahl sql queries/ --db $DATABASE_URL --check',
      explanation: 'in CI: fail when a statement of these files could be cheaper',
    },
  ],
  action: async (invocation) => (await import('./sql-action.ts')).sqlAction(invocation),
};
