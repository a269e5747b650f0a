import type { LoadResult, ShapeFindings, Verdict } from '@amdahl/load';

/** What a load run yields, whatever its kind. */
export interface LoadRun {
  readonly result: LoadResult;
  readonly verdict: Verdict;
  /** What its shape found out, if it had one. */
  readonly findings?: ShapeFindings;
}
