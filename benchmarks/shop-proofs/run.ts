/**
 * Proves the shop's database sins one by one: the sinful shop is measured, each sin's finding taken
 * from that recording, its fix applied, and A measured against B. Writes results/. See README.md.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { amdahl } from 'shop/demo/amdahl-command';
import { fixFor, type Report, type ReportedFinding } from 'shop/demo/fixes';
import { prepareShopDatabase } from 'shop/src/database/prepare';
import type { SwitchName } from 'shop/src/switches';
import { freePort } from 'shop/demo/free-port';
import { surroundings } from '../database/surroundings.ts';
import { cases, type Case } from './cases.ts';
import { provenSin, resultsText, type ProofJson, type ProvenSin } from './results-text.ts';

const { values: options } = parseArgs({
  options: {
    /** Only these sins, separated by commas; of the others the last results are kept. */
    only: { type: 'string' },
    scale: { type: 'string', default: '0.5' },
    rounds: { type: 'string', default: '6' },
    duration: { type: 'string', default: '5s' },
  },
});
const wanted = options.only?.split(',');
const scale = Number(options.scale);
const config = fileURLToPath(import.meta.resolve('shop/amdahl.config'));
const resultFile = new URL('results/results.json', import.meta.url);

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => interruption.abort());
}
const { signal } = interruption;
const directory = mkdtempSync(join(tmpdir(), 'amdahl-shop-proofs-'));
const where = surroundings();
const proven = wanted === undefined || !existsSync(resultFile) ? [] : lastProven();
try {
  for (const each of cases) {
    const sins = each.sins.filter((sin) => wanted?.includes(sin) ?? true);
    if (sins.length === 0) continue;
    const recording = join(directory, `run-${sins[0]}`);
    const findings = await measured(each, recording);
    for (const sin of sins) {
      const finding = findings.find((candidate) => fixFor(candidate) === sin);
      const proof = await proofOf(each, sin, finding, recording);
      keep(provenSin(sin, finding?.title ?? null, proof));
    }
  }
} catch (error) {
  if (!signal.aborted) throw error;
  process.exitCode = 130;
} finally {
  rmSync(directory, { recursive: true, force: true });
}

/** What a run finds on the shop with every sin, best first. */
async function measured(each: Case, recording: string): Promise<readonly ReportedFinding[]> {
  return withDatabases([[]], async ([database = '']) => {
    const port = String(await freePort());
    const { stdout } = await amdahl({
      arguments: [
        'run',
        ...words(`--config ${config} --url http://127.0.0.1:${port}/ --script ${each.script}`),
        ...words(`--users ${each.users} --ramp-up 0s --warmup 1s --duration 12s --cpu-profile 3s`),
        ...words(`--db ${database} --out ${recording} --json`),
      ],
      environment: { DATABASE_URL: database, PORT: port, SHOP_FIX: '' },
      output: 'returned',
      signal,
    });
    return (JSON.parse(stdout) as Report).findings;
  });
}

/** A is the shop with every sin, B the shop with this one fixed. */
async function proofOf(
  each: Case,
  sin: SwitchName,
  finding: ReportedFinding | undefined,
  recording: string,
): Promise<ProofJson | null> {
  const route = each.route ?? routeOf(finding);
  return withDatabases([[], [sin]], async ([a = '', b = '']) => {
    const port = String(await freePort());
    const { exitCode, stdout } = await amdahl({
      arguments: [
        'prove',
        ...words(`--config ${config} --url http://127.0.0.1:${port}/ --script ${each.script}`),
        ...words(`--users ${each.users} --warmup 1s --duration ${options.duration}`),
        ...words(`--rounds ${options.rounds} --a-env SHOP_FIX= --a-env DATABASE_URL=${a}`),
        ...words(`--b-env SHOP_FIX=${sin} --b-env DATABASE_URL=${b}`),
        ...(route === null ? [] : ['--route', route]),
        ...(finding === undefined ? [] : ['--recording', recording, '--finding', finding.id]),
        ...words(`--out ${join(directory, `proof-${sin}`)} --json`),
      ],
      environment: { PORT: port },
      output: 'returned',
      signal,
    });
    signal.throwIfAborted();
    return isAnswer(exitCode) ? (JSON.parse(stdout) as ProofJson) : null;
  });
}

/** Faster or the same, slower, or nobody can tell; anything else is an error, and was shown. */
function isAnswer(exitCode: number): boolean {
  return exitCode === 0 || exitCode === 1 || exitCode === 3;
}

/** Arguments without blanks in them, as one line. */
function words(line: string): readonly string[] {
  return line.split(' ');
}

/** The route that the finding promises most. */
function routeOf(finding: ReportedFinding | undefined): string | null {
  const gains = finding?.prediction.gains ?? [];
  return gains.toSorted((x, y) => y.gainMs.mid - x.gainMs.mid)[0]?.route ?? null;
}

/** Fresh databases of the shop with these fixes, dropped afterwards; the seed is made once. */
async function withDatabases<Result>(
  fixes: readonly (readonly SwitchName[])[],
  use: (urls: readonly string[]) => Promise<Result>,
): Promise<Result> {
  signal.throwIfAborted();
  const databases = await prepareShopDatabase({ scale, dataDirectory: join(directory, 'data') });
  try {
    const urls: string[] = [];
    for (const names of fixes) urls.push(await databases.databaseFor(new Set(names)));
    return await use(urls);
  } finally {
    await databases.stop();
  }
}

function keep(result: ProvenSin): void {
  const at = proven.findIndex(({ sin }) => sin === result.sin);
  proven.splice(at < 0 ? proven.length : at, at < 0 ? 0 : 1, result);
  const text = resultsText(where, scale, proven);
  mkdirSync(new URL('results/', import.meta.url), { recursive: true });
  writeFileSync(resultFile, `${JSON.stringify({ where, scale, proven }, null, 2)}\n`);
  writeFileSync(new URL('results/results.md', import.meta.url), text);
  process.stdout.write(`${text}\n`);
}

function lastProven(): ProvenSin[] {
  return (JSON.parse(readFileSync(resultFile, 'utf8')) as { proven: ProvenSin[] }).proven;
}
