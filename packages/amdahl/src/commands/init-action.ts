import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { exitCodes, type ExitCode } from '@amdahl/metrics';
import { readSource } from '../init/read-source.ts';
import { writeScript } from '../init/write-script.ts';
import { counted } from '../wording.ts';
import { workbenchErrors } from '../workbench-errors.ts';
import type { Invocation } from './command.ts';
import { interruptible } from './interrupt.ts';
import { createProgressView } from './progress-view.ts';

const defaultScript = 'users.ts';

/** Writes a load script, and says how to run it. */
export async function initAction(invocation: Invocation): Promise<ExitCode> {
  const { options, terminal } = invocation;
  const { stdout, stderr, cwd } = terminal;
  const [source, name] = invocation.arguments;
  const script = name ?? defaultScript;
  const file = resolve(cwd, script);
  if (existsSync(file) && options.force !== true) {
    throw workbenchErrors.create('AMDAHL_INIT_EXISTS', {
      expected: 'a name that is free',
      found: `${script}, which exists`,
      next: 'Give another name as the second argument, or --force to write over it.',
    });
  }
  const view = createProgressView(stderr);
  view.phase('looking around');
  const draft = await interruptible(
    (signal) =>
      readSource(source as string, {
        kind: options.from,
        cwd,
        signal,
        report: (status) => view.status(status),
      }),
    () => view.note('Stopping; once more to stop at once.'),
  ).finally(() => view.end());
  await writeFile(file, writeScript(draft)).catch((cause: unknown) => {
    throw workbenchErrors.create('AMDAHL_CLI_CANNOT_WRITE', {
      expected: 'a file that can be written',
      found: (cause as Error).message,
      next: 'Give another name as the second argument.',
      cause,
    });
  });
  for (const note of draft.notes) stderr.write(`Not carried over: ${note}\n`);
  const url = draft.baseUrl ?? 'http://127.0.0.1:3000/';
  const command = ['amdahl load', script, '--url', url, ...draft.flags].join(' ');
  const tasks = draft.users.reduce((count, user) => count + user.tasks.length, 0);
  stdout.write(
    options.json === true
      ? `${JSON.stringify({ script: file, command, draft }, null, 2)}\n`
      : `Wrote ${script}: ${counted(tasks, 'task')}.\nNext: ${command}\n`,
  );
  return exitCodes.ok;
}
