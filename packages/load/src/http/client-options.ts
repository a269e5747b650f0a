import { loadErrors } from '../load-errors.ts';

/** More than any browser follows: 20 in the Fetch standard. */
const mostRedirects = 100;

/** How all users of a run speak HTTP. Plain values, so that it crosses threads. */
export interface ClientOptions {
  /** Redirects a script's request follows at most unless it says otherwise. */
  readonly redirects: number;
}

/** @throws `AMDAHL_LOAD_BAD_OPTIONS` when one of them is out of range. */
export function clientOptionsOf(given: Partial<ClientOptions>): ClientOptions {
  const { redirects = 0 } = given;
  if (!(Number.isInteger(redirects) && redirects >= 0 && redirects <= mostRedirects)) {
    throw bad(`a whole number of redirects from 0 to ${mostRedirects}`, redirects);
  }
  return { redirects };
}

function bad(expected: string, found: unknown): Error {
  return loadErrors.create('AMDAHL_LOAD_BAD_OPTIONS', {
    expected,
    found: String(found),
    next: 'Correct the options of the run.',
  });
}
