import type { LoadSlice } from '../measure/slices.ts';
import type { LoadProfile } from '../profile.ts';

/** The five test shapes, each with the question it answers. */
export const shapeNames = ['load', 'stress', 'spike', 'soak', 'breakpoint'] as const;

export type ShapeName = (typeof shapeNames)[number];

/** How much load a service has on an ordinary day: users, or tasks started per second. */
export type LoadLevel =
  | { readonly model: 'closed'; readonly users: number }
  | { readonly model: 'open'; readonly ratePerSecond: number };

/** A shape of one run, made concrete. */
export interface ShapePlan {
  readonly shape: Exclude<ShapeName, 'breakpoint'>;
  readonly profile: LoadProfile;
  /** Its parts, one after the other, without a gap. */
  readonly phases: readonly ShapePhase[];
}

export interface ShapePhase extends Required<Pick<LoadSlice, 'name' | 'fromMs' | 'toMs'>> {
  readonly level: LoadLevel;
}

/** `40 users`, `1,200 tasks/s` */
export function describeLevel(level: LoadLevel): string {
  if (level.model === 'open') {
    return `${Number(level.ratePerSecond.toPrecision(3)).toLocaleString('en-US')} tasks/s`;
  }
  return `${level.users.toLocaleString('en-US')} ${level.users === 1 ? 'user' : 'users'}`;
}

/** A level times a factor; at least one user. */
export function scaled(level: LoadLevel, factor: number): LoadLevel {
  return level.model === 'closed'
    ? { model: 'closed', users: Math.max(1, Math.round(level.users * factor)) }
    : { model: 'open', ratePerSecond: level.ratePerSecond * factor };
}
