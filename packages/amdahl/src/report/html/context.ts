import type { RunResult } from '../../artifacts/run-result.ts';

/** What the parts of one page share. */
export interface PageContext {
  readonly result: RunResult;
  /** What a finding's gains are gains of: routes of a service, or statements of a workload. */
  readonly gainsOf: 'route' | 'statement';
  /** An id no other element of the page has. */
  uniqueId(prefix: string): string;
}

export function createContext(
  result: RunResult,
  gainsOf: PageContext['gainsOf'] = 'route',
): PageContext {
  let count = 0;
  return {
    result,
    gainsOf,
    uniqueId: (prefix) => {
      count += 1;
      return `${prefix}-${count}`;
    },
  };
}
