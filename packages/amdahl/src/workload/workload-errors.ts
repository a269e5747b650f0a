import { defineErrors, exitCodes, type ErrorTable } from '@amdahl/metrics';

export type WorkloadErrorCode =
  | 'AMDAHL_WORKLOAD_VIEW_MISSING'
  | 'AMDAHL_WORKLOAD_VIEW_NOT_LOADED'
  | 'AMDAHL_WORKLOAD_VIEW_EMPTY'
  | 'AMDAHL_WORKLOAD_TEXTS_HIDDEN'
  | 'AMDAHL_WORKLOAD_FILE_UNREADABLE'
  | 'AMDAHL_WORKLOAD_NO_SQL_FILES'
  | 'AMDAHL_WORKLOAD_NOT_A_LOG'
  | 'AMDAHL_WORKLOAD_LOG_LANGUAGE'
  | 'AMDAHL_WORKLOAD_LOG_WITHOUT_STATEMENTS';

/** Error codes of reading what a database was asked to do: its views, its logs, files with SQL. */
export const workloadErrors: ErrorTable<WorkloadErrorCode> = defineErrors({
  AMDAHL_WORKLOAD_VIEW_MISSING: {
    when: 'The database has no pg_stat_statements, or the role may not read it.',
    exitCode: exitCodes.couldNotMeasure,
  },
  AMDAHL_WORKLOAD_VIEW_NOT_LOADED: {
    when: 'The extension pg_stat_statements exists, but the server was started without its library.',
    exitCode: exitCodes.couldNotMeasure,
  },
  AMDAHL_WORKLOAD_VIEW_EMPTY: {
    when: 'pg_stat_statements has no statement of this database that could be planned, or its texts are damaged.',
    exitCode: exitCodes.couldNotMeasure,
  },
  AMDAHL_WORKLOAD_TEXTS_HIDDEN: {
    when: 'The role may not see the texts in pg_stat_statements, which other roles sent.',
    exitCode: exitCodes.couldNotMeasure,
  },
  AMDAHL_WORKLOAD_FILE_UNREADABLE: {
    when: 'A log or a file with SQL does not exist, may not be read, or is a damaged gzip file.',
    exitCode: exitCodes.usage,
  },
  AMDAHL_WORKLOAD_NO_SQL_FILES: {
    when: 'The paths given hold no file whose name ends in .sql.',
    exitCode: exitCodes.usage,
  },
  AMDAHL_WORKLOAD_NOT_A_LOG: {
    when: 'A file given as a log holds no message of PostgreSQL.',
    exitCode: exitCodes.usage,
  },
  AMDAHL_WORKLOAD_LOG_LANGUAGE: {
    when: "A log's messages are in another language than English.",
    exitCode: exitCodes.couldNotMeasure,
  },
  AMDAHL_WORKLOAD_LOG_WITHOUT_STATEMENTS: {
    when: 'A log holds messages of PostgreSQL, but no statement with its duration and no plan.',
    exitCode: exitCodes.couldNotMeasure,
  },
});
