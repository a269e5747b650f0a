import { linearTrend, median, type ConfidenceInterval, type Point } from '@amdahl/metrics';
import type { ServiceSample } from '../observe/service-watch.ts';
import type { LoadSecond } from '../result.ts';
import type { PhaseFigures } from './phase-figures.ts';

/** A steady figure is taken for a drifting one once in a hundred. */
const driftConfidence = 0.99;
/** Points a trend is computed of: fewer do not carry one, more say the same. */
const minPoints = 10;
const maxPoints = 300;
/** Change over the whole soak below which a drift harms nobody, as a ratio of the figure's median. */
const harmlessRatio = 0.05;

export interface SoakFindings {
  readonly shape: 'soak';
  readonly phases: readonly PhaseFigures[];
  readonly drifts: readonly Drift[];
  /** Processes of the service that were watched; 0 when it does not run on this machine. */
  readonly processes: number;
}

/** How a figure went over the whole soak. */
export interface Drift {
  readonly figure: 'p50' | 'p95' | 'memory' | 'open-files';
  readonly unit: 'ms' | 'bytes' | 'count';
  readonly median: number;
  /** Change an hour, with its interval of 99 %. */
  readonly perHour: ConfidenceInterval;
  /** Change over the soak, as a ratio of the median. */
  readonly ratio: number;
  readonly kind: 'steady' | 'rising' | 'falling';
}

/** Which figures crept. Those of too short a soak are left out. */
export function soakFindings(
  phases: readonly PhaseFigures[],
  series: readonly LoadSecond[],
  samples: readonly ServiceSample[],
  processes: number,
): SoakFindings {
  const served = series.filter(({ done }) => done > 0);
  const seconds = (figure: (second: LoadSecond) => number): readonly Point[] =>
    served.map((second) => ({ x: second.atMs, y: figure(second) }));
  const moments = (figure: (sample: ServiceSample) => number): readonly Point[] =>
    samples.map((sample) => ({ x: sample.atEpochMs, y: figure(sample) }));
  const drifts = [
    driftOf(
      'p50',
      'ms',
      1,
      seconds(({ p50Ms }) => p50Ms),
    ),
    driftOf(
      'p95',
      'ms',
      1,
      seconds(({ p95Ms }) => p95Ms),
    ),
    driftOf(
      'memory',
      'bytes',
      2 ** 20,
      moments(({ memoryBytes }) => memoryBytes),
    ),
    driftOf(
      'open-files',
      'count',
      1,
      moments((sample) => sample.openFiles),
    ),
  ];
  return {
    shape: 'soak',
    phases,
    drifts: drifts.filter((drift) => drift !== undefined),
    processes,
  };
}

/** `grain`: the least change that is one, whatever the ratio. */
function driftOf(
  figure: Drift['figure'],
  unit: Drift['unit'],
  grain: number,
  all: readonly Point[],
): Drift | undefined {
  if (all.length < minPoints) return undefined;
  const points = blocksOf(all);
  const { slope } = linearTrend(points, { confidence: driftConfidence });
  const middle = median(points.map(({ y }) => y));
  const spanMs = (all.at(-1) as Point).x - (all[0] as Point).x;
  const change = slope.mid * spanMs;
  const ratio = middle === 0 ? 0 : change / middle;
  const trend = slope.low > 0 ? 'rising' : slope.high < 0 ? 'falling' : 'steady';
  const harmless = Math.abs(ratio) < harmlessRatio || Math.abs(change) < grain;
  const hourMs = 3_600_000;
  return {
    figure,
    unit,
    median: middle,
    perHour: { low: slope.low * hourMs, mid: slope.mid * hourMs, high: slope.high * hourMs },
    ratio,
    kind: harmless ? 'steady' : trend,
  };
}

/** Medians of equal blocks of points, few enough for a trend. */
function blocksOf(points: readonly Point[]): readonly Point[] {
  const size = Math.ceil(points.length / maxPoints);
  if (size === 1) return points;
  return Array.from({ length: Math.floor(points.length / size) }, (_, block) => {
    const own = points.slice(block * size, (block + 1) * size);
    return { x: median(own.map(({ x }) => x)), y: median(own.map(({ y }) => y)) };
  });
}
