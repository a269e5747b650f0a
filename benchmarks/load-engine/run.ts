/**
 * CPU time per request of load generators, each on one core, against nginx on the other. Writes
 * results/results.md and results/results.json. See README.md.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { arch, constants, cpus, loadavg, platform, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median } from '@amdahl/metrics';
import { startNginx } from './nginx.ts';
import { measure, variants, type Sample, type VariantName } from './variants.ts';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2,6' },
    connections: { type: 'string', default: '50,100' },
  },
});
const rounds = Number(options.rounds);
const [shortSeconds = 2, longSeconds = 6] = options.seconds.split(',').map(Number);
const connectionCounts = options.connections.split(',').map(Number);
const names = Object.keys(variants) as VariantName[];

requireTools();
execFileSync(process.execPath, [
  inModules('typescript/bin/tsc'),
  '-b',
  inRepository('packages/load'),
]);
const loadBefore = loadavg()[0] ?? 0;
const preferred = preferOurselves();
const nginx = await startNginx();
/** A short and a long run of one variant: what the long one did more is free of the start. */
interface Pair {
  readonly short: Sample;
  readonly long: Sample;
}

/** By connections and variant, one pair a round. */
const pairs: Record<string, Partial<Record<VariantName, Pair[]>>> = {};
try {
  for (let round = 0; round < rounds; round += 1) {
    for (const connections of connectionCounts) {
      for (const name of round % 2 === 0 ? names : names.toReversed()) {
        const job = { url: nginx.url, connections };
        const short = measure(name, { ...job, seconds: shortSeconds });
        const long = measure(name, { ...job, seconds: longSeconds });
        ((pairs[connections] ??= {})[name] ??= []).push({ short, long });
        process.stderr.write(
          `round ${round + 1} of ${rounds}, ${connections} connections: ${name} ${runningUs({ short, long }).toFixed(2)} µs\n`,
        );
      }
    }
  }
} finally {
  await nginx.stop();
}

const report = reportOf();
mkdirSync(new URL('results/', import.meta.url), { recursive: true });
writeFileSync(new URL('results/results.md', import.meta.url), report);
writeFileSync(
  new URL('results/results.json', import.meta.url),
  `${JSON.stringify({ rounds, shortSeconds, longSeconds, pairs }, null, 2)}\n`,
);
process.stdout.write(report);

/** CPU time of a request while the generator runs, its start left out. */
function runningUs({ short, long }: Pair): number {
  return (long.cpuUs - short.cpuUs) / (long.requests - short.requests);
}

/** CPU time of the long run, its start included, divided by its requests. */
function wholeUs({ long }: Pair): number {
  return long.cpuUs / long.requests;
}

function reportOf(): string {
  const machine = `${platform()} ${arch()}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}`;
  return `# Load engine: results

${new Date().toISOString().slice(0, 10)}. ${machine}. Node ${process.version}, ${versions()}. \
Load of the machine before: ${loadBefore.toFixed(1)}; \
${preferred ? 'raised' : 'usual'} priority.

CPU time of the whole process, all its threads, user and system. *Running*: what a run of \
${longSeconds} s used more than one of ${shortSeconds} s, divided by the requests it made more; the \
ratios are those of this figure, taken within each round. *With start*: the long run's CPU time \
divided by its requests. Median of ${rounds} rounds of fresh processes, least and greatest in brackets.
${connectionCounts.map(tableOf).join('')}`;
}

function tableOf(connections: number): string {
  const rows = names.map((name) => {
    const own = pairsOf(connections, name);
    const cells = [
      spread(own.map(runningUs)),
      spread(ratios(connections, name, 'wrk')),
      spread(ratios(connections, name, 'autocannon')),
      spread(ratios(connections, name, 'hey')),
      spread(own.map(wholeUs)),
      Math.round(median(own.map(({ long }) => long.requests / longSeconds))).toLocaleString('en'),
    ];
    return `| ${variants[name].title} | ${cells.join(' | ')} |`;
  });
  return `
## ${connections} connections

| | running, µs a request | × wrk | × autocannon | × hey | with start, µs | requests/s |
|---|---|---|---|---|---|---|
${rows.join('\n')}
`;
}

function ratios(connections: number, name: VariantName, rival: VariantName): number[] {
  const rivals = pairsOf(connections, rival);
  return pairsOf(connections, name).map(
    (pair, round) => runningUs(pair) / runningUs(rivals[round] as Pair),
  );
}

function pairsOf(connections: number, name: VariantName): readonly Pair[] {
  return pairs[connections]?.[name] ?? [];
}

function spread(figures: readonly number[]): string {
  const format = (figure: number): string => figure.toFixed(2);
  const [least, greatest] = [Math.min(...figures), Math.max(...figures)];
  return `${format(median(figures))} (${format(least)}–${format(greatest)})`;
}

/** Asks to run before other work of the machine, which takes a right most users do not have. */
function preferOurselves(): boolean {
  try {
    setPriority(constants.priority.PRIORITY_HIGH);
    return true;
  } catch {
    return false;
  }
}

function requireTools(): void {
  if (cpus().length < 2) throw new Error('Expected two cores, one for nginx; found one.');
  for (const tool of ['wrk', 'hey', 'nginx', 'taskset', 'bash']) {
    try {
      execFileSync('which', [tool], { stdio: 'ignore' });
    } catch {
      throw new Error(
        `Expected ${tool} on the path; found none. Run: apt-get install -y wrk hey nginx util-linux`,
      );
    }
  }
}

function versions(): string {
  const wrk = /wrk \S*?(\d[\w.]*)/.exec(outputOf('wrk', '-v'))?.[1] ?? '?';
  const server = /nginx\/(\S+)/.exec(outputOf('nginx', '-v'))?.[1] ?? '?';
  const { version } = JSON.parse(readFileSync(inModules('autocannon/package.json'), 'utf8')) as {
    version: string;
  };
  const hey = execFileSync('dpkg-query', ['-W', '-f', '${Version}', 'hey'], { encoding: 'utf8' });
  return `wrk ${wrk}, hey ${hey}, autocannon ${version}, nginx ${server}`;
}

/** What a tool says of itself, wherever it says it. */
function outputOf(tool: string, flag: string): string {
  return execFileSync('bash', ['-c', `${tool} ${flag} 2>&1 || true`], { encoding: 'utf8' });
}

function inModules(path: string): string {
  return inRepository(`node_modules/${path}`);
}

function inRepository(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}
