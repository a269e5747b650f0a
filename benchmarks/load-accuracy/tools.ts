import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { artillery } from '../load-script/artillery.ts';
import { runOnGeneratorCore } from '../load-engine/cpu-time.ts';
import { ratePerSecond } from '@amdahl/load/self-test/known-latency';
import { durationSeconds } from './duration.ts';

/** What a tool says of response times, milliseconds. */
export interface Figures {
  readonly requests: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly mean: number;
}

export interface Tool {
  readonly title: string;
  measure(url: string): Figures;
}

/** Connections of the tools that have a fixed number of them. */
const connections = 50;
const patienceSeconds = 3 * durationSeconds + 60;
const autocannon = fileURLToPath(import.meta.resolve('autocannon'));
const drive = fileURLToPath(new URL('drive.ts', import.meta.url));

export const tools: readonly Tool[] = [
  {
    title: '@amdahl/load',
    measure: (url) => JSON.parse(run([process.execPath, drive, url])) as Figures,
  },
  { title: 'autocannon -R', measure: (url) => autocannonFigures(url, []) },
  { title: 'autocannon -R -C', measure: (url) => autocannonFigures(url, ['-C']) },
  {
    title: 'hey -q',
    measure: (url) => {
      const each = `${ratePerSecond / connections}`;
      const load = ['-z', `${durationSeconds}s`, '-c', `${connections}`, '-q', each];
      const [, ...lines] = run(['hey', ...load, '-o', 'csv', url])
        .trim()
        .split('\n');
      return figuresOf(lines.map((line) => Number(line.split(',')[0]) * 1_000));
    },
  },
  {
    title: 'Artillery',
    measure: (url) => {
      const folder = mkdtempSync(join(tmpdir(), 'amdahl-load-accuracy-'));
      const report = join(folder, 'report.json');
      const phase = { duration: durationSeconds, arrivalRate: ratePerSecond };
      const script = fileURLToPath(new URL('artillery.yml', import.meta.url));
      try {
        run([
          process.execPath,
          artillery(),
          'run',
          '--quiet',
          '--target',
          url,
          '--output',
          report,
          '--overrides',
          JSON.stringify({ config: { phases: [phase] } }),
          script,
        ]);
        const { aggregate } = JSON.parse(readFileSync(report, 'utf8')) as {
          aggregate: {
            counters: Readonly<Record<string, number>>;
            summaries: Readonly<Record<string, Omit<Figures, 'requests'>>>;
          };
        };
        const times = aggregate.summaries['http.response_time'] as Omit<Figures, 'requests'>;
        const { p50, p90, p99, p999, mean } = times;
        return { requests: aggregate.counters['http.responses'] ?? 0, p50, p90, p99, p999, mean };
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  },
];

function autocannonFigures(url: string, more: readonly string[]): Figures {
  const load = ['-R', `${ratePerSecond}`, '-c', `${connections}`, '-d', `${durationSeconds}`];
  const output = run([process.execPath, autocannon, '--json', ...load, ...more, url]);
  const { latency, '2xx': requests } = JSON.parse(output) as {
    '2xx': number;
    latency: { average: number; p50: number; p90: number; p99: number; p99_9: number };
  };
  const { average: mean, p50, p90, p99, p99_9: p999 } = latency;
  return { requests, p50, p90, p99, p999, mean };
}

/** Of all response times, milliseconds. */
export function figuresOf(times: readonly number[] | Float64Array): Figures {
  const sorted = Float64Array.from(times).sort();
  const at = (percentile: number): number =>
    sorted[Math.max(0, Math.ceil((percentile / 100) * sorted.length) - 1)] ?? Number.NaN;
  const mean = sorted.reduce((sum, time) => sum + time, 0) / sorted.length;
  return {
    requests: sorted.length,
    p50: at(50),
    p90: at(90),
    p99: at(99),
    p999: at(99.9),
    mean,
  };
}

function run(command: readonly string[]): string {
  return runOnGeneratorCore(command, patienceSeconds).output;
}

/** What was measured with, for the report. */
export function toolVersions(): string {
  const hey = execFileSync('dpkg-query', ['-W', '-f', '${Version}', 'hey'], { encoding: 'utf8' });
  const { version } = JSON.parse(
    readFileSync(new URL('../../node_modules/autocannon/package.json', import.meta.url), 'utf8'),
  ) as { version: string };
  return `autocannon ${version}, hey ${hey}`;
}
