import { auditCommand } from './audit.ts';
import type { Command } from './command.ts';
import { initCommand } from './init.ts';
import { loadCommand } from './load.ts';
import { proveCommand } from './prove.ts';
import { reportCommand } from './report.ts';
import { runCommand } from './run.ts';
import { sqlCommand } from './sql.ts';
import { sqlExplainCommand } from './sql-explain.ts';
import { workerCommand } from './worker.ts';

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  runCommand,
  proveCommand,
  reportCommand,
  auditCommand,
  initCommand,
  loadCommand,
  workerCommand,
  sqlCommand,
  sqlExplainCommand,
];
