import { defineErrors, exitCodes, type ErrorTable } from '@amdahl/metrics';

export type ExplainErrorCode =
  | 'AMDAHL_EXPLAIN_NO_INPUT'
  | 'AMDAHL_EXPLAIN_SYNTAX'
  | 'AMDAHL_EXPLAIN_NO_DATABASE'
  | 'AMDAHL_EXPLAIN_PARAMETERS'
  | 'AMDAHL_EXPLAIN_NOT_PLANNED'
  | 'AMDAHL_EXPLAIN_NOT_EXECUTED'
  | 'AMDAHL_EXPLAIN_TIMEOUT';

/** Error codes of explaining one statement. */
export const explainErrors: ErrorTable<ExplainErrorCode> = defineErrors({
  AMDAHL_EXPLAIN_NO_INPUT: {
    when: 'What `amdahl sql explain` is to explain is empty, or is a file that cannot be read.',
    exitCode: exitCodes.usage,
  },
  AMDAHL_EXPLAIN_SYNTAX: {
    when: 'The statement to be explained does not parse, or is more than one.',
    exitCode: exitCodes.usage,
  },
  AMDAHL_EXPLAIN_NO_DATABASE: {
    when: 'A statement is to be explained and no database was given to plan it; a plan needs none.',
    exitCode: exitCodes.usage,
  },
  AMDAHL_EXPLAIN_PARAMETERS: {
    when: 'The statement has more or fewer parameters than `--param` gives, or needs values to be executed.',
    exitCode: exitCodes.usage,
  },
  AMDAHL_EXPLAIN_NOT_PLANNED: {
    when: 'The database would not plan the statement: a table is missing, a right, a type does not fit.',
    exitCode: exitCodes.couldNotMeasure,
  },
  AMDAHL_EXPLAIN_NOT_EXECUTED: {
    when: '`--analyze` was given for a statement that is not shown to change nothing.',
    exitCode: exitCodes.usage,
  },
  AMDAHL_EXPLAIN_TIMEOUT: {
    when: 'The statement took longer than `--timeout` while it was executed, and was given up.',
    exitCode: exitCodes.couldNotMeasure,
  },
});
