import { formatMs } from '@amdahl/metrics';
import type { ArrivalStage, LoadProfile, UserChange } from '../profile.ts';
import { describeLevel, scaled, type LoadLevel, type ShapePhase, type ShapePlan } from './shape.ts';

/** Times the ordinary load of each step of the stress shape. */
const stressFactors = [1, 2, 3, 4, 5];
/** Times the ordinary load of the spike shape's middle. */
const spikeFactor = 10;

/**
 * Phases of each shape: names, shares of the measured time, times the ordinary load. The stress
 * shape's steps are alike, so that their figures compare. After a spike there is the longest time,
 * since it is the recovery that is looked for.
 */
const phasesOf: Readonly<Record<ShapePlan['shape'], readonly PhaseOutline[]>> = {
  load: [{ name: 'load', share: 1, factor: 1 }],
  stress: stressFactors.map((factor) => ({
    name: `x${factor}`,
    share: 1 / stressFactors.length,
    factor,
  })),
  spike: [
    { name: 'before', share: 1 / 3, factor: 1 },
    { name: 'spike', share: 1 / 6, factor: spikeFactor },
    { name: 'after', share: 1 / 2, factor: 1 },
  ],
  soak: [{ name: 'soak', share: 1, factor: 1 }],
};

interface PhaseOutline {
  readonly name: string;
  readonly share: number;
  readonly factor: number;
}

/** Measured time of a shape when nothing else was asked for, in milliseconds. */
export const shapeDurationsMs: Readonly<Record<ShapePlan['shape'], number>> = {
  load: 60_000,
  stress: 150_000,
  spike: 90_000,
  soak: 1_800_000,
};

/** Warm-up of a shape when nothing else was asked for, in milliseconds. */
export const shapeWarmupMs = 5_000;

export interface ShapeTimes {
  /** Measured time. */
  readonly durationMs: number;
  readonly warmupMs: number;
}

/** A shape around an ordinary load. */
export function planShape(
  shape: ShapePlan['shape'],
  normal: LoadLevel,
  { durationMs, warmupMs }: ShapeTimes,
): ShapePlan {
  let fromMs = 0;
  const outlines = phasesOf[shape];
  const phases = outlines.map(({ name, share, factor }, index): ShapePhase => {
    const last = index === outlines.length - 1;
    const toMs = last ? durationMs : Math.round(fromMs + durationMs * share);
    const phase = { name, fromMs, toMs, level: scaled(normal, factor) };
    fromMs = toMs;
    return phase;
  });
  return { shape, phases, profile: profileOf(phases, durationMs, warmupMs) };
}

function profileOf(
  phases: readonly ShapePhase[],
  durationMs: number,
  warmupMs: number,
): LoadProfile {
  const [first, ...others] = phases;
  if (first?.level.model === 'closed') {
    const changes = others.flatMap(({ fromMs, level }): readonly UserChange[] =>
      level.model === 'closed' ? [{ at: fromMs, users: level.users }] : [],
    );
    return {
      model: 'closed',
      users: first.level.users,
      warmup: warmupMs,
      duration: durationMs,
      ...(changes.length === 0 ? {} : { changes }),
    };
  }
  const arrivals = phases.flatMap(({ fromMs, toMs, level }): readonly ArrivalStage[] => {
    if (level.model === 'closed') return [];
    const { ratePerSecond } = level;
    const duration = toMs - fromMs;
    return [{ fromPerSecond: ratePerSecond, toPerSecond: ratePerSecond, duration }];
  });
  return { model: 'open', warmup: warmupMs, arrivals };
}

const questions: Readonly<Record<ShapePlan['shape'], string>> = {
  load: 'How does the service do under its ordinary load?',
  stress:
    'How does it bear more than its ordinary load, and where does more load bring nothing more?',
  spike: 'Does a sudden crowd break it, and how soon does it recover?',
  soak: 'Do times, memory or connections creep up in the long run?',
};

/** What a shape is about to do and what it asks, in two sentences. */
export function explainShape({ shape, phases, profile }: ShapePlan): string {
  const spans = phases.map(
    ({ fromMs, toMs, level }) => `${describeLevel(level)} for ${formatMs(toMs - fromMs)}`,
  );
  const warmup = Number(profile.warmup ?? 0);
  const after = warmup > 0 ? `, after ${formatMs(warmup)} of warm-up` : '';
  return `${shape}: ${spans.join(', ')}${after}. ${questions[shape]}`;
}
