import { statSync } from 'node:fs';
import { formatMs } from '@amdahl/metrics';
import type { RunOptions } from '../run-options.ts';
import { workbenchErrors } from '../workbench-errors.ts';
import { joinEnvironments } from './environment.ts';
import { launch } from './launch.ts';
import { acceptsConnections, waitUntilReady } from './readiness.ts';
import type { RunningTarget, TargetDeath } from './target.ts';

export type TargetOptions = Pick<
  RunOptions,
  'app' | 'cwd' | 'env' | 'url' | 'readyPath' | 'readyTimeoutMs'
>;

/**
 * Starts the app and waits until it is ready; without a command, checks that the service answers.
 * The command runs in a shell, in a process group of its own, which ends with this process whatever
 * happens to it. When this function throws, nothing it started is left.
 *
 * @param extraEnvironment what the instruments need in the app; its `NODE_OPTIONS` are appended to
 *   those already there, everything else replaces.
 * @throws AMDAHL_TARGET_PORT_TAKEN, AMDAHL_TARGET_NOT_STARTED, AMDAHL_TARGET_NOT_READY,
 *   AMDAHL_TARGET_UNREACHABLE; the signal's reason when it is aborted while waiting.
 */
export async function startTarget(
  options: TargetOptions,
  extraEnvironment: Readonly<Record<string, string>> = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<RunningTarget> {
  signal.throwIfAborted();
  return options.app === null
    ? attach(options, signal)
    : start(options.app, options, extraEnvironment, signal);
}

/** A service somebody else started: there is nothing to stop, and its death cannot be seen. */
async function attach(options: TargetOptions, signal: AbortSignal): Promise<RunningTarget> {
  const readiness = await waitUntilReady({
    url: readyUrl(options),
    timeoutMs: options.readyTimeoutMs,
    refusedIsFinal: true,
    signal,
  });
  if (!readiness.ready) {
    throw workbenchErrors.create('AMDAHL_TARGET_UNREACHABLE', {
      expected: `a running service that answers below status 500 at ${readyUrl(options)}`,
      found: readiness.lastFailure,
      next: 'Start the service, or let Amdahl start it with --app "<command>".',
      details: { url: options.url },
    });
  }
  return {
    url: withoutTrailingSlash(options.url),
    pid: null,
    readyAfterMs: null,
    died: new Promise(() => undefined),
    output: () => [],
    stop: () => Promise.resolve(),
  };
}

async function start(
  command: string,
  options: TargetOptions,
  extraEnvironment: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<RunningTarget> {
  expectFolder(options.cwd);
  await expectFreePort(options.url, command);
  const startedAtMs = performance.now();
  const environment = joinEnvironments(process.env, options.env, extraEnvironment);
  const launched = launch(command, options.cwd, environment);
  const waiting = new AbortController();
  try {
    const outcome = await Promise.race([
      waitUntilReady({
        url: readyUrl(options),
        timeoutMs: options.readyTimeoutMs,
        signal: AbortSignal.any([signal, waiting.signal]),
      }),
      launched.died,
    ]);
    if ('exitCode' in outcome) throw notStarted(command, outcome, launched.output());
    if (!outcome.ready) throw notReady(options, outcome.lastFailure, launched.output());
    const readyAfterMs = performance.now() - startedAtMs;
    return { ...launched, url: withoutTrailingSlash(options.url), readyAfterMs };
  } catch (error) {
    await launched.stop();
    throw error;
  } finally {
    waiting.abort();
  }
}

function readyUrl(options: TargetOptions): string {
  return new URL(options.readyPath, options.url).href;
}

function withoutTrailingSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

function expectFolder(directory: string): void {
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() === true) return;
  throw workbenchErrors.create('AMDAHL_TARGET_NOT_STARTED', {
    expected: 'a folder to start the app in',
    found: `"${directory}", which is none`,
    next: 'Give --cwd a folder that exists.',
    details: { cwd: directory },
  });
}

async function expectFreePort(url: string, command: string): Promise<void> {
  if (!(await acceptsConnections(url))) return;
  throw workbenchErrors.create('AMDAHL_TARGET_PORT_TAKEN', {
    expected: `nothing listening at ${new URL(url).host} before the app is started`,
    found: 'a process that accepts connections there',
    next: `Stop it, or measure it as it is by leaving out --app "${command}".`,
    details: { url },
  });
}

function notStarted(command: string, death: TargetDeath, output: readonly string[]): Error {
  return workbenchErrors.create('AMDAHL_TARGET_NOT_STARTED', {
    expected: `the app's command "${command}" to keep running`,
    found: `that it ${describeDeath(death)} before it was ready${lastWords(output)}`,
    next: 'Run the command by hand in the same folder; it has to stay in the foreground. If it does, try --no-agent.',
    details: { command, ...death, output },
  });
}

function notReady(options: TargetOptions, lastFailure: string, output: readonly string[]): Error {
  return workbenchErrors.create('AMDAHL_TARGET_NOT_READY', {
    expected: `the app to answer below status 500 at ${readyUrl(options)} within ${formatMs(options.readyTimeoutMs)}`,
    found: `${lastFailure}${lastWords(output)}`,
    next: 'Check --url and --ready-path, or give it more time with --ready-timeout.',
    details: { url: options.url, readyPath: options.readyPath, output },
  });
}

/** `ended with exit code 1`, `was ended by SIGKILL`. */
export function describeDeath(death: TargetDeath): string {
  if (death.signal !== null) return `was ended by ${death.signal}`;
  return death.exitCode === null ? 'could not be run' : `ended with exit code ${death.exitCode}`;
}

/** What a process printed last, to be put into an error message: at most three lines. */
export function lastWords(output: readonly string[]): string {
  const lines = output.filter((line) => line.trim() !== '').slice(-3);
  return lines.length === 0 ? '' : ` (it last printed: ${lines.join(' | ')})`;
}
