import type { SwitchName } from '../src/switches.ts';

/** What the demo reads of `amdahl report --json`. */
export interface Report {
  /** Best first. */
  readonly findings: readonly ReportedFinding[];
  readonly routes: readonly {
    readonly route: string;
    /** Share of all requests, 0..1. */
    readonly requestShare: number;
  }[];
}

export interface ReportedFinding {
  readonly id: string;
  readonly audit: string;
  readonly title: string;
  readonly where: { readonly file: string } | null;
  readonly remedy: { readonly change: unknown };
  readonly prediction: {
    readonly gains: readonly {
      readonly route: string;
      readonly gainMs: { readonly mid: number };
    }[];
  };
}

/** The shop's switch that holds the fix for an audit's findings. */
const switchOf: Readonly<Record<string, SwitchName>> = {
  'missing-index': 'index',
  'redundant-index': 'redundant-index',
  'non-sargable-predicate': 'non-sargable',
  'select-star': 'select-star',
  'deep-offset': 'deep-offset',
  'not-in-subquery': 'not-in-subquery',
  'or-across-columns': 'or-across-columns',
  'implicit-cast': 'implicit-cast',
  'random-order': 'random-order',
  'existence-count': 'existence-count',
  'n-plus-one': 'n-plus-one',
  'duplicate-statement': 'duplicate-read',
  'chatty-transaction': 'chatty-transaction',
  'large-result': 'large-result',
  'lock-contention': 'lock-contention',
  deadlock: 'deadlock',
  'idle-in-transaction': 'idle-in-transaction',
  'connection-per-request': 'pool',
  'repeated-read': 'cache',
  'uncacheable-response': 'http-cache',
  'uncompressed-response': 'compression',
  'deferrable-work': 'jobs',
  'fan-out': 'events',
  'sequential-io': 'sequential-io',
  'blocked-event-loop': 'cpu',
  'memory-growth': 'memory',
  'render-blocking': 'front-end',
};

/** Audits that also find, elsewhere in the shop, what is no sin with a switch; where the sin lies. */
const placeOf: Readonly<Record<string, string>> = {
  'repeated-read': '/catalogue/',
  'duplicate-statement': '/orders/order-status.ts',
  'chatty-transaction': '/stock/',
  'blocked-event-loop': '/users/recommendations.ts',
};

/** The switch that applies the fix a finding asks for; null when the shop has none. */
export function fixFor({ audit, where, remedy }: ReportedFinding): SwitchName | null {
  // Trigram indexes, which serve a search for a part of a word, have a switch of their own.
  if (JSON.stringify(remedy).includes('gin_trgm_ops')) return 'leading-wildcard';
  const place = placeOf[audit];
  if (place !== undefined && where?.file.includes(place) !== true) return null;
  return switchOf[audit] ?? null;
}
