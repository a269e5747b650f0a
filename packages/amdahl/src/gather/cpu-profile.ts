import type { Gatherer } from './gatherer.ts';
import { steadyProfile } from './load.ts';

/** Sampling interval: V8's own default. At 1 ms it costs the app about a seventh of its CPU time. */
const intervalUs = 1_000;

/** CPU profile of each process while the same users go on, in a window that counts for nothing else. */
export const cpuProfileGatherer: Gatherer<'cpuProfile'> = {
  artifact: 'cpuProfile',
  phase: 'after',
  label: 'profiling the CPU under load',
  gather: async ({ agents, options, driveLoad, signal }) => {
    const durationMs = options.cpuProfileMs;
    if (durationMs === 0) return { absent: 'the CPU profile was left out (--no-cpu-profile)' };
    if (agents.processes().length === 0)
      return { absent: 'no process of the app carries the agent' };
    const ended = new AbortController();
    // Longer than the profile: the load must not run out first.
    const load = driveLoad(
      steadyProfile(options.profile, 2 * durationMs + 10_000),
      AbortSignal.any([signal, ended.signal]),
    );
    load.catch(() => undefined);
    try {
      const profiles = await Promise.race([
        agents.profile(durationMs, intervalUs),
        abortion(signal),
      ]);
      return profiles.length > 0
        ? { durationMs, profiles }
        : { absent: 'no process of the app answered with a profile' };
    } finally {
      ended.abort();
      await load.catch(() => undefined);
    }
  },
};

/** Rejects with the signal's reason. */
function abortion(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
