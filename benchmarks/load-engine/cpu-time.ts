import { execFileSync } from 'node:child_process';

/** Core the generators run on, all their threads. */
const generatorCore = 0;

export interface MeasuredRun {
  /** User and system time of the whole process, its children and threads. */
  readonly cpuUs: number;
  /** What it printed on standard output. */
  readonly output: string;
}

/** Runs a command on the generators' core. The shell tells what `wait4` says of it. */
export function runOnGeneratorCore(
  command: readonly string[],
  timeoutSeconds: number,
  cwd?: string,
): MeasuredRun {
  const shell = `exec 4>&1; TIMEFORMAT='cpu %3U %3S'; { time "$@" 2>/dev/null >&4; } 2>&1`;
  const printed = execFileSync(
    'bash',
    ['-c', shell, 'bash', 'taskset', '-c', `${generatorCore}`, ...command],
    { encoding: 'utf8', timeout: timeoutSeconds * 1_000, env: builtPackages(), cwd },
  );
  const [, user, system] = /cpu ([\d.]+) ([\d.]+)\s*$/.exec(printed) ?? [];
  return {
    cpuUs: (Number(user) + Number(system)) * 1e6,
    output: printed.replace(/cpu [\d. ]+\s*$/, ''),
  };
}

/** Without the condition that resolves our packages to their sources: what is measured is built. */
function builtPackages(): NodeJS.ProcessEnv {
  return { ...process.env, NODE_OPTIONS: '' };
}
