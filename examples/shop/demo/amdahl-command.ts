import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder, where the commands run. */
export const root: string = fileURLToPath(new URL('../../../', import.meta.url));
const binary = fileURLToPath(new URL('../bin/amdahl.js', import.meta.resolve('amdahl/cli')));

/** The shop's command is `node …`: this very Node, also when the demo was not started by npm. */
const path = [dirname(process.execPath), process.env['PATH']].join(delimiter);

export interface AmdahlCall {
  readonly arguments: readonly string[];
  /** Added to this process's own. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether the person sees what it prints, or only its progress. */
  readonly output: 'shown' | 'returned';
  readonly signal: AbortSignal;
}

/**
 * Runs the command line as a person would, in the repository's root. Answers with what it printed,
 * when that was not shown. It runs in a process group of its own, so that a Ctrl-C in the terminal
 * reaches it once, through the aborted signal.
 */
export async function amdahl(call: AmdahlCall): Promise<{ exitCode: number; stdout: string }> {
  call.signal.throwIfAborted();
  const child = spawn(process.execPath, [binary, ...call.arguments], {
    cwd: root,
    env: { ...process.env, PATH: path, ...call.environment },
    stdio: ['ignore', call.output === 'shown' ? 'inherit' : 'pipe', 'inherit'],
    detached: true,
  });
  const interrupt = (): void => void child.kill('SIGINT');
  call.signal.addEventListener('abort', interrupt, { once: true });
  process.once('exit', interrupt);
  try {
    let stdout = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    const [exitCode] = (await once(child, 'close')) as [number | null];
    return { exitCode: exitCode ?? 1, stdout };
  } finally {
    call.signal.removeEventListener('abort', interrupt);
    process.removeListener('exit', interrupt);
  }
}
