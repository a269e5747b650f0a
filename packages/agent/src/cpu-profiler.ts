import type { CpuProfile } from './protocol.ts';

let profiling = false;

/**
 * Profiles the main thread for this long, with a sample every `intervalUs`. Uses the inspector's
 * profiler: `v8.startCpuProfile` of Node 24 answers invalid JSON when a regular expression with a
 * backslash is sampled.
 */
export async function profileCpu(durationMs: number, intervalUs: number): Promise<CpuProfile> {
  if (profiling) throw new Error('A CPU profile is being taken already.');
  profiling = true;
  const { Session } = await import('node:inspector/promises');
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: intervalUs });
    await session.post('Profiler.start');
    await new Promise<void>((resolve) => {
      setTimeout(resolve, durationMs).unref();
    });
    const { profile } = await session.post('Profiler.stop');
    return profile as CpuProfile;
  } finally {
    session.disconnect();
    profiling = false;
  }
}
