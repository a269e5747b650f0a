import { defineErrors, exitCodes, type ErrorTable } from '@amdahl/metrics';

export type DatabaseErrorCode =
  | 'AMDAHL_DATABASE_BAD_URL'
  | 'AMDAHL_DATABASE_UNREACHABLE'
  | 'AMDAHL_DATABASE_REFUSED'
  | 'AMDAHL_DATABASE_LOST'
  | 'AMDAHL_DATABASE_LOCKED'
  | 'AMDAHL_DATABASE_NOT_A_REPLICA';

/** Error codes of the connection to the measured service's database. */
export const databaseErrors: ErrorTable<DatabaseErrorCode> = defineErrors({
  AMDAHL_DATABASE_BAD_URL: {
    when: 'The connection string of the database cannot be read.',
    exitCode: exitCodes.usage,
  },
  AMDAHL_DATABASE_UNREACHABLE: {
    when: 'Nothing answers at the address of the database.',
    exitCode: exitCodes.couldNotMeasure,
  },
  AMDAHL_DATABASE_REFUSED: {
    when: 'The database server answered and turned the session down: wrong password, no such database, no right to connect.',
    exitCode: exitCodes.couldNotMeasure,
  },
  AMDAHL_DATABASE_LOST: {
    when: 'The connection to the database broke while Amdahl was reading from it.',
    exitCode: exitCodes.couldNotMeasure,
  },
  AMDAHL_DATABASE_LOCKED: {
    when: 'A table is locked exclusively for longer than Amdahl waits, so that the catalog cannot be read: a migration, say.',
    exitCode: exitCodes.couldNotMeasure,
  },
  AMDAHL_DATABASE_NOT_A_REPLICA: {
    when: 'A server given with --replica is no other server of the cluster that the database of --db is in, so that its counters say nothing about it.',
    exitCode: exitCodes.usage,
  },
});
