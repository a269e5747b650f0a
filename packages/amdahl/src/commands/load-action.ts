import { exitCodes, type ExitCode } from '@amdahl/metrics';
import { judge, runLoad } from '@amdahl/load';
import { resolveRunOptions } from '../resolve-options.ts';
import type { Invocation } from './command.ts';
import { interruptible } from './interrupt.ts';
import { readHttpOptions } from './load-http-options.ts';
import { loadSummary } from './load-summary.ts';
import { createProgressView, describeLoad } from './progress-view.ts';

/** Drives a script and prints its figures and whether they can be believed. */
export async function loadAction(invocation: Invocation): Promise<ExitCode> {
  const { stdout, stderr, ...surroundings } = invocation.terminal;
  const [script] = invocation.arguments;
  const options = await resolveRunOptions(
    { ...invocation.options, script: script as string },
    { ...surroundings, epochMs: Date.now() },
  );
  const http = await readHttpOptions(invocation.options, surroundings.cwd);
  const view = createProgressView(stderr);
  view.phase('starting the users');
  const result = await interruptible(
    (signal) =>
      runLoad({
        baseUrl: options.url,
        scenario: { kind: 'script', file: options.script as string },
        profile: options.profile,
        workers: options.workers,
        seed: options.seed,
        ...http,
        signal,
        onProgress: (progress) => {
          view.phase(progress.phase);
          view.status(describeLoad(progress));
        },
      }),
    () => view.note('Stopping; once more to stop at once.'),
  ).finally(() => view.end());
  const verdict = judge(result);
  stdout.write(
    invocation.options.json === true
      ? `${JSON.stringify({ result, verdict }, null, 2)}\n`
      : `${loadSummary(result, verdict)}\n`,
  );
  if (result.interrupted) return exitCodes.interrupted;
  return verdict.kind === 'void' ? exitCodes.couldNotMeasure : exitCodes.ok;
}
