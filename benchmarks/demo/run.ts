/** Times `npm ci && npm run demo` on a fresh clone of the last commit. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const results = new URL('results/results.md', import.meta.url);
const limitSeconds = 240;

interface Timed {
  readonly seconds: number;
  readonly output: string;
}

/** Runs a command to its end, its output shown and returned. Throws when it fails. */
async function timed(command: string, words: readonly string[], cwd: string): Promise<Timed> {
  const startedAtMs = performance.now();
  const { NODE_OPTIONS: _, ...environment } = process.env;
  const child = spawn(command, words, {
    cwd,
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    process.stdout.write(chunk);
    output += chunk.toString('utf8');
  });
  const [exitCode] = (await once(child, 'close')) as [number | null];
  if (exitCode !== 0) throw new Error(`${command} ${words.join(' ')} ended with ${exitCode}`);
  return { seconds: (performance.now() - startedAtMs) / 1_000, output };
}

function table(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `| ${row.join(' | ')} |`).join('\n');
}

const directory = mkdtempSync(join(tmpdir(), 'amdahl-demo-benchmark-'));
try {
  const clone = join(directory, 'amdahl');
  await timed(
    'git',
    ['clone', '--quiet', '--depth', '1', `file://${repository}`, clone],
    directory,
  );
  const loadBefore = loadavg()[0] ?? 0;
  const install = await timed('npm', ['ci'], clone);
  const demo = await timed('npm', ['run', 'demo'], clone);
  const total = install.seconds + demo.seconds;
  const memory = /Peak memory (\d+) MB/.exec(demo.output)?.[1] ?? 'unknown';
  const answer = /^B is .*$/m.exec(demo.output)?.[0] ?? 'no answer';
  const text = `# Results

${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / 1e9)} GB, Node ${process.versions.node}; load average ${loadBefore.toFixed(1)} before.

${table([
  ['Command', 'Wall time'],
  ['---', '---:'],
  ['`npm ci`, cache warm', `${install.seconds.toFixed(0)} s`],
  ['`npm run demo`', `${demo.seconds.toFixed(0)} s`],
  [`together; the claim is below ${limitSeconds} s`, `${total.toFixed(0)} s`],
])}

Peak memory: ${memory} MB.

Its proof: ${answer}
`;
  writeFileSync(results, text);
  process.stdout.write(`\n${text}`);
  if (total > limitSeconds) process.exitCode = 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}
