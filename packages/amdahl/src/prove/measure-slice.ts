import {
  judge,
  runLoad,
  type LoadProfile,
  type LoadProgress,
  type LoadScenario,
} from '@amdahl/load';
import { describeDeath, lastWords, startTarget } from '../target/start-target.ts';
import type { RunningTarget, TargetDeath } from '../target/target.ts';
import { workbenchErrors } from '../workbench-errors.ts';
import { groupCpuTimeUs } from './process-cpu.ts';
import type { Slice } from './proof.ts';
import type { PlannedSlice } from './schedule.ts';
import { sliceOf } from './slice.ts';

/** How to come by one side. */
export interface SideOptions {
  /** Command that starts it, afresh for each slice; null when it is already running at `url`. */
  readonly command: string | null;
  /** Environment added for the command. */
  readonly env: Readonly<Record<string, string>>;
  readonly url: string;
}

/** What every slice of an experiment has in common, so that only the side differs. */
export interface SliceOptions {
  readonly cwd: string;
  readonly readyPath: string;
  readonly readyTimeoutMs: number;
  readonly profile: LoadProfile;
  readonly workers: number;
  /** The same for each slice: both sides get the same users drawing the same tasks. */
  readonly seed: number;
  /** What the users do, asked while a side runs at `url`. */
  scenario(url: string): Promise<LoadScenario>;
}

/**
 * Starts a side, drives the load at it and stops it again, whatever happens.
 *
 * @throws AMDAHL_TARGET_* when the side does not start or ends by itself, AMDAHL_LOAD_*; the
 *   signal's reason when it is aborted
 */
export async function measureSlice(
  planned: PlannedSlice,
  side: SideOptions,
  options: SliceOptions,
  signal: AbortSignal,
  onProgress: (progress: LoadProgress) => void,
): Promise<Slice> {
  const target = await startTarget({ ...options, ...side, app: side.command }, {}, signal);
  try {
    const scenario = await options.scenario(target.url);
    const death = watchDeath(target);
    const cpuBeforeUs = cpuTimeUs(target);
    const result = await runLoad({
      baseUrl: target.url,
      scenario,
      profile: options.profile,
      workers: options.workers,
      seed: options.seed,
      traceContext: false,
      signal: AbortSignal.any([signal, death.signal]),
      onProgress,
    });
    signal.throwIfAborted();
    if (death.signal.aborted) throw died(side, death.signal.reason as TargetDeath, target.output());
    const cpuAfterUs = cpuTimeUs(target);
    const { succeeded, failed, warmup } = result.counts;
    const cpuPerRequestUs =
      cpuBeforeUs === null || cpuAfterUs === null
        ? null
        : (cpuAfterUs - cpuBeforeUs) / Math.max(1, succeeded + failed + warmup);
    return sliceOf(planned, result, judge(result), cpuPerRequestUs);
  } finally {
    await target.stop();
  }
}

function cpuTimeUs(target: RunningTarget): number | null {
  return target.pid === null ? null : groupCpuTimeUs(target.pid);
}

/** Aborted, with the death as its reason, when the process ends by itself. */
function watchDeath(target: RunningTarget): AbortController {
  const controller = new AbortController();
  void target.died.then((death) => controller.abort(death));
  return controller;
}

function died(side: SideOptions, death: TargetDeath, output: readonly string[]): Error {
  return workbenchErrors.create('AMDAHL_TARGET_DIED', {
    expected: `"${side.command}" to keep running under load`,
    found: `that it ${describeDeath(death)}${lastWords(output)}`,
    next: 'Run it by hand under the same load; finished rounds were kept.',
    details: { command: side.command, ...death },
  });
}
