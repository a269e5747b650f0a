import { durationMs } from '@amdahl/metrics';
import { defaultObjectives, type Objective, type Objectives } from '../predict/objectives.ts';

/** Objectives as far as they were given. */
export interface GivenObjectives {
  readonly default?: Objective;
  readonly errorShare?: number;
  readonly routes: Readonly<Record<string, Objective>>;
}

/**
 * Reads objectives: one text, a list of texts, or an object whose keys are `default`, `errors` and
 * names of routes. Undefined when any of them cannot be read.
 *
 * A text is `p95 < 200ms`, with an optional wider band `, acceptable < 500ms`; or `errors < 1%`.
 * A route's name and a colon may stand before it: `GET /products/:id: p95 < 80ms`.
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
  return { ...second, ...first, routes: { ...second.routes, ...first.routes } };
}

/** What was given, the rest from the defaults. */
export function completeObjectives(given: GivenObjectives): Objectives {
  return { ...defaultObjectives, ...given };
}

function readText(text: string): GivenObjectives | undefined {
  const errors = /^errors\s*<\s*(\d+(?:\.\d+)?)\s*%$/.exec(text.trim());
  if (errors !== null) {
    const errorShare = Number(errors[1]) / 100;
    return errorShare <= 1 ? { errorShare, routes: {} } : undefined;
  }
  // A route holds colons itself: the last one that `p95` follows is the separator.
  const named = /^(?:(\S+ \S+)\s*:\s*)?(p95.*)$/.exec(text.trim());
  const objective = readObjective(named?.[2] ?? '');
  if (objective === null) return undefined;
  const route = named?.[1];
  return route === undefined
    ? { default: objective, routes: {} }
    : { routes: { [route]: objective } };
}

/** One threshold leaves no band between good and poor. */
function readObjective(text: string): Objective | null {
  const match = /^p95\s*<\s*([\w.]+)(?:\s*,\s*acceptable\s*<\s*([\w.]+))?$/.exec(text);
  if (match === null) return null;
  try {
    const goodMs = durationMs(match[1] as string);
    const acceptableMs = durationMs(match[2] ?? (match[1] as string));
    return goodMs > 0 && acceptableMs >= goodMs ? { goodMs, acceptableMs } : null;
  } catch {
    return null;
  }
}

function combine(parts: readonly (GivenObjectives | undefined)[]): GivenObjectives | undefined {
  let combined: GivenObjectives = { routes: {} };
  for (const part of parts) {
    if (part === undefined) return undefined;
    combined = joinObjectives(part, combined);
  }
  return combined;
}
