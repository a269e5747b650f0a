import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { systemClock } from '@amdahl/metrics';
import { cleanUpOnExit } from './clean-up-on-exit.ts';
import { OutputTail } from './output-tail.ts';
import { groupIsAlive, signalGroup } from './process-group.ts';
import { guardProcess } from './process-guard.ts';
import type { TargetDeath } from './target.ts';

/** A command started here, in a process group of its own. */
export interface LaunchedCommand {
  readonly pid: number | null;
  /** Resolves when it ends by itself; never after `stop`. */
  readonly died: Promise<TargetDeath>;
  output(): readonly string[];
  stop(): Promise<void>;
}

/** Time the group has to end after SIGTERM. */
const graceMs = 5_000;
/** Time the kernel has after SIGKILL. */
const killMs = 5_000;
const pollMs = 20;
/** After the process ended: time for the rest of its output to be read. */
const drainMs = 200;

/**
 * Runs a command line in a shell. Its group ends with `stop`, when this process exits, and, through
 * a guard outside this process, when this process is killed.
 */
export function launch(
  command: string,
  cwd: string,
  environment: NodeJS.ProcessEnv,
): LaunchedCommand {
  const tail = new OutputTail();
  const child = spawn(command, {
    shell: true,
    cwd,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
  });
  tail.follow(child.stdout);
  tail.follow(child.stderr);
  const died = Promise.withResolvers<TargetDeath>();
  const groupId = child.pid;
  if (groupId === undefined) {
    child.on('error', () => died.resolve({ exitCode: null, signal: null }));
    return {
      pid: null,
      died: died.promise,
      output: () => tail.lines(),
      stop: () => Promise.resolve(),
    };
  }

  let stopping: Promise<void> | undefined;
  const announce = async (death: TargetDeath): Promise<void> => {
    // Processes it leaves behind may hold its pipes open: `close` alone might never come.
    await Promise.race([once(child, 'close'), systemClock.sleep(drainMs)]);
    if (stopping === undefined) died.resolve(death);
  };
  child.on('exit', (exitCode, signal) => void announce({ exitCode, signal }));
  const guard = guardProcess({ pid: groupId, group: true });
  const forget = cleanUpOnExit(() => signalGroup(groupId, 'SIGKILL'));
  const stop = async (): Promise<void> => {
    await endGroup(groupId);
    child.stdout.destroy();
    child.stderr.destroy();
    forget();
    guard.release();
  };
  return {
    pid: groupId,
    died: died.promise,
    output: () => tail.lines(),
    stop: () => (stopping ??= stop()),
  };
}

async function endGroup(groupId: number): Promise<void> {
  signalGroup(groupId, 'SIGTERM');
  if (await isGoneWithin(groupId, graceMs)) return;
  signalGroup(groupId, 'SIGKILL');
  await isGoneWithin(groupId, killMs);
}

async function isGoneWithin(groupId: number, timeoutMs: number): Promise<boolean> {
  const deadlineMs = performance.now() + timeoutMs;
  while (groupIsAlive(groupId)) {
    if (performance.now() > deadlineMs) return false;
    await systemClock.sleep(pollMs);
  }
  return true;
}
