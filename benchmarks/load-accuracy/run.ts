/**
 * How far load generators' figures are from the truth, against servers of known latency. Writes
 * results/results.md and results/results.json. See README.md.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { constants, cpus, loadavg, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median } from '@amdahl/metrics';
import { artilleryVersion } from '../load-script/artillery.ts';
import {
  knownLatency,
  latencyNames,
  ratePerSecond,
  trueTimesMs,
  type LatencyName,
} from '@amdahl/load/self-test/known-latency';
import { durationSeconds } from './duration.ts';
import { figuresOf, tools, toolVersions, type Figures } from './tools.ts';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    /** Only these are measured; of the others the figures of the last result are kept. */
    servers: { type: 'string', default: latencyNames.join(',') },
  },
});
const servers = options.servers.split(',') as LatencyName[];
const resultFile = new URL('results/results.json', import.meta.url);
const rounds = Number(options.rounds);
const figureNames = ['p50', 'p90', 'p99', 'p999', 'mean'] as const;
/** An error is within bounds up to the larger of a hundredth and a millisecond. */
const errorShare = 0.01;
const errorMs = 1;

const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));
const load = fileURLToPath(new URL('../../packages/load', import.meta.url));
execFileSync(process.execPath, [tsc, '-b', load]);
const loadBefore = loadavg()[0] ?? 0;
preferOurselves();

/** By scenario and tool, one a round. */
const found: Partial<Record<LatencyName, Record<string, Figures[]>>> =
  servers.length === latencyNames.length ? {} : lastFound();
for (const name of servers) delete found[name];
for (let round = 0; round < rounds; round += 1) {
  for (const name of servers) {
    for (const tool of round % 2 === 0 ? tools : tools.toReversed()) {
      const server = await startServer(name);
      try {
        const figures = tool.measure(server.url);
        ((found[name] ??= {})[tool.title] ??= []).push(figures);
        process.stderr.write(
          `round ${round + 1} of ${rounds}, ${name}: ${tool.title} p99 ${figures.p99.toFixed(1)} ms\n`,
        );
      } finally {
        server.process.kill();
      }
    }
  }
}

const report = reportOf();
mkdirSync(new URL('results/', import.meta.url), { recursive: true });
writeFileSync(new URL('results/results.md', import.meta.url), report);
writeFileSync(resultFile, `${JSON.stringify({ rounds, found }, null, 2)}\n`);
process.stdout.write(report);

/** What the last run found. */
function lastFound(): typeof found {
  return (JSON.parse(readFileSync(resultFile, 'utf8')) as { found: typeof found }).found;
}

/** Asks to run before other work of the machine, which takes a right most users do not have. */
function preferOurselves(): void {
  try {
    setPriority(constants.priority.PRIORITY_HIGH);
  } catch {
    process.stderr.write('not allowed to raise the priority; run on a quiet machine\n');
  }
}

/** A fresh server on the core the generators leave alone. */
async function startServer(name: LatencyName): Promise<{ process: ChildProcess; url: string }> {
  const file = fileURLToPath(import.meta.resolve('@amdahl/load/self-test/known-latency-server'));
  const child = spawn('taskset', ['-c', '1', process.execPath, file, name, `${durationSeconds}`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  return { process: child, url: `http://127.0.0.1:${port.toString().trim()}/` };
}

function reportOf(): string {
  return `# Load accuracy: results

${new Date().toISOString().slice(0, 10)}. Linux, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}. Node ${process.version}, ${toolVersions()}, Artillery ${artilleryVersion}. Load of the machine before: ${loadBefore.toFixed(1)}.

${ratePerSecond} requests a second for ${durationSeconds} s. Response times in milliseconds, ${rounds === 1 ? 'one round' : `median of ${rounds} rounds`} of fresh processes; bold where the error is above ${errorShare * 100} % and above ${errorMs} ms.
${latencyNames.map(tableOf).join('')}`;
}

function tableOf(name: LatencyName): string {
  const truth = figuresOf(trueTimesMs(knownLatency(name, durationSeconds), durationSeconds));
  const rows = tools.map(({ title }) => {
    const own = found[name]?.[title] ?? [];
    const cells = figureNames.map((figure) =>
      cellOf(median(own.map((figures) => figures[figure])), truth[figure]),
    );
    return `| ${title} | ${Math.round(median(own.map(({ requests }) => requests)))} | ${cells.join(' | ')} |`;
  });
  const truthCells = figureNames.map((figure) => truth[figure].toFixed(1));
  return `
## ${knownLatency(name, durationSeconds).title}

| | requests | p50 | p90 | p99 | p99.9 | mean |
|---|---|---|---|---|---|---|
| truth | ${truth.requests} | ${truthCells.join(' | ')} |
${rows.join('\n')}
`;
}

function cellOf(figure: number, truth: number): string {
  const wrong = Math.abs(figure - truth) > Math.max(errorMs, errorShare * truth);
  return wrong ? `**${figure.toFixed(1)}**` : figure.toFixed(1);
}
