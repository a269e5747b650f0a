import { metricsErrors } from './metrics-errors.ts';

/** @throws `AMDAHL_METRICS_BAD_ARGUMENT` unless there are enough samples and all are finite. */
export function requireSamples(samples: readonly number[], minimum: number, purpose: string): void {
  if (samples.length < minimum) {
    throw metricsErrors.create('AMDAHL_METRICS_BAD_ARGUMENT', {
      expected: `at least ${minimum} ${minimum === 1 ? 'sample' : 'samples'} for ${purpose}`,
      found: String(samples.length),
      next: 'Collect more samples, or check for their number first.',
    });
  }
  const strange = samples.find((sample) => !Number.isFinite(sample));
  if (strange !== undefined) {
    throw metricsErrors.create('AMDAHL_METRICS_BAD_ARGUMENT', {
      expected: `finite samples for ${purpose}`,
      found: String(strange),
      next: 'Leave out samples that were not measured.',
    });
  }
}

/** @throws `AMDAHL_METRICS_BAD_ARGUMENT` unless the value lies between 0 and 1, both excluded. */
export function requireProperShare(value: number, name: string): void {
  if (value > 0 && value < 1) return;
  throw metricsErrors.create('AMDAHL_METRICS_BAD_ARGUMENT', {
    expected: `a share between 0 and 1 as ${name}`,
    found: String(value),
    next: 'Write 95 % as 0.95.',
  });
}

/** The samples in ascending order, as a copy. */
export function ascending(samples: readonly number[]): Float64Array {
  return Float64Array.from(samples).sort();
}
