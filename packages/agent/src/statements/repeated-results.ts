import { hashNumber } from './hash.ts';
import { hashParameters } from './parameters.ts';

/** Parameter lists remembered a shape, a power of two; one that maps to a taken place replaces it. */
const places = 64;
/** Executions of a shape whose result is always looked at; after them one in `sampleEvery`. */
const alwaysSampled = 32;
const sampleEvery = 16;
/** Rows of a result that its digest looks at, their number apart. */
const digestedRows = 8;

/** A number that equal results share. */
export function digestOf(rows: readonly unknown[], rowCount: number): number {
  return hashNumber(hashParameters(rows.slice(0, digestedRows)), rowCount);
}

/** Outcomes of a comparison. */
export const comparison = { none: 0, same: 1, different: 2 } as const;
export type Comparison = (typeof comparison)[keyof typeof comparison];

/**
 * Tells whether a statement with the same parameters had the same rows as the last time it was
 * looked at. A sample of the executions is compared, so a change and a change back in between go
 * unseen.
 */
export class RepeatedResults {
  readonly #parameters = new Uint32Array(places);
  readonly #digests = new Uint32Array(places);
  readonly #taken = new Uint8Array(places);
  #seen = 0;

  /** Whether to look at the rows of the execution that begins. */
  sample(): boolean {
    this.#seen += 1;
    return this.#seen <= alwaysSampled || this.#seen % sampleEvery === 0;
  }

  compare(parametersHash: number, digest: number): Comparison {
    const place = (parametersHash ^ (parametersHash >>> 16)) & (places - 1);
    const known = this.#taken[place] === 1 && this.#parameters[place] === parametersHash;
    const same = known && this.#digests[place] === digest;
    this.#taken[place] = 1;
    this.#parameters[place] = parametersHash;
    this.#digests[place] = digest;
    if (!known) return comparison.none;
    return same ? comparison.same : comparison.different;
  }
}
