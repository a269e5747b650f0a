import { fileURLToPath } from 'node:url';
import { runOnGeneratorCore } from './cpu-time.ts';

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

export type VariantName = 'wrk' | 'requests' | 'script' | 'autocannon' | 'hey';

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
  hey: {
    title: 'hey',
    command: ({ url, connections, seconds }) => [
      'hey',
      '-z',
      `${seconds}s`,
      '-c',
      `${connections}`,
      '-cpus',
      '1',
      url,
    ],
    requests: (output) => Number(/\[200\]\s+(\d+) responses/.exec(output)?.[1]),
  },
};

/** Runs a generator in a fresh process. */
export function measure(name: VariantName, job: Job): Sample {
  const { command, requests } = variants[name];
  const { cpuUs, output } = runOnGeneratorCore(command(job), job.seconds + 30);
  const sample = { cpuUs, requests: requests(output) };
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
