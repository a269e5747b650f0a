import { defineErrors, exitCodes, type ErrorTable } from './errors.ts';

export type MetricsErrorCode =
  | 'AMDAHL_METRICS_BAD_DURATION'
  | 'AMDAHL_METRICS_BAD_HISTOGRAM'
  | 'AMDAHL_METRICS_BAD_ARGUMENT';

/** Error codes of `@amdahl/metrics`. */
export const metricsErrors: ErrorTable<MetricsErrorCode> = defineErrors({
  AMDAHL_METRICS_BAD_DURATION: {
    when: 'A text that should be a duration cannot be read as one, or is negative.',
    exitCode: exitCodes.usage,
  },
  AMDAHL_METRICS_BAD_HISTOGRAM: {
    when: 'Bytes that should be a histogram in the V2 format cannot be decoded.',
    exitCode: exitCodes.couldNotMeasure,
  },
  AMDAHL_METRICS_BAD_ARGUMENT: {
    when: 'A statistic is asked of values it is not defined for, such as a median of nothing.',
    exitCode: exitCodes.usage,
  },
});
