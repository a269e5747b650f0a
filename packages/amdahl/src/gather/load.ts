import { durationMs } from '@amdahl/metrics';
import {
  judge,
  runLoad,
  type LoadProfile,
  type LoadProgress,
  type LoadResult,
  type LoadScenario,
} from '@amdahl/load';
import type { GatheredArtifacts, LoadArtifact } from '../artifacts/artifacts.ts';
import type { Route } from '../artifacts/routes.ts';
import type { RunOptions } from '../run-options.ts';
import { workbenchErrors } from '../workbench-errors.ts';

/**
 * Pause between two requests of a user when there is no script. Short enough to keep a service
 * busy, long enough that ten users do not queue behind each other on an idle one.
 */
const discoveredThinkTimeMs = 200;

/** What drives the load of one run: the same users each time, for windows of any profile. */
export interface LoadDriver {
  drive(
    artifacts: Partial<GatheredArtifacts>,
    profile: LoadProfile,
    signal: AbortSignal,
    onProgress?: (progress: LoadProgress) => void,
  ): Promise<LoadResult>;
}

/** A driver for the users of these options, sent to `url`. */
export function createLoadDriver(options: RunOptions, url: string): LoadDriver {
  return {
    drive: (artifacts, profile, signal, onProgress) =>
      runLoad({
        baseUrl: url,
        scenario: scenarioOf(
          options.script,
          artifacts.routes?.status === 'ok' ? artifacts.routes.value.routes : [],
          url,
        ),
        profile,
        workers: options.workers,
        seed: options.seed,
        signal,
        ...(onProgress === undefined ? {} : { onProgress }),
      }),
  };
}

export interface MeasureOptions {
  readonly driver: LoadDriver;
  readonly artifacts: Partial<GatheredArtifacts>;
  readonly profile: LoadProfile;
  readonly signal: AbortSignal;
  /** Called once, when ramp-up and warm-up are over. */
  readonly onMeasuring: () => void;
  readonly onProgress: (progress: LoadProgress) => void;
}

/** Drives the measured load and judges it. */
export async function measureLoad(options: MeasureOptions): Promise<LoadArtifact> {
  const { driver, artifacts, profile, signal, onMeasuring, onProgress } = options;
  const leadMs = leadInMs(profile);
  if (leadMs === 0) onMeasuring();
  let timer: NodeJS.Timeout | undefined;
  try {
    const result = await driver.drive(artifacts, profile, signal, (progress) => {
      if (leadMs > 0) timer ??= setTimeout(onMeasuring, leadMs - progress.elapsedMs);
      onProgress(progress);
    });
    return { result, verdict: judge(result) };
  } finally {
    clearTimeout(timer);
  }
}

/** Milliseconds from the first request to the measured time. */
function leadInMs(profile: LoadProfile): number {
  const rampUp = profile.model === 'closed' ? (profile.rampUp ?? 0) : 0;
  return durationMs(rampUp) + durationMs(profile.warmup ?? 0);
}

/** The same load without ramp or warm-up, at its mean rate, for a window of its own. */
export function steadyProfile(profile: LoadProfile, windowMs: number): LoadProfile {
  if (profile.model === 'closed') {
    return { model: 'closed', users: profile.users, duration: windowMs };
  }
  let arrivals = 0;
  let totalMs = 0;
  for (const stage of profile.arrivals) {
    const stageMs = durationMs(stage.duration);
    arrivals += ((stage.fromPerSecond + stage.toPerSecond) / 2) * stageMs;
    totalMs += stageMs;
  }
  const ratePerSecond = totalMs === 0 ? 0 : arrivals / totalMs;
  return {
    ...profile,
    warmup: 0,
    arrivals: [{ fromPerSecond: ratePerSecond, toPerSecond: ratePerSecond, duration: windowMs }],
  };
}

/**
 * What the users do: the script when there is one, else the routes found, each as often.
 *
 * @throws AMDAHL_TARGET_NO_ROUTES
 */
export function scenarioOf(
  script: string | null,
  routes: readonly Route[],
  url: string,
): LoadScenario {
  if (script !== null) return { kind: 'script', file: script };
  if (routes.length === 0) {
    throw workbenchErrors.create('AMDAHL_TARGET_NO_ROUTES', {
      expected: 'at least one route that answers GET',
      found: `none from the links of ${url}`,
      next: 'Give a page with links as --url, serve an OpenAPI document, or write a --script.',
      details: { url },
    });
  }
  return {
    kind: 'requests',
    requests: routes.map((route) => ({
      name: route.name,
      method: route.method,
      paths: route.examples,
      weight: 1,
    })),
    thinkTimeMs: discoveredThinkTimeMs,
  };
}
