import { durationMs, isAmdahlError, type Duration } from '@amdahl/metrics';
import { loadErrors } from '../load-errors.ts';
import type { ArrivalStage, LoadProfile, UserChange } from '../profile.ts';

/** A profile checked, its durations in milliseconds and its defaults filled in. */
export type LoadPlan = ClosedPlan | OpenPlan;

interface Phases {
  readonly rampUpMs: number;
  readonly warmupMs: number;
  /** Planned measured time, after ramp-up and warm-up. */
  readonly measuredMs: number;
}

export interface ClosedPlan extends Phases {
  readonly model: 'closed';
  /** At the start. */
  readonly users: number;
  /** By offset from the start of the measured time. */
  readonly changes: readonly PlannedChange[];
}

export interface OpenPlan extends Phases {
  readonly model: 'open';
  /** The warm-up at its constant rate comes first. */
  readonly stages: readonly PlannedStage[];
  readonly spacing: 'uniform' | 'poisson';
  readonly maxUsers: number;
}

export interface PlannedChange {
  readonly atMs: number;
  readonly users: number;
}

/** Arrivals at a rate that changes linearly, or not at all. */
export interface PlannedStage {
  readonly fromPerSecond: number;
  readonly toPerSecond: number;
  readonly durationMs: number;
}

/** Users that may be busy at once when an open profile does not say. */
const defaultMaxUsers = 1_000;

/** Virtual users one run may have: beyond, memory of idle users alone fills a machine. */
export const maxUsersLimit = 1_000_000;

/** @throws `AMDAHL_LOAD_BAD_PROFILE` */
export function planOf(profile: LoadProfile): LoadPlan {
  const warmupMs = readDuration('warmup', profile.warmup ?? 0);
  if (profile.model === 'closed') {
    checkUsers('users', profile.users);
    const measuredMs = readDuration('duration', profile.duration);
    if (measuredMs === 0) throw bad('a duration above 0', `duration ${profile.duration}`);
    const rampUpMs = readDuration('rampUp', profile.rampUp ?? 0);
    const changes = planChanges(profile.changes ?? [], measuredMs);
    return { model: 'closed', users: profile.users, changes, rampUpMs, warmupMs, measuredMs };
  }
  if (profile.model !== 'open') {
    throw bad('model "closed" or "open"', JSON.stringify((profile as { model: unknown }).model));
  }
  const spacing = profile.spacing ?? 'uniform';
  if (spacing !== 'uniform' && spacing !== 'poisson') {
    throw bad('spacing "uniform" or "poisson"', JSON.stringify(spacing));
  }
  const maxUsers = profile.maxUsers ?? defaultMaxUsers;
  checkUsers('maxUsers', maxUsers);
  const measured = profile.arrivals.map(planStage);
  const arrivals = measured.reduce((sum, stage) => sum + arrivalsIn(stage), 0);
  if (arrivals < 1) throw bad('stages in which at least one task starts', `${arrivals} arrivals`);
  const startPerSecond = measured[0]?.fromPerSecond ?? 0;
  const warmup = { fromPerSecond: startPerSecond, toPerSecond: startPerSecond };
  return {
    model: 'open',
    stages: warmupMs > 0 ? [{ ...warmup, durationMs: warmupMs }, ...measured] : measured,
    spacing,
    maxUsers,
    rampUpMs: 0,
    warmupMs,
    measuredMs: measured.reduce((sum, stage) => sum + stage.durationMs, 0),
  };
}

/** The most users a plan has at the same time. */
export function mostUsers(plan: LoadPlan): number {
  if (plan.model === 'open') return plan.maxUsers;
  return Math.max(plan.users, ...plan.changes.map(({ users }) => users));
}

/** Tasks a stage starts: the area under its rate. */
export function arrivalsIn(stage: PlannedStage): number {
  return ((stage.fromPerSecond + stage.toPerSecond) / 2) * (stage.durationMs / 1_000);
}

function planChanges(changes: readonly UserChange[], measuredMs: number): PlannedChange[] {
  let beforeMs = 0;
  return changes.map(({ at, users }, index) => {
    const atMs = readDuration(`changes[${index}].at`, at);
    checkUsers(`changes[${index}].users`, users);
    if (atMs < beforeMs || atMs >= measuredMs) {
      throw bad(
        `changes in their order, within the ${measuredMs} ms that are measured`,
        `changes[${index}].at ${at}`,
      );
    }
    beforeMs = atMs;
    return { atMs, users };
  });
}

function planStage(stage: ArrivalStage, index: number): PlannedStage {
  const { fromPerSecond, toPerSecond } = stage;
  for (const rate of [fromPerSecond, toPerSecond]) {
    if (!(Number.isFinite(rate) && rate >= 0)) {
      throw bad('rates of 0 or more per second', `${rate} in arrivals[${index}]`);
    }
  }
  const stageMs = readDuration(`arrivals[${index}].duration`, stage.duration);
  return { fromPerSecond, toPerSecond, durationMs: stageMs };
}

function checkUsers(field: string, users: number): void {
  if (Number.isInteger(users) && users >= 1 && users <= maxUsersLimit) return;
  throw bad(`a whole number of ${field} from 1 to ${maxUsersLimit}`, `${field} ${users}`);
}

function readDuration(field: string, duration: Duration): number {
  try {
    return durationMs(duration);
  } catch (cause) {
    if (!isAmdahlError(cause)) throw cause;
    throw bad(cause.expected, `${cause.found} as ${field}`, cause);
  }
}

function bad(expected: string, found: string, cause?: unknown): Error {
  return loadErrors.create('AMDAHL_LOAD_BAD_PROFILE', {
    expected,
    found,
    next: 'Correct the load profile.',
    cause,
  });
}
