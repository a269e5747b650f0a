import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Random } from '@amdahl/metrics';
import { parse as parseCsv } from 'csv-parse/sync';
import { messageOf } from '../error-place.ts';
import { loadErrors } from '../load-errors.ts';
import { placement } from './placement.ts';

/** Rows of data for the users of a run. */
export interface Feeder<Row> {
  /**
   * The next row, of which no other user, worker or machine is given the same: each row once, or in
   * a circle, or drawn by the user's own seeded randomness.
   *
   * @throws `AMDAHL_LOAD_FEEDER_EMPTY` when each row was given out once. In the closed model the user
   * who asks stops there, and the others go on.
   */
  next(user: { readonly random: Random }): Row;
}

export interface FeederOptions {
  /**
   * `unique`: each row once in the whole run. `circular`: from the first again after the last.
   * `random`: any row at any time. @default 'circular'
   */
  readonly mode?: 'unique' | 'circular' | 'random';
}

/**
 * Feeders of data. Paths are relative to the folder of the script. Workers and machines share the
 * rows without overlap, since each takes every n-th.
 */
export const feeder: {
  /** Rows of a CSV file with a header, as texts by column. @throws `AMDAHL_LOAD_BAD_DATA` */
  csv(file: string, options?: FeederOptions): Feeder<Readonly<Record<string, string>>>;
  /** Items of an array in a JSON file. @throws `AMDAHL_LOAD_BAD_DATA` */
  json<Row>(file: string, options?: FeederOptions): Feeder<Row>;
  /** Rows written in the script. @throws `AMDAHL_LOAD_BAD_DATA` */
  rows<Row>(rows: readonly Row[], options?: FeederOptions): Feeder<Row>;
  /** Rows made as they are needed, from a number that is given out once in the whole run. */
  generate<Row>(make: (index: number) => Row): Feeder<Row>;
} = {
  csv: (file, options) => new RowFeeder(readCsv(file), file, options),
  json: <Row>(file: string, options?: FeederOptions) =>
    new RowFeeder(readJson(file) as readonly Row[], file, options),
  rows: (rows, options) => new RowFeeder(rows, 'rows of the script', options),
  generate: (make) => {
    const { share } = placement();
    let given = 0;
    return {
      next: () => {
        const index = share.index + given * share.of;
        given += 1;
        return make(index);
      },
    };
  },
};

class RowFeeder<Row> implements Feeder<Row> {
  readonly #rows: readonly Row[];
  readonly #name: string;
  readonly #mode: 'unique' | 'circular' | 'random';
  readonly #share = placement().share;
  #given = 0;

  constructor(rows: readonly Row[], name: string, { mode = 'circular' }: FeederOptions = {}) {
    if (!['unique', 'circular', 'random'].includes(mode)) {
      throw bad(`mode 'unique', 'circular' or 'random' for ${name}`, JSON.stringify(mode));
    }
    if (rows.length === 0) throw bad(`at least one row in ${name}`, 'none');
    this.#rows = rows;
    this.#name = name;
    this.#mode = mode;
  }

  next({ random }: { readonly random: Random }): Row {
    const { length } = this.#rows;
    if (this.#mode === 'random') return this.#rows[Math.floor(random.next() * length)] as Row;
    const place = this.#share.index + this.#given * this.#share.of;
    if (this.#mode === 'unique' && place >= length) {
      throw loadErrors.create('AMDAHL_LOAD_FEEDER_EMPTY', {
        expected: `another row in ${this.#name}`,
        found: `that each of its ${length} rows was given out`,
        next: "Give it more rows, take mode 'circular', or run for a shorter time.",
      });
    }
    this.#given += 1;
    return this.#rows[place % length] as Row;
  }
}

function readCsv(file: string): readonly Readonly<Record<string, string>>[] {
  const text = readText(file);
  try {
    return parseCsv(text, { columns: true, bom: true, trim: true, skip_empty_lines: true });
  } catch (cause) {
    throw bad(`rows of comma-separated values in ${file}`, messageOf(cause), cause);
  }
}

function readJson(file: string): readonly unknown[] {
  let rows: unknown;
  try {
    rows = JSON.parse(readText(file));
  } catch (cause) {
    if (cause instanceof SyntaxError) throw bad(`JSON in ${file}`, messageOf(cause), cause);
    throw cause;
  }
  if (Array.isArray(rows)) return rows;
  throw bad(`an array in ${file}`, typeof rows);
}

function readText(file: string): string {
  try {
    return readFileSync(resolve(placement().folder, file), 'utf8');
  } catch (cause) {
    throw bad(`a file of data that can be read`, messageOf(cause), cause);
  }
}

function bad(expected: string, found: string, cause?: unknown): Error {
  return loadErrors.create('AMDAHL_LOAD_BAD_DATA', {
    expected,
    found,
    next: 'Correct the data, or the feeder in the script.',
    cause,
  });
}
