import type { MeasuredSecond } from '@amdahl/load';
import type { LoadRun } from './load-run.ts';

/** Somewhere the figures of a load run go, beside the summary. */
export interface LoadOutput {
  /** Takes a second of the run while it goes on. */
  second?(second: MeasuredSecond): void;
  /** Takes the whole run; undefined when it failed. Nothing is taken after it. */
  end(run: LoadRun | undefined): Promise<void>;
}
