import { exitCodes, type ExitCode } from '@amdahl/metrics';
import { judge, runLoad, type LoadOptions, type RemoteWorkers } from '@amdahl/load';
import type { LoadRun } from '../load-outputs/load-run.ts';
import { openOutputs } from '../load-outputs/open-outputs.ts';
import { readVariables, resolveLoadOptions, type LoadCommandOptions } from '../resolve-options.ts';
import { workbenchErrors } from '../workbench-errors.ts';
import type { Invocation } from './command.ts';
import { interruptible } from './interrupt.ts';
import { liveDescription } from './live-description.ts';
import { loadExitCode } from './load-exit-code.ts';
import { readHttpOptions } from './load-http-options.ts';
import { loadShape } from './load-shape.ts';
import { loadSummary } from './load-summary.ts';
import { runWithUi } from './load-ui-action.ts';
import { createProgressView, describeLoad, type ProgressView } from './progress-view.ts';
import { selfTestAction } from './self-test-action.ts';
import { shapeLines } from '../load-outputs/shape-lines.ts';

/** Drives a script and prints its figures and whether they can be believed. */
export async function loadAction(invocation: Invocation): Promise<ExitCode> {
  const { stdout, stderr, ...surroundings } = invocation.terminal;
  if (invocation.options.selfTest === true) return selfTestAction(invocation);
  const script = scriptOf(invocation);
  const remote = remoteWorkers(invocation);
  const options = await resolveLoadOptions(
    {
      ...invocation.options,
      script,
      // Where other machines do the work, none of the threads here is asked for.
      ...(remote === undefined ? {} : { workers: 1 }),
    },
    { ...surroundings, epochMs: Date.now() },
  );
  const http = await readHttpOptions(invocation.options, surroundings.cwd);
  const view = createProgressView(stderr);
  const load = { ...loadOptionsOf(options, invocation, remote, view), ...http };
  const shape = loadShape(invocation, options, view);
  if (shape !== undefined && invocation.options.ui !== undefined) throw twoLeaders();
  const outputs = await openOutputs(invocation.options, surroundings.cwd);
  view.phase(
    remote === undefined ? 'starting the users' : `waiting for ${remote.machines} workers`,
  );
  const drive = shape ?? plainLoad;
  const { ui } = invocation.options;
  let run: LoadRun | undefined;
  try {
    run = await interruptible(
      (signal) => {
        const complete = { ...load, onSecond: outputs.second };
        return ui === undefined
          ? drive({ ...complete, signal })
          : runWithUi(ui, complete, drive, view, signal);
      },
      () => view.note('Stopping; once more to stop at once.'),
    );
  } finally {
    view.end();
    await outputs.end(run);
  }
  if (run === undefined) return exitCodes.ok;
  const { result, verdict, findings } = run;
  stdout.write(
    invocation.options.json === true
      ? `${JSON.stringify({ result, verdict, ...(findings && { shape: findings }) }, null, 2)}\n`
      : `${[loadSummary(result, verdict), ...(findings === undefined ? [] : shapeLines(findings))].join('\n')}\n`,
  );
  return loadExitCode(result, verdict);
}

function scriptOf({ arguments: [script] }: Invocation): string {
  if (script !== null && script !== undefined) return script;
  throw workbenchErrors.create('AMDAHL_CLI_BAD_USAGE', {
    expected: 'a load script',
    found: 'none',
    next: 'Try: amdahl load users.ts --url http://127.0.0.1:3000/',
  });
}

function twoLeaders(): Error {
  return workbenchErrors.create('AMDAHL_CLI_BAD_USAGE', {
    expected: 'either --shape or --ui',
    found: 'both',
    next: 'Leave one out: a shape leads its run by itself.',
  });
}

async function plainLoad(options: LoadOptions): Promise<LoadRun> {
  const result = await runLoad(options);
  return { result, verdict: judge(result) };
}

/** What all kinds of load runs have in common. */
function loadOptionsOf(
  options: LoadCommandOptions,
  { options: flags, terminal }: Invocation,
  remote: RemoteWorkers | undefined,
  view: ProgressView,
): LoadOptions {
  const describe = terminal.stderr.isTTY ? liveDescription() : describeLoad;
  return {
    baseUrl: options.url,
    scenario: { kind: 'script', file: options.script as string },
    profile: options.profile,
    workers: remote ?? options.workers,
    seed: options.seed,
    objectives: options.gates,
    abortEarly: flags.abortEarly ?? false,
    onProgress: (progress) => {
      view.phase(progress.phase);
      view.status(describe(progress));
    },
  };
}

/**
 * The workers on other machines, if the run is theirs.
 *
 * @throws `AMDAHL_CLI_BAD_USAGE` for `--machines` without the Redis at which they wait
 */
function remoteWorkers({ options, terminal }: Invocation): RemoteWorkers | undefined {
  const workers = options.workers ?? readVariables(terminal.environment).workers;
  if (typeof workers === 'string') return { redisUrl: workers, machines: options.machines ?? 1 };
  if (options.machines === undefined) return undefined;
  throw workbenchErrors.create('AMDAHL_CLI_BAD_USAGE', {
    expected: '--machines together with the Redis at which they wait',
    found: workers === undefined ? 'no --workers' : `--workers ${workers}`,
    next: 'Try: amdahl load users.ts --workers redis://127.0.0.1:6379/0 --machines 4',
  });
}
