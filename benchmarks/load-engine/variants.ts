import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Core the generators run on, all their threads. */
const generatorCore = 0;

export interface Job {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
}

export interface Sample {
  /** User and system time of the whole process, its children and threads. */
  readonly cpuUs: number;
  readonly requests: number;
}

export type VariantName = 'wrk' | 'requests' | 'script' | 'autocannon';

interface Variant {
  readonly title: string;
  readonly command: (job: Job) => readonly string[];
  /** Requests it made, from what it prints. */
  readonly requests: (output: string) => number;
}

const drive = fileURLToPath(new URL('drive.ts', import.meta.url));
const autocannon = fileURLToPath(import.meta.resolve('autocannon'));

export const variants: Readonly<Record<VariantName, Variant>> = {
  wrk: {
    title: 'wrk',
    command: ({ url, connections, seconds }) => [
      'wrk',
      '-t1',
      `-c${connections}`,
      `-d${seconds}s`,
      url,
    ],
    requests: (output) => Number(/(\d+) requests in/.exec(output)?.[1]),
  },
  requests: ours('@amdahl/load, list of requests', 'requests'),
  script: ours('@amdahl/load, TypeScript script', 'script'),
  autocannon: {
    title: 'autocannon',
    command: ({ url, connections, seconds }) => [
      process.execPath,
      autocannon,
      '--json',
      `-c${connections}`,
      `-d${seconds}`,
      url,
    ],
    requests: (output) => (JSON.parse(output) as { '2xx': number })['2xx'],
  },
};

/** Runs a generator in a fresh process. The shell tells what `wait4` says of it. */
export function measure(name: VariantName, job: Job): Sample {
  const { command, requests } = variants[name];
  const [file, ...args] = command(job);
  const shell = `exec 4>&1; TIMEFORMAT='cpu %3U %3S'; { time "$@" 2>/dev/null >&4; } 2>&1`;
  const output = execFileSync(
    'bash',
    ['-c', shell, 'bash', 'taskset', '-c', `${generatorCore}`, file as string, ...args],
    { encoding: 'utf8', timeout: (job.seconds + 30) * 1_000, env: builtPackages() },
  );
  const [, user, system] = /cpu ([\d.]+) ([\d.]+)\s*$/.exec(output) ?? [];
  const sample = {
    cpuUs: (Number(user) + Number(system)) * 1e6,
    requests: requests(output.replace(/cpu [\d. ]+\s*$/, '')),
  };
  if (sample.cpuUs > 0 && sample.requests > 0) return sample;
  throw new Error(`Expected figures from ${name}; found: ${output}`);
}

function ours(title: string, scenario: 'requests' | 'script'): Variant {
  return {
    title,
    command: ({ url, connections, seconds }) => [
      process.execPath,
      drive,
      scenario,
      url,
      `${connections}`,
      `${seconds}`,
    ],
    requests: (output) => (JSON.parse(output) as { requests: number }).requests,
  };
}

/** Without the condition that resolves our packages to their sources: what is measured is built. */
function builtPackages(): NodeJS.ProcessEnv {
  return { ...process.env, NODE_OPTIONS: '' };
}
