/**
 * CPU time per request of a whole user script, ours beside Locust and Artillery, each on one core
 * against nginx on the other. Writes results/results.md and results/results.json. See README.md.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median } from '@amdahl/metrics';
import { runOnGeneratorCore } from '../load-engine/cpu-time.ts';
import { startNginx } from '../load-engine/nginx.ts';
import { artillery, artilleryVersion } from './artillery.ts';

const users = 20;
/** Users Artillery starts each second; each makes 100 requests. */
const artilleryArrivals = 10;

interface Sample {
  readonly cpuUs: number;
  readonly requests: number;
}
interface Pair {
  readonly short: Sample;
  readonly long: Sample;
}
interface Generator {
  readonly title: string;
  measure(url: string, seconds: number): Sample;
}

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '4' },
    seconds: { type: 'string', default: '4,10' },
  },
});
const rounds = Number(options.rounds);
const [shortSeconds = 4, longSeconds = 10] = options.seconds.split(',').map(Number);
const here = fileURLToPath(new URL('.', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'amdahl-load-script-'));

const generators: Readonly<Record<string, Generator>> = {
  ours: {
    title: '@amdahl/load',
    measure: (url, seconds) => {
      const command = [process.execPath, join(here, 'drive.ts'), url, `${users}`, `${seconds}`];
      const { cpuUs, output } = runOnGeneratorCore(command, seconds + 60);
      return { cpuUs, requests: (JSON.parse(output) as { requests: number }).requests };
    },
  },
  locust: {
    title: 'Locust, FastHttpUser',
    measure: (url, seconds) => {
      const csv = join(scratch, 'locust');
      const { cpuUs } = runOnGeneratorCore(
        [
          'locust',
          '-f',
          join(here, 'locustfile.py'),
          '--headless',
          '--csv',
          csv,
          '-u',
          `${users}`,
          '-r',
          `${users}`,
          '-t',
          `${seconds}s`,
          '-H',
          url,
        ],
        seconds + 60,
      );
      const [header = '', ...rows] = readFileSync(`${csv}_stats.csv`, 'utf8').trim().split('\n');
      const cells = rows.at(-1)?.split(',') ?? [];
      const column = (title: string): number => Number(cells[header.split(',').indexOf(title)]);
      if (column('Failure Count') > 0) throw new Error(rows.join('\n'));
      return { cpuUs, requests: column('Request Count') };
    },
  },
  artillery: {
    title: `Artillery ${artilleryVersion}`,
    measure: (url, seconds) => {
      const report = join(scratch, 'artillery.json');
      const phases = { phases: [{ duration: seconds, arrivalRate: artilleryArrivals }] };
      const { cpuUs } = runOnGeneratorCore(
        [
          process.execPath,
          artillery(),
          'run',
          '--quiet',
          '--target',
          url,
          '--output',
          report,
          '--overrides',
          JSON.stringify({ config: phases }),
          join(here, 'artillery.yml'),
        ],
        seconds * 10 + 120,
      );
      const { aggregate } = JSON.parse(readFileSync(report, 'utf8')) as {
        aggregate: { counters: Readonly<Record<string, number>> };
      };
      const failed = aggregate.counters['vusers.failed'] ?? 0;
      if (failed > 0) throw new Error(JSON.stringify(aggregate.counters));
      return { cpuUs, requests: aggregate.counters['http.responses'] ?? 0 };
    },
  },
};

execFileSync(process.execPath, [
  inRepository('node_modules/typescript/bin/tsc'),
  '-b',
  inRepository('packages/load'),
]);
artillery();
const loadBefore = loadavg()[0] ?? 0;
const nginx = await startNginx();
const pairs: Record<string, Pair[]> = {};
try {
  const url = nginx.url.replace(/\/$/, '');
  for (let round = 0; round < rounds; round += 1) {
    const names = Object.keys(generators);
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const generator = generators[name] as Generator;
      const short = generator.measure(url, shortSeconds);
      const long = generator.measure(url, longSeconds);
      (pairs[name] ??= []).push({ short, long });
      process.stderr.write(
        `round ${round + 1} of ${rounds}: ${name} ${runningUs({ short, long }).toFixed(1)} µs\n`,
      );
    }
  }
} finally {
  await nginx.stop();
  rmSync(scratch, { recursive: true });
}

const report = reportOf();
mkdirSync(join(here, 'results'), { recursive: true });
writeFileSync(join(here, 'results/results.md'), report);
writeFileSync(
  join(here, 'results/results.json'),
  `${JSON.stringify({ rounds, shortSeconds, longSeconds, pairs }, null, 2)}\n`,
);
process.stdout.write(report);

/** CPU time of a request while the generator runs, its start left out. */
function runningUs({ short, long }: Pair): number {
  return (long.cpuUs - short.cpuUs) / (long.requests - short.requests);
}

function reportOf(): string {
  const rows = Object.entries(generators).map(([name, { title }]) => {
    const own = pairs[name] ?? [];
    const of = (rival: string): string =>
      spread(
        own.map((pair, round) => runningUs(pair) / runningUs((pairs[rival] ?? [])[round] as Pair)),
        3,
      );
    return `| ${title} | ${spread(own.map(runningUs), 1)} | ${of('artillery')} | ${of('locust')} |`;
  });
  return `# Load script: results

${new Date().toISOString().slice(0, 10)}. Linux, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}. Node ${process.version}, ${locustVersion()}, Artillery ${artilleryVersion}, nginx. Load of the machine before: ${loadBefore.toFixed(1)}.

CPU time of the whole process, user and system: what a run of ${longSeconds} s used more than one of ${shortSeconds} s, divided by the requests it made more. Ratios are taken within each round. Median of ${rounds} rounds of fresh processes, least and greatest in brackets.

| | µs a request | × Artillery | × Locust |
|---|---|---|---|
${rows.join('\n')}
`;
}

function spread(figures: readonly number[], digits: number): string {
  const [least, greatest] = [Math.min(...figures), Math.max(...figures)];
  return `${median(figures).toFixed(digits)} (${least.toFixed(digits)}–${greatest.toFixed(digits)})`;
}

function locustVersion(): string {
  return (
    execFileSync('locust', ['--version'], { encoding: 'utf8' }).trim().split(' from ')[0] ?? ''
  );
}

function inRepository(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}
