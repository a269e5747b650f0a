import { expect } from 'vitest';
import type { AmdahlError } from '../src/index.ts';

/** Matches the coded error, for `toThrow`; with more of its fields if they are given. */
export function coded(
  code: string,
  fields: Partial<Record<keyof AmdahlError, unknown>> = {},
): Error {
  return expect.objectContaining({ code, ...fields }) as Error;
}
