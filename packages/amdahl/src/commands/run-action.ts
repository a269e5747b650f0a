import { join } from 'node:path';
import type { AmdahlError, ExitCode } from '@amdahl/metrics';
import { record, type RecordObserver } from '../gather/record.ts';
import { analyse } from '../report/analyse.ts';
import { renderHtml } from '../report/html.ts';
import { resolveRunOptions } from '../resolve-options.ts';
import type { Invocation } from './command.ts';
import { interruptible } from './interrupt.ts';
import { createProgressView, describeLoad, styled, type ProgressView } from './progress-view.ts';
import { showError } from './show-error.ts';
import { exitCodeOf, showResult, writeReport } from './show-result.ts';

/** Name of the report in the recording's folder. */
const reportFile = 'report.html';

/** Records, audits and reports a run. What was measured is reported also when the run failed. */
export async function runAction({ options, terminal }: Invocation): Promise<ExitCode> {
  const { stderr } = terminal;
  const runOptions = await resolveRunOptions(options, { ...terminal, epochMs: Date.now() });
  const view = createProgressView(stderr);
  const run = await interruptible(
    (interrupt) => record(runOptions, interrupt, observe(view, stderr)),
    () => view.note('Stopping. What was measured is kept; once more to stop at once.'),
  ).finally(() => view.end());

  let exitCode: ExitCode | undefined;
  if (run.measured) {
    const result = await analyse(run.directory);
    const report = join(run.directory, reportFile);
    await writeReport(report, renderHtml(result));
    await showResult(result, options, terminal);
    if (options.json !== true) terminal.stdout.write(`Report: ${report}\n`);
    exitCode = exitCodeOf(result);
  }
  if (run.failure === null) return exitCode as ExitCode;
  showError(run.failure, stderr);
  stderr.write(`What was measured is kept in ${run.directory}\n`);
  return run.failure.exitCode;
}

function observe(view: ProgressView, stderr: NodeJS.WriteStream): RecordObserver {
  const said = new Set<string>();
  return {
    phase: (label) => view.phase(label),
    status: (text) => view.status(text),
    load: (progress, agents) => {
      view.phase(progress.phase);
      view.status(`${describeLoad(progress)} · ${describeAgents(agents)}`);
    },
    warn: (error) => {
      // Whatever needs the same thing fails the same way: said once.
      if (!said.has(error.message)) view.note(describeWarning(error, stderr));
      said.add(error.message);
    },
  };
}

function describeAgents(count: number): string {
  if (count === 0) return 'no agent';
  return count === 1 ? 'agent seen' : `agent in ${count} processes`;
}

function describeWarning(error: AmdahlError, stderr: NodeJS.WriteStream): string {
  return `${styled('yellow', '!', stderr)} ${styled('bold', error.code, stderr)} ${error.message}`;
}
