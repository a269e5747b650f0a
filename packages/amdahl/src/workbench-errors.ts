import { defineErrors, exitCodes, type ErrorTable } from '@amdahl/metrics';

export type WorkbenchErrorCode =
  | 'AMDAHL_CLI_UNKNOWN_COMMAND'
  | 'AMDAHL_CLI_UNKNOWN_OPTION'
  | 'AMDAHL_CLI_BAD_USAGE'
  | 'AMDAHL_CLI_INTERRUPTED'
  | 'AMDAHL_CLI_CANNOT_WRITE'
  | 'AMDAHL_CLI_UNEXPECTED'
  | 'AMDAHL_CONFIG_NOT_FOUND'
  | 'AMDAHL_CONFIG_UNREADABLE'
  | 'AMDAHL_CONFIG_INVALID'
  | 'AMDAHL_TARGET_PORT_TAKEN'
  | 'AMDAHL_TARGET_NOT_STARTED'
  | 'AMDAHL_TARGET_NOT_READY'
  | 'AMDAHL_TARGET_UNREACHABLE'
  | 'AMDAHL_TARGET_DIED'
  | 'AMDAHL_TARGET_NO_ROUTES'
  | 'AMDAHL_INIT_BAD_SOURCE'
  | 'AMDAHL_INIT_NOTHING_FOUND'
  | 'AMDAHL_INIT_EXISTS'
  | 'AMDAHL_GATHER_FAILED'
  | 'AMDAHL_GATHER_NO_REPLY'
  | 'AMDAHL_RECORDING_NOT_FOUND'
  | 'AMDAHL_RECORDING_EXISTS'
  | 'AMDAHL_RECORDING_NEWER'
  | 'AMDAHL_RECORDING_DAMAGED'
  | 'AMDAHL_RECORDING_NOT_WRITTEN';

/** Error codes of the pipeline: command line, configuration, target, gathering, recording. */
export const workbenchErrors: ErrorTable<WorkbenchErrorCode> = defineErrors({
  AMDAHL_CLI_UNKNOWN_COMMAND: {
    when: 'The first word after `amdahl` names no command.',
    exitCode: exitCodes.usage,
  },
  AMDAHL_CLI_UNKNOWN_OPTION: {
    when: 'A command is given an option it does not have.',
    exitCode: exitCodes.usage,
  },
  AMDAHL_CLI_BAD_USAGE: {
    when: 'A command lacks an argument or option it needs, or one has a value that cannot be read.',
    exitCode: exitCodes.usage,
  },
  AMDAHL_CLI_INTERRUPTED: {
    when: 'The run was ended by Ctrl-C or a termination signal.',
    exitCode: exitCodes.interrupted,
  },
  AMDAHL_CLI_CANNOT_WRITE: {
    when: 'A file asked for with an option such as `--html` cannot be written.',
    exitCode: exitCodes.couldNotMeasure,
  },
  AMDAHL_CLI_UNEXPECTED: {
    when: 'Something failed that no other code covers: a defect in Amdahl.',
    exitCode: exitCodes.couldNotMeasure,
  },
  AMDAHL_CONFIG_NOT_FOUND: {
    when: 'The file given with `--config` does not exist.',
    exitCode: exitCodes.usage,
  },
  AMDAHL_CONFIG_UNREADABLE: {
    when: 'A configuration file cannot be imported: a syntax error, or it throws.',
    exitCode: exitCodes.usage,
  },
  AMDAHL_CONFIG_INVALID: {
    when: 'A configuration file, environment variable or option holds an unknown key or a value of the wrong kind.',
    exitCode: exitCodes.usage,
  },
  AMDAHL_TARGET_PORT_TAKEN: {
    when: "Something already listens where the app should, before the app's command was started.",
    exitCode: exitCodes.couldNotMeasure,
  },
  AMDAHL_TARGET_NOT_STARTED: {
    when: "The app's command could not be started, or ended before it was ready.",
    exitCode: exitCodes.couldNotMeasure,
  },
  AMDAHL_TARGET_NOT_READY: {
    when: 'The app runs but did not answer below status 500 within the ready timeout.',
    exitCode: exitCodes.couldNotMeasure,
  },
  AMDAHL_TARGET_UNREACHABLE: {
    when: 'No `--app` was given and nothing answers at the URL.',
    exitCode: exitCodes.couldNotMeasure,
  },
  AMDAHL_TARGET_DIED: {
    when: 'The app ended by itself while it was being measured.',
    exitCode: exitCodes.couldNotMeasure,
  },
  AMDAHL_TARGET_NO_ROUTES: {
    when: 'No script was given and no route that can be visited was found.',
    exitCode: exitCodes.couldNotMeasure,
  },
  AMDAHL_INIT_BAD_SOURCE: {
    when: 'What a load script is to be written from cannot be read, or is something else.',
    exitCode: exitCodes.usage,
  },
  AMDAHL_INIT_NOTHING_FOUND: {
    when: 'What a load script is to be written from holds no request that can be sent.',
    exitCode: exitCodes.usage,
  },
  AMDAHL_INIT_EXISTS: {
    when: 'The file a load script is to be written to exists.',
    exitCode: exitCodes.usage,
  },
  AMDAHL_GATHER_FAILED: {
    when: 'A gatherer met an error without a code of its own; the run goes on without its artifact.',
    exitCode: exitCodes.couldNotMeasure,
  },
  AMDAHL_GATHER_NO_REPLY: {
    when: 'A request of the workbench itself, outside the load, got no usable reply.',
    exitCode: exitCodes.couldNotMeasure,
  },
  AMDAHL_RECORDING_NOT_FOUND: {
    when: 'The folder given is no recording: it is missing or holds no recording.json.',
    exitCode: exitCodes.usage,
  },
  AMDAHL_RECORDING_EXISTS: {
    when: 'The folder a recording should be written to already holds something.',
    exitCode: exitCodes.usage,
  },
  AMDAHL_RECORDING_NEWER: {
    when: 'The recording was made by a newer Amdahl whose format this one does not know.',
    exitCode: exitCodes.usage,
  },
  AMDAHL_RECORDING_DAMAGED: {
    when: 'A file of the recording is cut off or does not hold what it should.',
    exitCode: exitCodes.couldNotMeasure,
  },
  AMDAHL_RECORDING_NOT_WRITTEN: {
    when: 'The recording cannot be written: the disk is full, or the folder may not be written to.',
    exitCode: exitCodes.couldNotMeasure,
  },
});
