import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ShopDatabases } from '../src/database/prepare.ts';
import type { SwitchName } from '../src/switches.ts';
import { amdahl, root } from './amdahl-command.ts';
import { fixFor, type Report, type ReportedFinding } from './fixes.ts';
import { freePort } from './free-port.ts';

const shop = fileURLToPath(new URL('..', import.meta.url));
const config = relative(root, join(shop, 'amdahl.config.ts'));

/** Shorter than one would measure in earnest, so that the whole loop takes two minutes. */
const runLoad = ['--warmup', '3s', '--duration', '20s', '--cpu-profile', '3s'];
const sliceLoad = ['--warmup', '1s', '--duration', '3s'];

/**
 * Measures the shop with all its sins, applies the fix that buys most and proves it. Answers with
 * the exit code. Recording and proof go into the folder `out`, relative to the repository's root.
 */
export async function measureAndProve(
  databases: ShopDatabases,
  out: string,
  signal: AbortSignal,
): Promise<number> {
  const recording = join(out, 'run');
  const url = `http://127.0.0.1:${await freePort()}/`;
  const service = ['--config', config, '--url', url];

  headline(2, 'Measuring the shop with all its sins');
  const sinful = await databases.databaseFor(new Set());
  const run = await shown(
    ['run', ...service, ...runLoad, '--db', sinful, '--out', recording],
    { DATABASE_URL: sinful, PORT: new URL(url).port },
    signal,
  );
  signal.throwIfAborted();
  // An objective is missed, which is what the shop is for; anything else went wrong.
  if (run > 1) return run;

  const found = await firstFixable(recording, signal);
  if (found === null) {
    process.stdout.write('\nNone of the findings has a switch in the shop.\n');
    return 3;
  }
  const { finding, fix, route } = found;
  headline(3, `Applying one fix: SHOP_FIX=${fix}`);
  process.stderr.write(`    for ${finding.id}: ${finding.title}\n`);
  const [a, b] = [
    await databases.databaseFor(new Set()),
    await databases.databaseFor(new Set([fix])),
  ];

  headline(4, 'Proving it: A as it was, B with the fix');
  const sideA = ['--a-env', 'SHOP_FIX=', '--a-env', `DATABASE_URL=${a}`];
  const sideB = ['--b-env', `SHOP_FIX=${fix}`, '--b-env', `DATABASE_URL=${b}`];
  const prediction = ['--recording', recording, '--finding', finding.id];
  const focus = route === null ? [] : ['--route', route];
  const proof = await shown(
    [
      'prove',
      ...service,
      ...sliceLoad,
      ...sideA,
      ...sideB,
      ...focus,
      ...prediction,
      '--out',
      join(out, 'proof'),
    ],
    { PORT: new URL(url).port },
    signal,
  );
  signal.throwIfAborted();
  process.stdout.write(
    `\nReport  ${join(recording, 'report.html')}\nProof   ${join(out, 'proof', 'proof.html')}\n`,
  );
  return proof;
}

interface FixableFinding {
  readonly finding: ReportedFinding;
  readonly fix: SwitchName;
  /** The route it helps most, as the load names it. */
  readonly route: string | null;
}

/** The best ranked finding whose fix has a switch in the shop. */
async function firstFixable(
  recording: string,
  signal: AbortSignal,
): Promise<FixableFinding | null> {
  const { stdout } = await amdahl({
    arguments: ['report', recording, '--json'],
    output: 'returned',
    signal,
  });
  const { findings, routes } = JSON.parse(stdout) as Report;
  for (const finding of findings) {
    const fix = fixFor(finding);
    if (fix === null) continue;
    const weighted = finding.prediction.gains.map(({ route, gainMs }) => {
      const share = routes.find((each) => each.route === route)?.requestShare ?? 0;
      return { route, boughtMs: gainMs.mid * share };
    });
    const best = weighted.sort((one, other) => other.boughtMs - one.boughtMs)[0];
    return { finding, fix, route: best !== undefined && best.boughtMs > 0 ? best.route : null };
  }
  return null;
}

/** Runs a command with its output shown, the command line itself first. */
async function shown(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<number> {
  const said = words.map((word) => (/^[\w./:=@-]+$/.test(word) ? word : `'${word}'`));
  process.stderr.write(`    npx amdahl ${said.join(' ')}\n\n`);
  const { exitCode } = await amdahl({ arguments: words, environment, output: 'shown', signal });
  return exitCode;
}

function headline(number: number, text: string): void {
  process.stderr.write(`\n${number}/4 ${text}\n`);
}
