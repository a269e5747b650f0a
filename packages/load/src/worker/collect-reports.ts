import { isAmdahlError } from '@amdahl/metrics';
import { messageOf } from '../error-place.ts';
import type { WorkerReport } from '../measure/worker-report.ts';
import type { MissingPart } from '../result.ts';
import type { WorkerHandle } from './worker-handle.ts';

/** What all workers of a run measured, and what is missing of it. */
interface Collected {
  readonly reports: readonly WorkerReport[];
  readonly missing: readonly MissingPart[];
}

/**
 * Waits for every worker's report. Of one that is lost on the way the last report it sent counts.
 *
 * @param onLost hears the index of a worker when it is lost
 * @throws the first worker's error when all are lost
 */
export async function collectReports(
  workers: readonly WorkerHandle[],
  onLost: (worker: number) => void,
): Promise<Collected> {
  const reports: WorkerReport[] = [];
  const missing: MissingPart[] = [];
  const errors: unknown[] = [];
  await Promise.all(
    workers.map(async (worker) => {
      const { index, machine } = worker;
      try {
        reports.push(await worker.done);
      } catch (error) {
        onLost(index);
        errors.push(error);
        const { lastReport } = worker;
        if (lastReport !== undefined) reports.push(lastReport);
        missing.push({
          worker: index,
          ...(machine === undefined ? {} : { machine }),
          share: 1 / workers.length,
          reason: isAmdahlError(error) ? error.message : messageOf(error),
          atMs: lastReport?.measuredMs ?? 0,
        });
      }
    }),
  );
  if (missing.length === workers.length) throw errors[0];
  return { reports, missing };
}
