import * as kinds from '../config/value-kinds.ts';
import type { Dialect } from '../sql/lint/lint-text.ts';
import type { OptionDefinition } from './options.ts';

/** The options of `amdahl sql` that no other command has. */
export interface SqlOptionTypes {
  migration: string;
  indexBudget: number;
  maxIndexes: number;
  dialect: Dialect;
  mask: boolean;
  check: boolean;
}

/** Their part of the one options table. */
export const sqlOptions: {
  readonly [Name in keyof SqlOptionTypes]: OptionDefinition<SqlOptionTypes[Name]>;
} = {
  migration: {
    flag: '--migration',
    argument: '<file>',
    description:
      'write the migration to this file, and the way back beside it: indexes.sql, indexes.down.sql',
    kind: kinds.text,
    default: null,
    variable: null,
  },
  indexBudget: {
    flag: '--index-budget',
    argument: '<size>',
    description: 'disk that all new indexes together may take, such as 500MB or 2GB',
    kind: kinds.byteSize,
    default: null,
    variable: null,
  },
  maxIndexes: {
    flag: '--max-indexes',
    argument: '<count>',
    description: 'most new indexes to advise',
    kind: kinds.count,
    default: null,
    variable: null,
  },
  dialect: {
    flag: '--dialect',
    argument: '<name>',
    description: 'postgresql, or mysql: read for remarks on the text alone',
    kind: kinds.dialect,
    default: 'postgresql',
    variable: null,
  },
  mask: {
    flag: '--mask',
    argument: null,
    description:
      'hide the values of statistics, parameters and statements in all that is shown or recorded; plans stay what they were',
    kind: kinds.flag,
    default: null,
    variable: 'AMDAHL_MASK',
  },
  check: {
    flag: '--check',
    argument: null,
    description: 'exit with code 1 when there is something to change, for CI',
    kind: kinds.flag,
    default: null,
    variable: null,
  },
};
