export { startPostgres, type PostgresOptions, type PostgresServer } from './postgres.ts';
export { labErrors, type LabErrorCode } from './lab-errors.ts';
