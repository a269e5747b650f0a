/**
 * Holds a rate for minutes and tells whether memory grows: `soak.ts --minutes 10 --rate 5000`.
 * Writes results/soak.md and results/soak.json. See README.md.
 */
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { linearTrend, median } from '@amdahl/metrics';
import { startNginx } from '../load-engine/nginx.ts';
import { machine, requireTools, versions } from './surroundings.ts';

interface Sample {
  readonly second: number;
  readonly residentBytes: number;
  readonly workerHeapBytes: number;
  readonly leaderHeapBytes: number;
}
type Figure = Exclude<keyof Sample, 'second'>;
interface Soak {
  readonly counts: { readonly started: number; readonly succeeded: number };
  readonly verdict: { readonly kind: string; readonly reasons: readonly { check: string }[] };
  readonly collectedBefore: number;
  readonly collectedAfter: number;
  readonly samples: readonly Sample[];
}

/** Samples a second apart depend on each other; medians of blocks this long hardly do. */
const blockSeconds = 10;
/** Of the rate asked for, below which the soak was none. */
const leastShare = 0.99;

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    rate: { type: 'string', default: '5000' },
    warmup: { type: 'string', default: '60' },
    'beside-other-work': { type: 'boolean', default: false },
  },
});
const seconds = Number(options.minutes) * 60;
const rate = Number(options.rate);

requireTools(['nginx', 'taskset']);
execFileSync(process.execPath, [
  inRepository('node_modules/typescript/bin/tsc'),
  '-b',
  inRepository('packages/load'),
]);
const loadBefore = loadavg()[0] ?? 0;
const nginx = await startNginx();
let soak: Soak;
try {
  const command = [
    '-c',
    '0',
    process.execPath,
    '--import',
    inFolder('probe.ts'),
    inFolder('drive-soak.ts'),
    nginx.url,
    `${rate}`,
    options.warmup,
    `${seconds}`,
  ];
  const { stdout } = await promisify(execFile)('taskset', command, {
    timeout: (seconds + Number(options.warmup) + 60) * 1_000,
    maxBuffer: 2 ** 26,
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  soak = JSON.parse(stdout) as Soak;
} finally {
  await nginx.stop();
}

const reached = soak.counts.succeeded / seconds;
const report = reportOf();
process.stdout.write(report);
if (reached < leastShare * rate) {
  process.stderr.write(`The rate was not reached; no result is written.\n`);
  process.exitCode = 1;
} else {
  mkdirSync(new URL('results/', import.meta.url), { recursive: true });
  writeFileSync(new URL('results/soak.md', import.meta.url), report);
  writeFileSync(new URL('results/soak.json', import.meta.url), `${JSON.stringify(soak)}\n`);
}

function reportOf(): string {
  const rows: readonly [string, Figure][] = [
    ['resident memory of the process', 'residentBytes'],
    ['heap of the thread that drives the users', 'workerHeapBytes'],
    ['heap of the thread that leads the run', 'leaderHeapBytes'],
  ];
  const reasons = soak.verdict.reasons.map(({ check }) => check).join(', ');
  return `# Load memory: soak

${new Date().toISOString().slice(0, 10)}. ${machine()}. Node ${process.version}, ${versions([])}. \
Load of the machine before: ${loadBefore.toFixed(1)}; during: ${(loadavg()[2] ?? 0).toFixed(1)} over 15 minutes.\
${options['beside-other-work'] ? ' Other work ran on the machine all the while.' : ''}

${rate.toLocaleString('en')} requests/s for ${options.minutes} minutes after ${options.warmup} s of warm-up: \
${soak.counts.succeeded.toLocaleString('en')} replies, ${reached.toFixed(0)} a second. Verdict of the run: \
${soak.verdict.kind}${reasons === '' ? '' : ` (${reasons})`}.

Sampled every second; slope through the medians of blocks of ${blockSeconds} s (Theil-Sen, 95 % interval):

| | at the start, MB | at the end, MB | slope, KB a minute | is 0 within |
|---|---|---|---|---|
${rows.map(([title, figure]) => rowOf(title, figure)).join('\n')}

Heap of the thread that drives the users, garbage collected: ${megabytes(soak.collectedBefore)} MB before, \
${megabytes(soak.collectedAfter)} MB after: \
${((soak.collectedAfter - soak.collectedBefore) / soak.counts.started).toFixed(4)} bytes a request.
`;
}

function rowOf(title: string, figure: Figure): string {
  const blocks = [
    ...Map.groupBy(soak.samples, ({ second }) => Math.floor((second - 1) / blockSeconds)),
  ].map(([block, samples]) => ({
    x: (block * blockSeconds) / 60,
    y: median(samples.map((sample) => sample[figure])),
  }));
  const { low, mid, high } = linearTrend(blocks).slope;
  const kilobytes = (bytes: number): string => (bytes / 1_024).toFixed(1);
  const cells = [
    megabytes(blocks[0]?.y ?? 0),
    megabytes(blocks.at(-1)?.y ?? 0),
    `${kilobytes(mid)} (${kilobytes(low)} to ${kilobytes(high)})`,
    low <= 0 && high >= 0 ? 'yes' : 'no',
  ];
  return `| ${title} | ${cells.join(' | ')} |`;
}

function megabytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}

function inRepository(path: string): string {
  return inFolder(`../../${path}`);
}

function inFolder(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
