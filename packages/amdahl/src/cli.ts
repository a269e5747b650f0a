import { exitCodes } from '@amdahl/metrics';
import type { Terminal } from './commands/command.ts';
import { runProgram } from './commands/program.ts';
import { codedError, showError } from './commands/show-error.ts';

/**
 * The command line. Resolves with the exit code: 0 ok, 1 an objective is missed, 2 usage, 3 could
 * not measure, 130 interrupted.
 *
 * @param argv arguments after the program's name
 */
export async function main(argv: readonly string[]): Promise<number> {
  const terminal: Terminal = {
    stdout: process.stdout,
    stderr: process.stderr,
    environment: process.env,
    cwd: process.cwd(),
  };
  // A reader such as `head` may have seen enough.
  terminal.stdout.on('error', () => process.exit(exitCodes.ok));
  process.on('uncaughtException', (error) => {
    showError(codedError(error), terminal.stderr);
    // What was started is ended by the handlers of `exit`.
    process.exit(exitCodes.couldNotMeasure);
  });
  try {
    return await runProgram(argv, terminal);
  } catch (error) {
    const coded = codedError(error);
    if (argv.includes('--json')) terminal.stdout.write(`${JSON.stringify({ error: coded })}\n`);
    showError(coded, terminal.stderr);
    return coded.exitCode;
  }
}
