/**
 * Runs each variant in fresh processes, in an order that turns around every round, and writes the
 * medians with their spread to results/.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform } from 'node:os';
import { fileURLToPath } from 'node:url';
import { median } from '@amdahl/metrics';
import type { Figures } from './measure.ts';
import { variants } from './variants.ts';

const rounds = 9;
const columns = [
  ['record, ns a value', 'recordNs'],
  ['99th percentile, µs', 'percentileUs'],
  ['encode, µs', 'encodeUs'],
  ['decode, µs', 'decodeUs'],
  ['encoded, bytes', 'encodedBytes'],
] as const satisfies readonly (readonly [string, keyof Figures])[];

const names = Object.keys(variants);
const samples = new Map<string, Figures[]>(names.map((name) => [name, []]));
for (let round = 0; round < rounds; round += 1) {
  for (const name of round % 2 === 0 ? names : names.toReversed()) {
    process.stderr.write(`round ${round + 1} of ${rounds}: ${name}\n`);
    samples.get(name)?.push(measure(name));
  }
}

const report = `# Histogram: results

${new Date().toISOString().slice(0, 10)}. Node ${process.version}, V8 ${process.versions.v8}, \
${platform()} ${arch()}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}. \
hdr-histogram-js ${versionOf('hdr-histogram-js')}, @amdahl/metrics ${versionOf('@amdahl/metrics')}.

CPU time. Median of ${rounds} fresh processes a variant, least and greatest in brackets.

| | ${columns.map(([title]) => title).join(' | ')} |
|---|${columns.map(() => '---').join('|')}|
${names.map((name) => `| ${name} | ${columns.map(([, key]) => cell(name, key)).join(' | ')} |`).join('\n')}
`;
writeFileSync(new URL('results/results.md', import.meta.url), report);
process.stdout.write(report);

function measure(name: string): Figures {
  const script = fileURLToPath(new URL('measure.ts', import.meta.url));
  const output = execFileSync(process.execPath, [script, name], {
    encoding: 'utf8',
    timeout: 120_000,
  });
  return JSON.parse(output) as Figures;
}

function cell(name: string, key: keyof Figures): string {
  const figures = (samples.get(name) ?? []).map((sample) => sample[key]);
  const [least, greatest] = [Math.min(...figures), Math.max(...figures)];
  if (least === greatest) return format(least);
  return `${format(median(figures))} (${format(least)}–${format(greatest)})`;
}

function format(value: number): string {
  return Number(value.toPrecision(3)).toString();
}

function versionOf(name: string): string {
  const manifest = new URL(`../../node_modules/${name}/package.json`, import.meta.url);
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}
