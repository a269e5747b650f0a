import type { Workload, WorkloadStatement } from '../../src/workload/workload.ts';

/** A statement nobody counted, timed or saw values of. */
export function statement(text: string, more: Partial<WorkloadStatement> = {}): WorkloadStatement {
  return {
    text,
    exampleText: text,
    parameterLists: [],
    calls: null,
    meanMs: null,
    rows: null,
    origin: null,
    executedPlan: null,
    ...more,
  };
}

export function workload(
  statements: readonly WorkloadStatement[],
  more: Partial<Workload> = {},
): Workload {
  return { source: 'a test', statements, unread: [], warnings: [], ...more };
}
