import { isAmdahlError, type SerialisedError } from '@amdahl/metrics';
import type { LoadProgress } from '@amdahl/load';
import { withoutPasswords } from '../artifacts/recorded-options.ts';
import { amdahlVersion } from '../version.ts';
import { compareSlices } from './compare.ts';
import { measureSlice, type SideOptions, type SliceOptions } from './measure-slice.ts';
import { proveErrors } from './prove-errors.ts';
import { planSlices, type PlannedSlice } from './schedule.ts';
import {
  proofSchemaVersion,
  type PredictedGain,
  type Proof,
  type Side,
  type SideDescription,
  type Slice,
} from './proof.ts';

/** Rounds when nothing else is asked for: two may turn out void and an interval remains. */
export const defaultRounds = 8;

/** What counts as the same when nothing else is asked for, as a share of the response time. */
export const defaultMargin = 0.05;

export interface ProveOptions extends SliceOptions {
  readonly sides: Readonly<Record<Side, SideOptions>>;
  /** File of the load script; null when the routes were found or listed. */
  readonly script: string | null;
  readonly rounds: number;
  /** Distance of B/A from 1 that still counts as the same, 0..1. */
  readonly margin: number;
  /** The route the experiment is about, `GET /orders/:id`; null for the whole load. */
  readonly focus: string | null;
  /** To be shown beside the proof. */
  readonly prediction: PredictedGain | null;
  /** Ends the experiment; finished rounds are answered. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ProveProgress) => void;
  readonly onSlice?: (slice: Slice) => void;
}

export interface ProveProgress {
  readonly planned: PlannedSlice;
  readonly rounds: number;
  /** Null while the side starts. */
  readonly load: LoadProgress | null;
}

/**
 * Measures A against B: slices of the same load, one of each side a round, in seeded mirrored
 * order. The number of rounds is fixed beforehand: stopping as soon as the answer looks clear
 * would make chance findings far more likely than the 5 % the test promises (Armitage, McPherson
 * and Rowe, "Repeated significance tests on accumulating data", 1969).
 *
 * An experiment that breaks after its first round ends there, with the problem in the proof.
 *
 * @throws AMDAHL_PROVE_BAD_OPTION, AMDAHL_PROVE_UNKNOWN_ROUTE, and whatever keeps the first round
 *   from being measured
 */
export async function prove(options: ProveOptions): Promise<Proof> {
  const { rounds, margin, focus } = options;
  requireUsable(rounds, margin);
  const signal = options.signal ?? new AbortController().signal;
  const scenario = once((url: string) => options.scenario(url));
  const slices: Slice[] = [];
  let problem: SerialisedError | null = null;
  const provedAt = new Date().toISOString();
  for (const planned of planSlices(rounds, options.seed)) {
    if (signal.aborted) break;
    try {
      options.onProgress?.({ planned, rounds, load: null });
      const slice = await measureSlice(
        planned,
        options.sides[planned.side],
        { ...options, scenario },
        signal,
        (load) => options.onProgress?.({ planned, rounds, load }),
      );
      slices.push(slice);
      options.onSlice?.(slice);
    } catch (error) {
      if (signal.aborted) break;
      if (slices.length < 2 || !isAmdahlError(error)) throw error;
      problem = error.toJSON();
      break;
    }
    if (focus !== null && slices.length === 2) requireVisited(focus, slices);
  }
  return {
    schemaVersion: proofSchemaVersion,
    amdahlVersion,
    provedAt,
    sides: { a: describe(options.sides.a), b: describe(options.sides.b) },
    profile: options.profile,
    script: options.script,
    seed: options.seed,
    margin,
    focus,
    plannedRounds: rounds,
    interrupted: signal.aborted,
    problem,
    slices,
    ...compareSlices(slices, { margin, seed: options.seed, focus }),
    prediction: options.prediction,
  };
}

function requireUsable(rounds: number, margin: number): void {
  if (!(Number.isInteger(rounds) && rounds >= 1)) {
    throw proveErrors.create('AMDAHL_PROVE_BAD_OPTION', {
      expected: 'a whole number of rounds, six or more for an answer',
      found: String(rounds),
      next: `Leave --rounds out for ${defaultRounds}.`,
    });
  }
  if (!(margin > 0 && margin < 1)) {
    throw proveErrors.create('AMDAHL_PROVE_BAD_OPTION', {
      expected: 'a margin above 0 % and below 100 %',
      found: `${margin * 100} %`,
      next: `Leave --margin out for ${defaultMargin * 100} %.`,
    });
  }
}

function requireVisited(route: string, slices: readonly Slice[]): void {
  const visited = new Set(slices.flatMap((slice) => Object.keys(slice.routes)));
  if (visited.has(route)) return;
  throw proveErrors.create('AMDAHL_PROVE_UNKNOWN_ROUTE', {
    expected: `--route to name a route the load visits: ${[...visited].join(', ')}`,
    found: `"${route}"`,
    next: 'Give one of them, method included.',
    details: { route, visited: [...visited] },
  });
}

function describe(side: SideOptions): SideDescription {
  return {
    command: side.command === null ? null : withoutPasswords(side.command),
    env: Object.fromEntries(
      Object.entries(side.env).map(([name, value]) => [
        name,
        /pass|secret|token|key|credential/i.test(name) ? '***' : withoutPasswords(value),
      ]),
    ),
    url: withoutPasswords(side.url),
  };
}

/** Asks once and remembers the answer; a failure is not remembered. */
function once<Argument, Value>(
  ask: (argument: Argument) => Promise<Value>,
): (argument: Argument) => Promise<Value> {
  let answer: { readonly value: Value } | undefined;
  return async (argument) => (answer ??= { value: await ask(argument) }).value;
}
