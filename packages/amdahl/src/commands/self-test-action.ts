import { selfTest, type SelfTestServer } from '@amdahl/load';
import { exitCodes, formatMs, type ExitCode } from '@amdahl/metrics';
import type { Invocation } from './command.ts';
import { interruptible } from './interrupt.ts';
import { createProgressView } from './progress-view.ts';
import { textTable } from '../load-outputs/text-table.ts';

/** The shortest time in which the server that stalls does so and recovers. */
const leastSeconds = 5;

/** `amdahl load --self-test`: how far the load generator's figures are from the truth, on this machine. */
export async function selfTestAction({ options, terminal }: Invocation): Promise<ExitCode> {
  const { stdout, stderr } = terminal;
  const view = createProgressView(stderr);
  const seconds = Math.ceil((options.duration ?? 0) / 1_000);
  let interrupted = false;
  const test = await interruptible(
    (signal) => {
      signal.addEventListener('abort', () => (interrupted = true));
      return selfTest({
        durationSeconds: Math.max(leastSeconds, seconds),
        signal,
        onServer: (title) => view.phase(`measuring a server: ${title}`),
      });
    },
    () => view.note('Stopping; once more to stop at once.'),
  ).finally(() => view.end());
  stdout.write(
    options.json === true
      ? `${JSON.stringify(test, null, 2)}\n`
      : `${test.servers.flatMap(serverLines).join('\n')}\n${
          test.passed
            ? 'Every figure is within 1 % or 1 ms of the truth.'
            : 'Not every figure is known to be within 1 % or 1 ms of the truth.'
        }\n`,
  );
  if (interrupted) return exitCodes.interrupted;
  return test.passed ? exitCodes.ok : exitCodes.couldNotMeasure;
}

function serverLines({
  title,
  requests,
  figures,
  serverLatenessMs,
  verdict,
}: SelfTestServer): readonly string[] {
  const rows = figures.map(({ name, trueMs, measuredMs, within }) => {
    const error = measuredMs - trueMs;
    const signed = `${error < 0 ? '-' : '+'}${formatMs(Math.abs(error))}`;
    return [name, formatMs(trueMs), formatMs(measuredMs), signed, within ? '✔' : '✖'];
  });
  return [
    `${title}: ${requests} requests, verdict ${verdict.kind}`,
    ...textTable([['', 'truth', 'measured', 'error', ''], ...rows]).map(
      (line) => `  ${line.trimEnd()}`,
    ),
    `  the server itself was up to ${formatMs(serverLatenessMs)} late (p99)`,
    '',
  ];
}
