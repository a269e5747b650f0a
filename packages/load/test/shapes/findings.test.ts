import { expect, test } from 'vitest';
import type { ServiceSample } from '../../src/observe/service-watch.ts';
import type { LoadSecond } from '../../src/result.ts';
import type { PhaseFigures } from '../../src/shapes/phase-figures.ts';
import { soakFindings } from '../../src/shapes/soak.ts';
import { spikeFindings } from '../../src/shapes/spike.ts';
import { stressFindings } from '../../src/shapes/stress.ts';

function phase(changes: Partial<PhaseFigures>): PhaseFigures {
  return {
    name: 'x1',
    level: { model: 'closed', users: 10 },
    fromMs: 0,
    toMs: 10_000,
    count: 1_000,
    ratePerSecond: 100,
    errorShare: 0,
    p50Ms: 10,
    p95Ms: 20,
    p99Ms: 30,
    ...changes,
  };
}

function second(index: number, changes: Partial<LoadSecond> = {}): LoadSecond {
  const noise = ((index * 7) % 5) / 10;
  return {
    atMs: index * 1_000,
    done: 100,
    failed: 0,
    inFlight: 1,
    p50Ms: 10 + noise,
    p95Ms: 20 + noise,
    maxMs: 30,
    ...changes,
  };
}

const seconds = (
  count: number,
  at: (index: number) => Partial<LoadSecond>,
): readonly LoadSecond[] => Array.from({ length: count }, (_, index) => second(index, at(index)));

test('the knee is the last step after which more load brought little', () => {
  const steps = (...rates: readonly number[]): readonly PhaseFigures[] =>
    rates.map((ratePerSecond, index) =>
      phase({
        name: `x${index + 1}`,
        level: { model: 'closed', users: 10 * (index + 1) },
        ratePerSecond,
      }),
    );
  expect(stressFindings(steps(100, 200, 300, 320, 318)).knee).toBe('x3');
  expect(stressFindings(steps(100, 105, 106, 106, 105)).knee).toBe('x1');
  expect(stressFindings(steps(100, 190, 280, 370, 460)).knee).toBeNull();
  // Failures are no throughput.
  const failing = steps(100, 200, 300).map((step, index) => ({
    ...step,
    errorShare: index === 2 ? 0.5 : 0,
  }));
  expect(stressFindings(failing).knee).toBe('x2');
});

test('a service has recovered once it was as before for three seconds', () => {
  const phases = [
    phase({ name: 'before' }),
    phase({ name: 'spike', fromMs: 10_000, toMs: 15_000 }),
    phase({ name: 'after', fromMs: 15_000, toMs: 30_000 }),
  ];
  const recovery = (at: (index: number) => Partial<LoadSecond>): number | null =>
    spikeFindings(phases, seconds(30, at)).recoveryMs;
  expect(recovery(() => ({}))).toBe(0);
  expect(recovery((index) => (index < 19 ? { p95Ms: 500 } : {}))).toBe(4_000);
  // One good second between bad ones is not a recovery.
  expect(recovery((index) => (index < 22 && index !== 18 ? { p95Ms: 500 } : {}))).toBe(7_000);
  expect(recovery((index) => (index < 20 ? { failed: 50 } : {}))).toBe(5_000);
  expect(recovery((index) => (index >= 10 ? { p95Ms: 500 } : {}))).toBeNull();
  expect(recovery((index) => (index >= 10 ? { done: 0, p95Ms: 0 } : {}))).toBeNull();
});

test('a soak finds what creeps, and leaves noise alone', () => {
  const samples = (at: (index: number) => Partial<ServiceSample>): readonly ServiceSample[] =>
    Array.from({ length: 600 }, (_, index) => ({
      atEpochMs: index * 1_000,
      memoryBytes: 100e6 + ((index * 7) % 11) * 1e5,
      openFiles: 30,
      busiestCpuShare: 0.5,
      machineCpuShare: 0.5,
      ...at(index),
    }));
  const kinds = (
    series: readonly LoadSecond[],
    service: readonly ServiceSample[],
  ): Readonly<Record<string, string>> => {
    const { drifts } = soakFindings([], series, service, 1);
    return Object.fromEntries(drifts.map(({ figure, kind }) => [figure, kind]));
  };
  const steady = seconds(600, () => ({}));
  expect(
    kinds(
      steady,
      samples(() => ({})),
    ),
  ).toEqual({
    p50: 'steady',
    p95: 'steady',
    memory: 'steady',
    'open-files': 'steady',
  });
  const leaking = samples((index) => ({ memoryBytes: 100e6 + index * 1e5, openFiles: 30 + index }));
  const slowing = seconds(600, (index) => ({ p95Ms: 20 + index / 50 }));
  expect(kinds(slowing, leaking)).toEqual({
    p50: 'steady',
    p95: 'rising',
    memory: 'rising',
    'open-files': 'rising',
  });
  const { drifts } = soakFindings([], steady, leaking, 1);
  const memory = drifts.find(({ figure }) => figure === 'memory');
  expect(memory?.perHour.mid).toBeCloseTo(360e6, -6);
  // Too short to say anything.
  expect(
    soakFindings(
      [],
      seconds(5, () => ({})),
      [],
      0,
    ).drifts,
  ).toEqual([]);
});
