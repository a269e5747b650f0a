import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { exitCodes, type ExitCode } from '@amdahl/metrics';
import type { RunResult } from '../artifacts/run-result.ts';
import { renderHtml } from '../report/html.ts';
import { toJson } from '../report/json.ts';
import { renderMarkdown } from '../report/markdown.ts';
import { renderTerminal } from '../report/terminal.ts';
import { workbenchErrors } from '../workbench-errors.ts';
import type { OptionValues } from './options.ts';
import type { Terminal } from './command.ts';
import { hasColours } from './progress-view.ts';

const defaultColumns = 100;

/**
 * Prints a result, as text or JSON, and writes the files asked for.
 *
 * @throws AMDAHL_CLI_CANNOT_WRITE
 */
export async function showResult(
  result: RunResult,
  options: Pick<OptionValues, 'html' | 'markdown' | 'json'>,
  { stdout, cwd }: Terminal,
): Promise<void> {
  if (options.html !== undefined) {
    await writeReport(resolve(cwd, options.html), renderHtml(result));
  }
  if (options.markdown !== undefined) {
    await writeReport(resolve(cwd, options.markdown), renderMarkdown(result));
  }
  stdout.write(
    options.json === true
      ? `${toJson(result)}\n`
      : `${renderTerminal(result, { colour: hasColours(stdout), width: stdout.columns || defaultColumns })}\n`,
  );
}

/** @throws AMDAHL_CLI_CANNOT_WRITE */
export async function writeReport(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (cause) {
    throw workbenchErrors.create('AMDAHL_CLI_CANNOT_WRITE', {
      expected: `to write "${file}"`,
      found: (cause as Error).message,
      next: 'Give a file in a folder that exists and can be written to.',
      details: { file },
      cause,
    });
  }
}

/** What a result means to a script: 3 when it says nothing about the service, 1 when an objective is missed. */
export function exitCodeOf(result: RunResult): ExitCode {
  if (result.verdict === null || result.verdict.kind === 'void') return exitCodes.couldNotMeasure;
  const missed = result.outcomes.some(
    ({ audit, status }) => audit === 'route-objective' && status === 'found',
  );
  return missed ? exitCodes.objectiveMissed : exitCodes.ok;
}
