/**
 * Coded errors. Every package keeps one table of its codes; an error is made from its table, so
 * that the documentation page of error codes can be generated and held against the code.
 *
 * Match on `error.code`, not on `instanceof`: copies of a package multiply in real trees.
 */

/** Exit codes of the command line: what a coded error means to a script that called it. */
export const exitCodes = {
  ok: 0,
  objectiveMissed: 1,
  usage: 2,
  couldNotMeasure: 3,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** One row of an error table. */
export interface ErrorDefinition {
  /** When the error is thrown, as a sentence for the reference page. */
  readonly when: string;
  /** Exit code the command line ends with when this error reaches it. */
  readonly exitCode: ExitCode;
}

/** What the person who meets the error reads. Values belong in the text: name the wrong one. */
export interface ErrorMessage {
  /** What was expected, without a full stop: `a duration such as 30s or 5m`. */
  readonly expected: string;
  /** What was found instead: `"-5s"`. */
  readonly found: string;
  /** The next step, as an imperative sentence: `Give --duration a positive value.` */
  readonly next: string;
  readonly cause?: unknown;
  /** Typed fields for programs: file, line, pid, url and the like. Plain JSON values. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The one error base of the house. Survives JSON through `toJSON` and `fromJSON`. */
export class AmdahlError extends Error {
  override readonly name: string = 'AmdahlError';
  readonly code: string;
  readonly exitCode: ExitCode;
  readonly expected: string;
  readonly found: string;
  readonly next: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: string, exitCode: ExitCode, message: ErrorMessage) {
    super(
      `Expected ${message.expected}; found ${message.found}. ${message.next}`,
      message.cause === undefined ? {} : { cause: message.cause },
    );
    this.code = code;
    this.exitCode = exitCode;
    this.expected = message.expected;
    this.found = message.found;
    this.next = message.next;
    this.details = message.details ?? {};
  }

  toJSON(): SerialisedError {
    return {
      code: this.code,
      exitCode: this.exitCode,
      message: this.message,
      expected: this.expected,
      found: this.found,
      next: this.next,
      details: this.details,
    };
  }

  static fromJSON(json: SerialisedError): AmdahlError {
    return new AmdahlError(json.code, json.exitCode, json);
  }
}

/** An error as it lies in a recording. */
export interface SerialisedError {
  readonly code: string;
  readonly exitCode: ExitCode;
  readonly message: string;
  readonly expected: string;
  readonly found: string;
  readonly next: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** A package's table of codes and the only way to make its errors. */
export interface ErrorTable<Code extends string> {
  readonly definitions: Readonly<Record<Code, ErrorDefinition>>;
  /** Makes (does not throw) the error with this code. */
  create(code: Code, message: ErrorMessage): AmdahlError;
}

/** Declares a package's error codes, `AMDAHL_<PACKAGE>_<WHAT>`. */
export function defineErrors<Code extends string>(
  definitions: Readonly<Record<Code, ErrorDefinition>>,
): ErrorTable<Code> {
  return {
    definitions,
    create: (code, message) => new AmdahlError(code, definitions[code].exitCode, message),
  };
}

/** Whether a caught value is a coded error of this house, whichever copy of the package made it. */
export function isAmdahlError(value: unknown): value is AmdahlError {
  return (
    value instanceof Error &&
    typeof (value as { code?: unknown }).code === 'string' &&
    (value as unknown as { code: string }).code.startsWith('AMDAHL_')
  );
}
