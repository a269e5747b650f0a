import { judge } from '../judge.ts';
import { loadErrors } from '../load-errors.ts';
import { readObjective } from '../objectives/read-objective.ts';
import type { LoadObjective } from '../objectives/objective.ts';
import { ServiceWatch } from '../observe/service-watch.ts';
import type { LoadResult } from '../result.ts';
import { runLoad, type LoadOptions } from '../run-load.ts';
import type { Verdict } from '../verdict.ts';
import {
  searchBreakpoint,
  type BreakpointFindings,
  type Probe,
  type ProbeRun,
} from './breakpoint.ts';
import { phaseFigures, type PhaseFigures } from './phase-figures.ts';
import { explainShape, planShape, shapeDurationsMs, shapeWarmupMs } from './plan-shape.ts';
import { probeSlices } from './probe.ts';
import { describeLevel, type LoadLevel, type ShapeName, type ShapePlan } from './shape.ts';
import { soakFindings, type SoakFindings } from './soak.ts';
import { spikeFindings, type SpikeFindings } from './spike.ts';
import { stressFindings, type StressFindings } from './stress.ts';

/** Measured time of a probe: long enough for a trend of its seconds, so that a backlog shows. */
const probeMs = 12_000;
const probeWarmupMs = 2_000;
/** A probe of fewer tasks says nothing of the service. */
const leastTasks = 10;
/** A probe that was unclear is run again for this many times as long. */
const patientRatio = 2;
/** Rate at which a search starts when no rate was given. */
const startPerSecond = 10;
/** Users a probe may have busy at once; they are made as they are needed. */
const probeMaxUsers = 10_000;
/**
 * What a search holds the service to when nothing else was asked for: a response within half a
 * second is acceptable, and so is an error in a hundred.
 */
const defaultObjectives = ['p95 < 500ms', 'errors < 1%'];

export interface ShapeOptions extends Omit<LoadOptions, 'profile' | 'slices'> {
  readonly shape: ShapeName;
  /** The ordinary load; the breakpoint shape starts with its rate. @default 10 tasks/s for it */
  readonly normal: LoadLevel | undefined;
  /** Measured time; of each probe for the breakpoint shape. @default the shape's */
  readonly durationMs?: number;
  /** @default the shape's */
  readonly warmupMs?: number;
  /** Told of each probe of a search. */
  readonly onProbe?: (probe: Probe) => void;
}

export interface LoadShapeFindings {
  readonly shape: 'load';
  readonly phases: readonly PhaseFigures[];
}

/** What a shape found out beyond the figures of its run. */
export type ShapeFindings =
  | LoadShapeFindings
  | StressFindings
  | SpikeFindings
  | SoakFindings
  | BreakpointFindings;

export interface ShapeRun {
  /** For the breakpoint shape, the run at the highest rate that met the objectives. */
  readonly result: LoadResult;
  readonly verdict: Verdict;
  readonly findings: ShapeFindings;
}

/**
 * What a shape is about to do and what it asks, in a few sentences.
 *
 * @throws `AMDAHL_LOAD_BAD_OPTIONS` as `runShape`
 */
export function describeShape(options: ShapeOptions): string {
  if (options.shape !== 'breakpoint') return explainShape(planOf(options, options.shape));
  const { objectives, durationMs } = probeOptions(options);
  const start = describeLevel({ model: 'open', ratePerSecond: startOf(options) });
  const texts = objectives.map(({ text }) => text).join(', ');
  return `breakpoint: runs of ${durationMs / 1_000} s from ${start} on, the rate doubled until one misses its objectives (${texts}), then closed in on. What is the highest rate the service bears, and what gives out there?`;
}

/**
 * Runs a shape and says what it found.
 *
 * @throws what `runLoad` throws; `AMDAHL_LOAD_BAD_OPTIONS` for a shape that is none, or a breakpoint
 * with users in place of a rate
 */
export async function runShape(options: ShapeOptions): Promise<ShapeRun> {
  const { shape, normal: _, durationMs: __, warmupMs: ___, onProbe, ...load } = options;
  if (shape === 'breakpoint') return runBreakpoint(options, load, onProbe);
  const plan = planOf(options, shape);
  const { result, verdict, samples, processes } = await watched({
    ...load,
    profile: plan.profile,
    slices: plan.phases.map(({ name, fromMs, toMs }) => ({ name, fromMs, toMs })),
  });
  const phases = phaseFigures(plan, result);
  return { result, verdict, findings: findingsOf(shape, phases, result, samples, processes) };
}

type WatchedRun = ProbeRun & { readonly processes: number };

async function watched(options: LoadOptions): Promise<WatchedRun> {
  const watch = new ServiceWatch(options.baseUrl);
  try {
    const result = await runLoad(options);
    const { startedAtEpochMs: fromMs, measuredMs } = result;
    const samples = watch.samples.filter(
      ({ atEpochMs }) => atEpochMs > fromMs && atEpochMs <= fromMs + measuredMs,
    );
    return { result, verdict: judge(result), samples, processes: watch.processes };
  } finally {
    watch.end();
  }
}

function findingsOf(
  shape: ShapePlan['shape'],
  phases: readonly PhaseFigures[],
  { series }: LoadResult,
  samples: WatchedRun['samples'],
  processes: number,
): ShapeFindings {
  switch (shape) {
    case 'stress':
      return stressFindings(phases);
    case 'spike':
      return spikeFindings(phases, series);
    case 'soak':
      return soakFindings(phases, series, samples, processes);
    default:
      return { shape: 'load', phases };
  }
}

async function runBreakpoint(
  options: ShapeOptions,
  load: Omit<LoadOptions, 'profile' | 'slices'>,
  onProbe: ShapeOptions['onProbe'],
): Promise<ShapeRun> {
  const { objectives, durationMs, warmupMs } = probeOptions(options);
  const probe = (ratePerSecond: number, patient: boolean): Promise<ProbeRun> => {
    const measuredMs = durationMs * (patient ? patientRatio : 1);
    return watched({
      ...load,
      objectives,
      abortEarly: true,
      slices: probeSlices(measuredMs),
      profile: {
        model: 'open',
        maxUsers: probeMaxUsers,
        warmup: warmupMs,
        arrivals: [
          { fromPerSecond: ratePerSecond, toPerSecond: ratePerSecond, duration: measuredMs },
        ],
      },
    });
  };
  const { findings, run } = await searchBreakpoint(
    startOf(options),
    probe,
    onProbe ?? ((): void => undefined),
    (leastTasks / durationMs) * 1_000,
  );
  return { result: run.result, verdict: run.verdict, findings };
}

function probeOptions(options: ShapeOptions): {
  readonly objectives: readonly LoadObjective[];
  readonly durationMs: number;
  readonly warmupMs: number;
} {
  const given = options.objectives ?? [];
  const objectives =
    given.length > 0
      ? given
      : defaultObjectives.map(readObjective).filter((each) => each !== undefined);
  const { durationMs = probeMs, warmupMs = probeWarmupMs } = options;
  return { objectives, durationMs, warmupMs };
}

function startOf({ normal }: ShapeOptions): number {
  if (normal === undefined) return startPerSecond;
  if (normal.model === 'open') return normal.ratePerSecond;
  throw bad('a rate to start the search with', `${normal.users} users`);
}

function planOf(options: ShapeOptions, shape: ShapePlan['shape']): ShapePlan {
  const known = shapeDurationsMs[shape] as number | undefined;
  if (known === undefined) throw bad('load, stress, spike, soak or breakpoint', shape);
  if (options.normal === undefined) throw bad('the ordinary load of the service', 'none');
  const { durationMs = known, warmupMs = shapeWarmupMs } = options;
  return planShape(shape, options.normal, { durationMs, warmupMs });
}

function bad(expected: string, found: string): Error {
  return loadErrors.create('AMDAHL_LOAD_BAD_OPTIONS', {
    expected,
    found,
    next: 'Correct the shape or its load.',
  });
}
