import { exitCodes, type AmdahlError } from '@amdahl/metrics';
import { workbenchErrors } from '../workbench-errors.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs work that Ctrl-C ends in two steps: the first aborts the signal given to it, so that it keeps
 * what it has and cleans up in order; the second ends the process at once, cleaning up on the way
 * out. A termination signal counts as a Ctrl-C.
 *
 * @param onFirst told at the first one
 */
export async function interruptible<Result>(
  work: (interrupt: AbortSignal) => Promise<Result>,
  onFirst: () => void,
): Promise<Result> {
  const controller = new AbortController();
  const onSignal = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted);
    onFirst();
    controller.abort(interrupted(signal));
  };
  for (const signal of signals) process.on(signal, onSignal);
  try {
    return await work(controller.signal);
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
  }
}

function interrupted(signal: NodeJS.Signals): AmdahlError {
  return workbenchErrors.create('AMDAHL_CLI_INTERRUPTED', {
    expected: 'the run to go on to its end',
    found: signal === 'SIGINT' ? 'Ctrl-C' : signal,
    next: 'Run it again to measure the rest.',
  });
}
