import type { LoadObjective } from '@amdahl/load';
import { readObjective } from '@amdahl/load/options';
import { defaultObjectives, type Objective, type Objectives } from '../predict/objectives.ts';

/** Objectives as far as they were given. */
export interface GivenObjectives {
  readonly default?: Objective;
  readonly errorShare?: number;
  readonly routes: Readonly<Record<string, Objective>>;
  /** All of them as conditions of a load run, in the order they were given. */
  readonly gates: readonly LoadObjective[];
}

export const noObjectives: GivenObjectives = { routes: {}, gates: [] };

/**
 * Reads objectives: one text, a list of texts, or an object whose keys are `default`, `errors` and
 * names of routes. Undefined when any of them cannot be read.
 *
 * A text is what `readObjective` of `@amdahl/load` takes.
 */
export function readObjectives(given: unknown): GivenObjectives | undefined {
  if (typeof given === 'string') return readText(given);
  if (Array.isArray(given)) return combine(given.map(readObjectives));
  if (typeof given !== 'object' || given === null) return undefined;
  return combine(
    Object.entries(given).map(([name, text]) => {
      if (typeof text !== 'string') return undefined;
      if (name === 'errors') return readText(text.startsWith('errors') ? text : `errors ${text}`);
      return name === 'default' ? readText(text) : readText(`${name}: ${text}`);
    }),
  );
}

/** What was given, in front of what was given with less precedence. */
export function joinObjectives(first: GivenObjectives, second: GivenObjectives): GivenObjectives {
  const known = new Set(first.gates.map(subjectOf));
  return {
    ...second,
    ...first,
    routes: { ...second.routes, ...first.routes },
    gates: [...second.gates.filter((gate) => !known.has(subjectOf(gate))), ...first.gates],
  };
}

/** What an objective limits. */
function subjectOf({ request, figure, window, phase }: LoadObjective): string {
  return JSON.stringify([request, figure, window, phase]);
}

/** What was given, the rest from the defaults. */
export function completeObjectives({
  default: byDefault = defaultObjectives.default,
  errorShare = defaultObjectives.errorShare,
  routes,
}: GivenObjectives): Objectives {
  return { default: byDefault, routes, errorShare };
}

/** Objectives that only a load run can be held to. */
export function gatesOnly(gates: readonly LoadObjective[]): readonly LoadObjective[] {
  return gates.filter((gate) => {
    const { default: byDefault, errorShare, routes } = bandsOf(gate);
    return byDefault === undefined && errorShare === undefined && Object.keys(routes).length === 0;
  });
}

function readText(text: string): GivenObjectives | undefined {
  const objective = readObjective(text);
  return objective && { ...bandsOf(objective), gates: [objective] };
}

/** The part of an objective that colours reports: 95th percentiles and errors of whole runs. */
function bandsOf({
  request,
  figure,
  limit,
  acceptableLimit = limit,
  window,
  phase,
}: LoadObjective): Omit<GivenObjectives, 'gates'> {
  if (window !== undefined || phase !== undefined) return { routes: {} };
  if (figure.kind === 'errors' && request === undefined) return { errorShare: limit, routes: {} };
  if (figure.kind !== 'percentile' || figure.percentile !== 95) return { routes: {} };
  // One threshold leaves no band between good and poor.
  const band = { goodMs: limit, acceptableMs: acceptableLimit };
  return request === undefined ? { default: band, routes: {} } : { routes: { [request]: band } };
}

function combine(parts: readonly (GivenObjectives | undefined)[]): GivenObjectives | undefined {
  let combined = noObjectives;
  for (const part of parts) {
    if (part === undefined) return undefined;
    combined = joinObjectives(part, combined);
  }
  return combined;
}
