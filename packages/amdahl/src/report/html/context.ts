import type { RunResult } from '../../artifacts/run-result.ts';

/** What the parts of one page share. */
export interface PageContext {
  readonly result: RunResult;
  /** An id no other element of the page has. */
  uniqueId(prefix: string): string;
}

export function createContext(result: RunResult): PageContext {
  let count = 0;
  return {
    result,
    uniqueId: (prefix) => {
      count += 1;
      return `${prefix}-${count}`;
    },
  };
}
