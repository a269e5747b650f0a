import {
  describeLevel,
  type BreakpointFindings,
  type Drift,
  type PhaseFigures,
  type ShapeFindings,
  type SoakFindings,
  type SpikeFindings,
  type StressFindings,
} from '@amdahl/load';
import { formatMs } from '@amdahl/metrics';
import { formatBytes, formatCount, formatShare } from '../wording.ts';
import { textTable } from './text-table.ts';

/** What a shape found out, for people. */
export function shapeLines(findings: ShapeFindings): readonly string[] {
  switch (findings.shape) {
    case 'stress':
      return ['', ...phaseTable(findings.phases), stressAnswer(findings)];
    case 'spike':
      return ['', ...phaseTable(findings.phases), spikeAnswer(findings)];
    case 'soak':
      return ['', ...soakAnswer(findings)];
    case 'breakpoint':
      return ['', ...breakpointAnswer(findings)];
    default:
      return [];
  }
}

function phaseTable(phases: readonly PhaseFigures[]): readonly string[] {
  const header = ['phase', 'load', 'requests/s', 'failed', 'p50', 'p95', 'p99'];
  const rows = phases.map(({ name, level, ratePerSecond, errorShare, p50Ms, p95Ms, p99Ms }) => [
    name,
    describeLevel(level),
    formatCount(ratePerSecond),
    formatShare(errorShare),
    formatMs(p50Ms),
    formatMs(p95Ms),
    formatMs(p99Ms),
  ]);
  return textTable([header, ...rows]);
}

function stressAnswer({ phases, knee }: StressFindings): string {
  const last = phases.at(-1);
  if (last === undefined) return 'The run ended before its first step.';
  if (knee === null) return `Throughput still grew at ${last.name}: the knee lies beyond.`;
  return `Beyond ${knee} more load brought little more throughput: that is the knee.`;
}

function spikeAnswer({ recoveryMs, recoveredMs, phases }: SpikeFindings): string {
  const as = `p95 below ${formatMs(recoveredMs)} for 3 s in a row`;
  const after = phases.find(({ name }) => name === 'after');
  if (after === undefined) return 'The run ended before the spike was over.';
  if (recoveryMs === null) {
    return `Not recovered ${formatMs(after.toMs - after.fromMs)} after the spike (${as}).`;
  }
  return recoveryMs < 1_000
    ? `Recovered within a second of the spike's end (${as}).`
    : `Recovered ${formatMs(recoveryMs)} after the spike's end (${as}).`;
}

function soakAnswer({ drifts, processes }: SoakFindings): readonly string[] {
  const watched =
    processes === 0
      ? ['Memory and connections of the service were not seen: it does not run on this machine.']
      : [];
  if (drifts.length === 0) return [...watched, 'Too short to tell whether anything creeps.'];
  return [...drifts.map(driftLine), ...watched];
}

const figureNames: Readonly<Record<Drift['figure'], string>> = {
  p50: 'median response time',
  p95: '95th percentile',
  memory: 'memory of the service',
  'open-files': 'open connections and files',
};

function driftLine({ figure, unit, median, perHour, kind }: Drift): string {
  const shown = (value: number): string => {
    if (unit === 'ms') return formatMs(value);
    return unit === 'bytes' ? formatBytes(value) : formatCount(value);
  };
  const signed = (value: number): string => `${value < 0 ? '-' : '+'}${shown(Math.abs(value))}`;
  const interval = `${signed(perHour.low)} to ${signed(perHour.high)} an hour with 99 % confidence`;
  const mark = kind === 'rising' ? '✖' : '✔';
  return `${mark} ${figureNames[figure]}: ${kind}, around ${shown(median)} (${interval})`;
}

function breakpointAnswer({
  metPerSecond,
  missedPerSecond,
  gaveOut,
  complete,
}: BreakpointFindings): readonly string[] {
  const rate = (perSecond: number): string => `${formatCount(perSecond)} tasks/s`;
  const gave = gaveOut === null ? [] : [`What gave out: ${gaveOut.resource}. ${gaveOut.evidence}`];
  const cut = complete ? [] : ['The search was stopped before its end.'];
  if (metPerSecond === null) {
    const lowest = missedPerSecond === null ? '' : `, not even at ${rate(missedPerSecond)}`;
    return [`No rate met the objectives${lowest}.`, ...gave, ...cut];
  }
  if (missedPerSecond === null) {
    return [
      `The service bears at least ${rate(metPerSecond)}; no more was tried.`,
      ...gave,
      ...cut,
    ];
  }
  return [
    `Breakpoint: between ${rate(metPerSecond)} (met) and ${rate(missedPerSecond)} (missed), each with 95 % confidence.`,
    ...gave,
    ...cut,
  ];
}
