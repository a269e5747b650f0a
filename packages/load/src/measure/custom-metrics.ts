import { Histogram } from '@amdahl/metrics';
import { otherName } from './request-stats.ts';

/** Custom metrics and groups kept; more names are a mistake, such as one a user. */
const maxNames = 200;
/** Values of trends are kept to a thousandth. */
export const trendScale = 1_000;

export type CustomKind = 'counter' | 'trend' | 'group';

/** What one worker measured of a metric of the script. */
export interface CustomReport {
  readonly name: string;
  readonly kind: CustomKind;
  /** Times it was counted or recorded. */
  readonly count: number;
  /** Sum of a counter. */
  readonly total: number;
  /** Base64: thousandths of a trend's values, or microseconds of a group; empty for a counter. */
  readonly values: string;
}

interface Metric {
  count: number;
  total: number;
  readonly values: Histogram | undefined;
}

/** Metrics a script records itself, in memory bounded by the number of names. */
export class CustomMetrics {
  readonly #metrics = new Map<string, Metric>();

  count(name: string, amount: number): void {
    const metric = this.#metric('counter', name);
    metric.count += 1;
    metric.total += amount;
  }

  /** A value that is not below 0. */
  record(kind: 'trend' | 'group', name: string, value: number): void {
    const metric = this.#metric(kind, name);
    metric.count += 1;
    metric.values?.record(value);
  }

  reports(): readonly CustomReport[] {
    return [...this.#metrics].map(([key, { count, total, values }]) => {
      const [kind, name] = key.split(/ (.*)/s) as [CustomKind, string];
      return { name, kind, count, total, values: values?.toBase64() ?? '' };
    });
  }

  #metric(kind: CustomKind, name: string): Metric {
    const known = this.#metrics.get(`${kind} ${name}`);
    if (known !== undefined) return known;
    if (this.#metrics.size >= maxNames && name !== otherName) return this.#metric(kind, otherName);
    const values = kind === 'counter' ? undefined : new Histogram();
    const metric: Metric = { count: 0, total: 0, values };
    this.#metrics.set(`${kind} ${name}`, metric);
    return metric;
  }
}
