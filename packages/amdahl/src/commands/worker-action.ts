import { serveWorker } from '@amdahl/load';
import { exitCodes, type ExitCode } from '@amdahl/metrics';
import { readValue } from '../config/given-value.ts';
import { redisUrl } from '../config/value-kinds.ts';
import type { Invocation } from './command.ts';
import { interruptible } from './interrupt.ts';

/** Serves runs until it is interrupted, or after one with `--once`. */
export async function workerAction(invocation: Invocation): Promise<ExitCode> {
  const { stderr } = invocation.terminal;
  const [url] = invocation.arguments;
  let interrupted = false;
  const note = (text: string): void => void stderr.write(`${text}\n`);
  await interruptible(
    (signal) =>
      serveWorker({
        redisUrl: readValue(redisUrl, url, { key: 'redis', file: null }),
        once: invocation.options.once === true,
        signal,
        onEvent: note,
      }),
    () => {
      interrupted = true;
      note('Stopping; once more to stop at once.');
    },
  );
  return interrupted ? exitCodes.interrupted : exitCodes.ok;
}
