import { resolve } from 'node:path';
import { exitCodes, type ExitCode } from '@amdahl/metrics';
import { analyse } from '../report/analyse.ts';
import type { Invocation } from './command.ts';
import { showResult } from './show-result.ts';

/** Reads a recording again and reports on it. */
export async function reportAction(invocation: Invocation): Promise<ExitCode> {
  const [directory] = invocation.arguments;
  await showResult(
    await analyse(resolve(invocation.terminal.cwd, directory as string)),
    invocation.options,
    invocation.terminal,
  );
  return exitCodes.ok;
}
