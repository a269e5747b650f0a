/**
 * Memory per connected user, ours beside Locust and Artillery: one fresh process on one core for
 * each number of users, nginx on the other. Writes results/results.md and results/results.json. See
 * README.md.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median } from '@amdahl/metrics';
import { startNginx } from '../load-engine/nginx.ts';
import { generators, type GeneratorName, type Sample } from './generators.ts';
import { machine, requireDescriptors, requireTools, versions } from './surroundings.ts';

/** Users a rival is measured with at most: with more, one core no longer serves them in time. */
const mostRivalUsers = 2_500;

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    users: { type: 'string', default: '100,2500,5000,10000' },
    generators: { type: 'string', default: Object.keys(generators).join(',') },
  },
});
const rounds = Number(options.rounds);
const userCounts = options.users.split(',').map(Number);
const names = options.generators.split(',') as GeneratorName[];
const isRival = (name: GeneratorName): boolean => name === 'locust' || name === 'artillery';

requireTools(['nginx', 'taskset', ...(names.includes('locust') ? ['locust'] : [])]);
requireDescriptors(Math.max(...userCounts) + 1_000);
execFileSync(process.execPath, [
  fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url)),
  '-b',
  fileURLToPath(new URL('../../packages/load', import.meta.url)),
]);
const loadBefore = loadavg()[0] ?? 0;
const nginx = await startNginx();
/** One sample a number of users, in each round. */
const samples: Partial<Record<GeneratorName, Sample[][]>> = {};
try {
  const url = nginx.url.replace(/\/$/, '');
  for (let round = 0; round < rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const row: Sample[] = [];
      (samples[name] ??= []).push(row);
      for (const users of userCounts) {
        if (isRival(name) && users > mostRivalUsers) continue;
        row.push(await generators[name].measure(url, users));
        process.stderr.write(
          `round ${round + 1} of ${rounds}: ${name}, ${users} users, ${megabytes(row.at(-1)?.residentBytes)} MB\n`,
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
  `${JSON.stringify({ rounds, samples }, null, 2)}\n`,
);
process.stdout.write(report);

function reportOf(): string {
  const roundsText =
    rounds === 1 ? 'One round' : `Median of ${rounds} rounds, least and greatest in brackets,`;
  const rows = names.map((name) => {
    const cells = [
      Math.max(...(samples[name]?.[0] ?? []).map(({ users }) => users)).toLocaleString('en'),
      connections(name),
      perUser(name, 'residentBytes'),
      perUser(name, 'peakBytes'),
      perUser(name, 'collectedBytes'),
      perUser(name, 'heapBytes'),
    ];
    return `| ${generators[name].title} | ${cells.join(' | ')} |`;
  });
  const whole = names.map((name) => {
    const cells = userCounts.map((users) => {
      const figures = (samples[name] ?? [])
        .map((row) => row.find((sample) => sample.users === users)?.residentBytes)
        .filter((bytes) => bytes !== undefined);
      return figures.length === 0
        ? ''
        : spread(
            figures.map((bytes) => bytes / 2 ** 20),
            0,
          );
    });
    return `| ${generators[name].title} | ${cells.join(' | ')} |`;
  });
  return `# Load memory: results

${new Date().toISOString().slice(0, 10)}. ${machine()}. Node ${process.version}, ${versions(names)}. \
Load of the machine before: ${loadBefore.toFixed(1)}.

Each user thinks for 10 s between requests; one worker thread. KB (1,024 bytes) a user: memory with the most users less that with \
${userCounts[0]}, divided by the users between. ${roundsText} of fresh processes.

| | users | connections | resident, KB a user | at the peak | resident after a collection | heap after a collection |
|---|---|---|---|---|---|---|
${rows.join('\n')}

Resident memory of the whole process as it runs, MB (1,048,576 bytes):

| | ${userCounts.map((users) => `${users.toLocaleString('en')} users`).join(' | ')} |
|---|${userCounts.map(() => '---|').join('')}
${whole.join('\n')}
`;
}

/** Connections open with the most users. */
function connections(name: GeneratorName): string {
  const open = (samples[name] ?? []).map((row) => row.at(-1)?.connections ?? 0);
  return median(open).toLocaleString('en');
}

/** Memory of the users beyond the fewest, by round, divided by their number. */
function perUser(name: GeneratorName, figure: keyof Sample): string {
  const slopes = (samples[name] ?? []).map((row) => {
    const [least, most] = [row[0], row.at(-1)];
    if (least === undefined || most === undefined) return Number.NaN;
    return (
      ((most[figure] ?? Number.NaN) - (least[figure] ?? Number.NaN)) /
      (most.users - least.users) /
      1_024
    );
  });
  return slopes.some(Number.isNaN) ? '' : spread(slopes, 1);
}

function spread(figures: readonly number[], digits: number): string {
  if (figures.length === 1) return median(figures).toFixed(digits);
  const [least, greatest] = [Math.min(...figures), Math.max(...figures)];
  return `${median(figures).toFixed(digits)} (${least.toFixed(digits)}–${greatest.toFixed(digits)})`;
}

function megabytes(bytes: number | undefined): string {
  return ((bytes ?? 0) / 2 ** 20).toFixed(1);
}
