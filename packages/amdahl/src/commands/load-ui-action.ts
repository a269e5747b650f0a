import type { LoadOptions } from '@amdahl/load';
import { LiveRun } from '../load-ui/live-run.ts';
import { UiServer } from '../load-ui/ui-server.ts';
import type { LoadRun } from '../load-outputs/load-run.ts';
import type { ProgressView } from './progress-view.ts';

/**
 * Serves the live page until Ctrl-C or its close button, and answers with the last run, if there was
 * one.
 *
 * @param run a load with some of its options changed
 * @throws `AMDAHL_CLI_BAD_USAGE` when the port is taken
 */
export async function runWithUi(
  port: number,
  load: LoadOptions,
  run: (load: LoadOptions) => Promise<LoadRun>,
  view: ProgressView,
  interrupt: AbortSignal,
): Promise<LoadRun | undefined> {
  const closed = Promise.withResolvers<void>();
  const live = new LiveRun(
    load.profile,
    (changes) =>
      run({
        ...load,
        ...changes,
        onSecond: (second) => {
          load.onSecond?.(second);
          changes.onSecond?.(second);
        },
      }),
    () => server.changed(),
  );
  const server = new UiServer(live, load.baseUrl, () => closed.resolve());
  const address = await server.listen(port);
  interrupt.addEventListener('abort', () => closed.resolve());
  if (interrupt.aborted) closed.resolve();
  view.phase('serving the page; Ctrl-C ends');
  view.note(`Open ${address}`);
  try {
    await closed.promise;
    await live.stop();
  } finally {
    await server.end();
  }
  if (live.last === undefined && live.failure !== undefined) throw live.failure;
  return live.last;
}
