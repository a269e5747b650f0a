import { workbenchErrors } from '../workbench-errors.ts';
import type { ValueKind } from './value-kinds.ts';

/** Where a value came from, for the error that says it is wrong. */
export interface ValueSource {
  /** `--users`, `AMDAHL_USERS`, `users`. */
  readonly key: string;
  /** The configuration file; null for flags and environment variables. */
  readonly file: string | null;
}

/**
 * Reads a value.
 *
 * @throws AMDAHL_CONFIG_INVALID naming the key, the value and what was expected
 */
export function readValue<Value>(
  kind: ValueKind<Value>,
  given: unknown,
  source: ValueSource,
): Value {
  const value = kind.read(given);
  if (value === undefined) throw invalidValue(kind.expected, given, source);
  return value;
}

/** The error for a value that is not what its key takes. */
export function invalidValue(expected: string, given: unknown, source: ValueSource): Error {
  return workbenchErrors.create('AMDAHL_CONFIG_INVALID', {
    expected: `${source.key} to be ${expected}`,
    found: shown(given),
    next:
      source.file === null ? `Change ${source.key}.` : `Change "${source.key}" in ${source.file}.`,
    details: { key: source.key, file: source.file, value: shown(given) },
  });
}

const maxShownLength = 200;

function shown(given: unknown): string {
  const text =
    typeof given === 'function' ? 'a function' : (JSON.stringify(given) ?? String(given));
  return text.length > maxShownLength ? `${text.slice(0, maxShownLength)}…` : text;
}
