import { resolve } from 'node:path';
import { formatMs, type ExitCode } from '@amdahl/metrics';
import type { LoadProfile, LoadScenario } from '@amdahl/load';
import type { Route } from '../artifacts/routes.ts';
import { discoverRoutes } from '../gather/discovery/discover-routes.ts';
import { scenarioOf, steadyProfile } from '../gather/load.ts';
import { exitCodeOf } from '../prove/headline.ts';
import { predictedGain } from '../prove/predicted-gain.ts';
import { createProofFolder, discardIfEmpty, saveProof } from '../prove/proof-folder.ts';
import { defaultMargin, defaultRounds, prove, type ProveProgress } from '../prove/prove.ts';
import { proveErrors } from '../prove/prove-errors.ts';
import type { PredictedGain, Slice } from '../prove/proof.ts';
import { renderProofTerminal } from '../prove/render-terminal.ts';
import { sidesOf } from '../prove/sides.ts';
import { analyse } from '../report/analyse.ts';
import { readVariables, resolveRunOptions } from '../resolve-options.ts';
import type { RunOptions } from '../run-options.ts';
import type { Invocation } from './command.ts';
import { interruptible } from './interrupt.ts';
import type { OptionValues } from './options.ts';
import { createProgressView, describeLoad, hasColours } from './progress-view.ts';

/** Length of a slice, and of the load before it that does not count, when nothing else is said. */
const sliceMs = 5_000;
const warmupMs = 2_000;

/** Measures A against B and shows the proof, of the finished rounds when it was interrupted. */
export async function proveAction({ options: flags, terminal }: Invocation): Promise<ExitCode> {
  const { stdout, stderr, environment, cwd } = terminal;
  const url = flags.aUrl === undefined ? {} : { url: flags.aUrl };
  const options = await resolveRunOptions(
    { ...flags, ...url },
    { ...terminal, epochMs: Date.now() },
  );
  const sides = sidesOf(flags, options);
  const prediction = await predictionOf(flags, cwd);
  await createProofFolder(options.out);
  const view = createProgressView(stderr);
  const proof = await interruptible(
    (signal) =>
      prove({
        ...options,
        sides,
        profile: sliceProfile(options.profile, { ...readVariables(environment), ...flags }),
        rounds: flags.rounds ?? defaultRounds,
        margin: flags.margin ?? defaultMargin,
        focus: flags.route ?? null,
        prediction,
        scenario: (sideUrl) => scenario(options, flags.visit ?? [], sideUrl, signal),
        signal,
        onProgress: (progress) => {
          view.phase(describePhase(progress));
          if (progress.load !== null) view.status(describeLoad(progress.load));
        },
        onSlice: (slice) => view.note(describeSlice(slice)),
      }),
    () => view.note('Stopping. Finished rounds are kept; once more to stop at once.'),
  )
    .finally(() => view.end())
    .catch(async (error: unknown) => {
      await discardIfEmpty(options.out);
      throw error;
    });
  stdout.write(
    flags.json === true
      ? `${JSON.stringify(proof, null, 2)}\n`
      : renderProofTerminal(proof, { colour: hasColours(stdout) }),
  );
  const page = await saveProof(options.out, proof);
  if (flags.json !== true) stdout.write(`\nProof: ${page}\n`);
  return exitCodeOf(proof);
}

/** The users and arrivals of a run, for the length of a slice. */
function sliceProfile(profile: LoadProfile, { duration, warmup }: OptionValues): LoadProfile {
  return { ...steadyProfile(profile, duration ?? sliceMs), warmup: warmup ?? warmupMs };
}

/** The script, the paths listed, or what is found from the first page of the side that runs first. */
async function scenario(
  options: RunOptions,
  visit: readonly string[],
  url: string,
  signal: AbortSignal,
): Promise<LoadScenario> {
  if (visit.length > 0) {
    const routes = visit.map((path): Route => {
      return {
        name: `GET ${path}`,
        method: 'GET',
        pattern: path,
        examples: [path],
        foundBy: 'option',
      };
    });
    return scenarioOf(null, routes, url);
  }
  if (options.script !== null) return scenarioOf(options.script, [], url);
  const { routes } = await discoverRoutes({
    url: new URL(new URL(options.url).pathname, url).href,
    exclude: options.exclude,
    signal,
    report: () => undefined,
    frameworkPatterns: () => Promise.resolve([]),
  });
  return scenarioOf(null, routes, url);
}

/** @throws AMDAHL_PROVE_UNKNOWN_FINDING, AMDAHL_PROVE_BAD_OPTION, AMDAHL_RECORDING_* */
async function predictionOf(
  { recording, finding }: OptionValues,
  cwd: string,
): Promise<PredictedGain | null> {
  if (recording === undefined && finding === undefined) return null;
  if (recording === undefined || finding === undefined) {
    throw proveErrors.create('AMDAHL_PROVE_BAD_OPTION', {
      expected: '--recording and --finding together',
      found: `only ${recording === undefined ? '--finding' : '--recording'}`,
      next: 'Give both to see the prediction beside the proof, or neither.',
    });
  }
  return predictedGain(await analyse(resolve(cwd, recording)), finding);
}

function describePhase({ planned, rounds }: ProveProgress): string {
  return `round ${planned.round + 1} of ${rounds} · ${planned.side.toUpperCase()}`;
}

/** `round 3 · B · 41 ms on average over 310 requests`, or that it is void. */
function describeSlice({ side, round, total, verdict }: Slice): string {
  const figures =
    verdict.kind === 'void'
      ? `void: ${verdict.reasons[0]?.message ?? ''}`
      : `${formatMs(total.meanMs)} on average over ${total.count} requests`;
  return `round ${round + 1} · ${side.toUpperCase()} · ${figures}`;
}
