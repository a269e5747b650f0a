import { defineErrors, exitCodes, type ErrorTable } from '@amdahl/metrics';

export type LabErrorCode =
  | 'AMDAHL_LAB_NO_BINARIES'
  | 'AMDAHL_LAB_NO_USER'
  | 'AMDAHL_LAB_INITDB_FAILED'
  | 'AMDAHL_LAB_START_FAILED';

/** Error codes of the embedded PostgreSQL and the database lab. */
export const labErrors: ErrorTable<LabErrorCode> = defineErrors({
  AMDAHL_LAB_NO_BINARIES: {
    when: 'The embedded PostgreSQL has no binaries for this platform, or they were not installed.',
    exitCode: exitCodes.couldNotMeasure,
  },
  AMDAHL_LAB_NO_USER: {
    when: 'Amdahl runs as root, and there is no other user PostgreSQL could run as.',
    exitCode: exitCodes.couldNotMeasure,
  },
  AMDAHL_LAB_INITDB_FAILED: {
    when: 'A data directory could not be created for the embedded PostgreSQL.',
    exitCode: exitCodes.couldNotMeasure,
  },
  AMDAHL_LAB_START_FAILED: {
    when: 'The embedded PostgreSQL did not come up.',
    exitCode: exitCodes.couldNotMeasure,
  },
});
