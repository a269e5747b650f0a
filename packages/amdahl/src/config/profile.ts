import type { ClosedProfile, LoadProfile, OpenProfile } from '@amdahl/load';
import { durationMs, type Duration } from '@amdahl/metrics';

/** Changes to a profile, as flags and environment variables give them. */
export interface ProfileChanges {
  readonly users?: number;
  readonly rate?: number;
  readonly duration?: number;
  readonly warmup?: number;
  readonly rampUp?: number;
}

/** Whether a value of a configuration file is a load profile. */
export function isProfile(value: unknown): value is LoadProfile {
  const profile = fieldsOf(value);
  if (!isDurationOrAbsent(profile['warmup'])) return false;
  if (profile['model'] === 'closed') {
    return (
      isPositive(profile['users']) &&
      Number.isInteger(profile['users']) &&
      isDuration(profile['duration']) &&
      isDurationOrAbsent(profile['rampUp']) &&
      (profile['changes'] === undefined || isChanges(profile['changes']))
    );
  }
  return (
    profile['model'] === 'open' &&
    Array.isArray(profile['arrivals']) &&
    profile['arrivals'].length > 0 &&
    profile['arrivals'].every(isStage) &&
    [undefined, 'uniform', 'poisson'].includes(profile['spacing'] as string | undefined) &&
    (profile['maxUsers'] === undefined || isPositive(profile['maxUsers']))
  );
}

function isChanges(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.map(fieldsOf).every(({ at, users }) => {
      return isDurationOrAbsent(at) && isPositive(users) && Number.isInteger(users);
    })
  );
}

function isStage(value: unknown): boolean {
  const stage = fieldsOf(value);
  return (
    isRate(stage['fromPerSecond']) && isRate(stage['toPerSecond']) && isDuration(stage['duration'])
  );
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/**
 * The profile with changes applied: `rate` makes it open, `users` closed. Null when the changes
 * contradict each other or the profile: both of them, or a duration for several stages.
 */
export function changeProfile(profile: LoadProfile, changes: ProfileChanges): LoadProfile | null {
  if (changes.users !== undefined && changes.rate !== undefined) return null;
  const changed =
    changes.rate !== undefined
      ? opened(profile, changes.rate)
      : changes.users !== undefined
        ? closed(profile, changes.users)
        : profile;
  const warmup = changes.warmup === undefined ? {} : { warmup: changes.warmup };
  if (changed.model === 'closed') {
    return {
      ...changed,
      ...warmup,
      ...(changes.duration === undefined ? {} : { duration: changes.duration }),
      ...(changes.rampUp === undefined ? {} : { rampUp: changes.rampUp }),
    };
  }
  if (changes.rampUp !== undefined) return null;
  if (changes.duration === undefined) return { ...changed, ...warmup };
  const [stage, ...others] = changed.arrivals;
  if (stage === undefined || others.length > 0) return null;
  return { ...changed, ...warmup, arrivals: [{ ...stage, duration: changes.duration }] };
}

function opened(profile: LoadProfile, ratePerSecond: number): OpenProfile {
  return {
    model: 'open',
    ...(profile.warmup === undefined ? {} : { warmup: profile.warmup }),
    arrivals: [
      {
        fromPerSecond: ratePerSecond,
        toPerSecond: ratePerSecond,
        duration: measuredMs(profile),
      },
    ],
  };
}

function closed(profile: LoadProfile, users: number): ClosedProfile {
  if (profile.model === 'closed') return { ...profile, users };
  return {
    model: 'closed',
    users,
    ...(profile.warmup === undefined ? {} : { warmup: profile.warmup }),
    duration: measuredMs(profile),
  };
}

function measuredMs(profile: LoadProfile): number {
  return profile.model === 'closed'
    ? durationMs(profile.duration)
    : profile.arrivals.reduce((sum, stage) => sum + durationMs(stage.duration), 0);
}

function isPositive(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}

function isRate(value: unknown): boolean {
  return value === 0 || isPositive(value);
}

function isDuration(value: unknown): boolean {
  try {
    return durationMs(value as Duration) > 0;
  } catch {
    return false;
  }
}

function isDurationOrAbsent(value: unknown): boolean {
  return value === undefined || value === 0 || isDuration(value);
}
