import { expect, test } from 'vitest';
import {
  AmdahlError,
  defineErrors,
  exitCodes,
  isAmdahlError,
  metricsErrors,
  type SerialisedError,
} from '../src/index.ts';

const errors = defineErrors({
  AMDAHL_TEST_PORT_TAKEN: { when: 'The port is taken.', exitCode: exitCodes.couldNotMeasure },
});
const cause = new Error('EADDRINUSE');
const error = errors.create('AMDAHL_TEST_PORT_TAKEN', {
  expected: 'port 3000 to be free',
  found: 'pid 42 listening on it',
  next: 'Stop it, or give --port another one.',
  cause,
  details: { port: 3_000, pid: 42 },
});

test('the message says what was expected, what was found and the next step', () => {
  expect(error.message).toBe(
    'Expected port 3000 to be free; found pid 42 listening on it. Stop it, or give --port another one.',
  );
  expect(error.code).toBe('AMDAHL_TEST_PORT_TAKEN');
  expect(error.exitCode).toBe(3);
  expect(error.cause).toBe(cause);
  expect(error).toBeInstanceOf(Error);
});

test('an error survives JSON, but for its cause', () => {
  const json = JSON.stringify(error);
  const revived = AmdahlError.fromJSON(JSON.parse(json) as SerialisedError);
  expect(revived.message).toBe(error.message);
  expect(revived.code).toBe(error.code);
  expect(revived.exitCode).toBe(error.exitCode);
  expect(revived.details).toEqual({ port: 3_000, pid: 42 });
  expect(revived.cause).toBeUndefined();
  expect(JSON.stringify(revived)).toBe(json);
});

test('an error is known by its code, whichever copy of the package made it', () => {
  expect(isAmdahlError(error)).toBe(true);
  expect(isAmdahlError(Object.assign(new Error('x'), { code: 'AMDAHL_OTHER' }))).toBe(true);
  expect(isAmdahlError(Object.assign(new Error('x'), { code: 'ENOENT' }))).toBe(false);
  expect(isAmdahlError(new Error('x'))).toBe(false);
  expect(isAmdahlError({ code: 'AMDAHL_OTHER' })).toBe(false);
  expect(isAmdahlError(null)).toBe(false);
});

test('every code of this package says when it is thrown', () => {
  for (const [code, definition] of Object.entries(metricsErrors.definitions)) {
    expect(code).toMatch(/^AMDAHL_METRICS_[A-Z_]+$/);
    expect(definition.when).toMatch(/^[A-Z].*\.$/);
  }
});
