import { defineErrors, exitCodes, type ErrorTable } from '@amdahl/metrics';

export type LoadErrorCode =
  | 'AMDAHL_LOAD_TARGET_UNREACHABLE'
  | 'AMDAHL_LOAD_BAD_SCRIPT'
  | 'AMDAHL_LOAD_BAD_DATA'
  | 'AMDAHL_LOAD_FEEDER_EMPTY'
  | 'AMDAHL_LOAD_HOOK_FAILED'
  | 'AMDAHL_LOAD_BAD_PROFILE'
  | 'AMDAHL_LOAD_BAD_OPTIONS'
  | 'AMDAHL_LOAD_BAD_REQUEST'
  | 'AMDAHL_LOAD_WORKER_BLOCKED'
  | 'AMDAHL_LOAD_WORKER_DIED'
  | 'AMDAHL_LOAD_REDIS_UNREACHABLE'
  | 'AMDAHL_LOAD_REDIS_REFUSED'
  | 'AMDAHL_LOAD_TOO_FEW_MACHINES'
  | 'AMDAHL_LOAD_VERSION_MISMATCH'
  | 'AMDAHL_LOAD_MACHINE_SILENT';

/** Error codes of `@amdahl/load`. */
export const loadErrors: ErrorTable<LoadErrorCode> = defineErrors({
  AMDAHL_LOAD_TARGET_UNREACHABLE: {
    when: 'No connection to the target can be opened before the run starts.',
    exitCode: exitCodes.couldNotMeasure,
  },
  AMDAHL_LOAD_BAD_SCRIPT: {
    when: 'A load script cannot be imported, or its default export describes no users with tasks.',
    exitCode: exitCodes.usage,
  },
  AMDAHL_LOAD_BAD_DATA: {
    when: 'A feeder has no rows, or its file cannot be read.',
    exitCode: exitCodes.usage,
  },
  AMDAHL_LOAD_FEEDER_EMPTY: {
    when: 'A task asks a feeder of unique rows for one more than it has.',
    exitCode: exitCodes.couldNotMeasure,
  },
  AMDAHL_LOAD_HOOK_FAILED: {
    when: 'The setup or teardown of a load script throws, returns no plain data or does not end.',
    exitCode: exitCodes.couldNotMeasure,
  },
  AMDAHL_LOAD_BAD_PROFILE: {
    when: 'A load profile holds no users, no arrivals, or a duration that is none.',
    exitCode: exitCodes.usage,
  },
  AMDAHL_LOAD_BAD_OPTIONS: {
    when: 'A base URL, a number of workers or a list of requests cannot be used for a run.',
    exitCode: exitCodes.usage,
  },
  AMDAHL_LOAD_BAD_REQUEST: {
    when: 'A task asks for a request that cannot be sent: another origin, or a line break in a header.',
    exitCode: exitCodes.usage,
  },
  AMDAHL_LOAD_WORKER_BLOCKED: {
    when: 'A task keeps its worker thread busy without ever awaiting.',
    exitCode: exitCodes.couldNotMeasure,
  },
  AMDAHL_LOAD_WORKER_DIED: {
    when: 'A worker thread ends before its share of the run is done.',
    exitCode: exitCodes.couldNotMeasure,
  },
  AMDAHL_LOAD_REDIS_UNREACHABLE: {
    when: 'No connection to the Redis over which the machines of a run meet can be opened.',
    exitCode: exitCodes.couldNotMeasure,
  },
  AMDAHL_LOAD_REDIS_REFUSED: {
    when: 'Redis refuses the user, the password or the database of its URL.',
    exitCode: exitCodes.usage,
  },
  AMDAHL_LOAD_TOO_FEW_MACHINES: {
    when: 'Fewer workers than a run asks for are ready in time.',
    exitCode: exitCodes.couldNotMeasure,
  },
  AMDAHL_LOAD_VERSION_MISMATCH: {
    when: 'A worker is of another version than the machine that leads the run.',
    exitCode: exitCodes.couldNotMeasure,
  },
  AMDAHL_LOAD_MACHINE_SILENT: {
    when: 'Nothing is heard of a worker on another machine any more.',
    exitCode: exitCodes.couldNotMeasure,
  },
});
